// Goods in a list that can be narrowed: a category, or what a search finds.
import type { Context } from 'hono';
import type { CategoryNode, SearchPage } from '../galleria/generated/store/types.gen.js';
import { shop } from '../shop.js';
import { Cards } from './cards.js';
import { CategoryLinks } from './home.js';

const SORTS = {
  relevance: 'Best match',
  newest: 'Newest',
  price_asc: 'Price, low to high',
  price_desc: 'Price, high to low',
  title: 'Name',
} as const;
const PAGE_SIZE = 24;
const MOST_VALUES = 12;
const FILTER = 'f.';

export interface Listing {
  words: string;
  sort: keyof typeof SORTS;
  onlyAvailable: boolean;
  found: SearchPage;
  /** Facets to narrow by; within a category its children are links already. */
  facets: SearchPage['facets'];
  /** The address without where the page begins. */
  address: string;
}

/** What the address asks for. */
export async function readListing(c: Context, category?: string): Promise<Listing> {
  const words = (c.req.query('q') ?? '').slice(0, 200);
  const asked = c.req.query('sort') ?? '';
  const sort = asked in SORTS ? (asked as keyof typeof SORTS) : 'relevance';
  const onlyAvailable = c.req.query('available') === '1';
  const filters = Object.fromEntries(
    Object.entries(c.req.queries())
      .filter(([name]) => name.startsWith(FILTER))
      .map(([name, values]) => [name.slice(FILTER.length), values]),
  );
  const cursor = c.req.query('cursor');
  const found = await shop.search(words, {
    filters,
    sort,
    limit: PAGE_SIZE,
    ...(category ? { category } : {}),
    ...(onlyAvailable ? { only_available: true } : {}),
    ...(cursor ? { cursor } : {}),
  });
  const query = new URL(c.req.url).searchParams;
  query.delete('cursor');
  const facets = found.facets.filter((facet) => !category || facet.code !== 'category');
  return { words, sort, onlyAvailable, found, facets, address: `${c.req.path}?${query}` };
}

interface Props {
  title: string;
  listing: Listing;
  categories?: readonly CategoryNode[];
}

export function ListPage({ title, listing, categories = [] }: Props) {
  const { found, words, address } = listing;
  return (
    <div id="listing">
      <h1>{title}</h1>
      <CategoryLinks categories={categories} />
      <p role="status">
        {found.total_is_exact ? '' : 'about '}
        {found.total} {found.total === 1 ? 'thing' : 'things'}
        {found.did_you_mean && (
          <>
            . Did you mean{' '}
            <a href={`/search?q=${encodeURIComponent(found.did_you_mean)}`}>{found.did_you_mean}</a>?
          </>
        )}
      </p>
      <div class="beside">
        <form class="facets" data-swap="listing" aria-label="Narrow down">
          {words && <input type="hidden" name="q" value={words} />}
          <details open>
            <summary>Narrow down</summary>
            <Narrowing listing={listing} />
          </details>
        </form>
        <div>
          {found.items.length === 0 && <p>Nothing fits. Take a filter away, or try other words.</p>}
          <Cards products={found.items} />
          <p class="more">
            {found.previous_cursor && <a href={onward(address, found.previous_cursor)}>Back</a>}{' '}
            {found.next_cursor && <a href={onward(address, found.next_cursor)}>More</a>}
          </p>
        </div>
      </div>
    </div>
  );
}

function Narrowing({ listing }: { listing: Listing }) {
  const { facets, sort, onlyAvailable } = listing;
  return (
    <>
      <p>
        <label for="sort">Sorted by</label>
        <select id="sort" name="sort">
          {Object.entries(SORTS).map(([value, label]) => (
            <option key={value} value={value} selected={value === sort}>
              {label}
            </option>
          ))}
        </select>
      </p>
      <p>
        <label>
          <input type="checkbox" name="available" value="1" checked={onlyAvailable} /> Available now
        </label>
      </p>
      {facets.map((facet) => (
        <fieldset key={facet.code}>
          <legend>{facet.label}</legend>
          {facet.values.slice(0, MOST_VALUES).map((value) => (
            <label key={value.value}>
              <input
                type="checkbox"
                name={FILTER + facet.code}
                value={value.value}
                checked={value.is_chosen}
              />{' '}
              {value.label} <span class="many">{value.count}</span>
            </label>
          ))}
        </fieldset>
      ))}
      <button>Apply</button>
    </>
  );
}

function onward(address: string, cursor: string): string {
  return `${address}&cursor=${encodeURIComponent(cursor)}`;
}
