import type { Context } from 'hono';
import { raw } from 'hono/html';
import type { Detail, Picker, ShownVariant } from '../galleria/generated/store/types.gen.js';
import { Problem } from '../galleria/problems.js';
import { price, settings, shop } from '../shop.js';
import { Picture } from './cards.js';

const CHOICE = 'o.';

/** What of the options is chosen: by the address, else the first variant that can be had. */
export async function readChoices(c: Context, product: Detail): Promise<Picker> {
  const first = product.variants.find((each) => each.is_available) ?? product.variants[0];
  const chosen: Record<string, string> = {};
  product.options.forEach(({ name }, at) => {
    const value = c.req.query(CHOICE + name) ?? first?.options[at];
    if (value) chosen[name] = value;
  });
  try {
    return await shop.picker(product.handle, chosen);
  } catch (error) {
    // An old link may name a value that is gone.
    if (error instanceof Problem && error.code === 'unknown_choice') {
      return shop.picker(product.handle, {});
    }
    throw error;
  }
}

interface Props {
  product: Detail;
  picker: Picker | null;
}

export function ProductPage({ product, picker }: Props) {
  const variant = picker ? picker.variant : (product.variants[0] ?? null);
  const lead = variant?.image_url ?? product.images[0]?.url;
  return (
    <article class="product">
      <div class="pictures">
        <Picture src={lead} alt={altOf(product, lead)} title={product.title} isSoon />
        <ul>
          {product.images
            .filter((image) => image.url !== lead)
            .map((image) => (
              <li key={image.url}>
                <Picture src={image.url} alt={image.alt} />
              </li>
            ))}
        </ul>
      </div>
      <div>
        <p class="crumbs">
          {product.categories.map((each) => (
            <a key={each.path} href={`/category/${each.path}`}>
              {each.name}
            </a>
          ))}
        </p>
        <h1>{product.title}</h1>
        {product.brand && <p class="brand">{product.brand}</p>}
        <div id="buying">
          {picker && <Options product={product} picker={picker} />}
          <Buying variant={variant} product={product} />
        </div>
        {/* Galleria lets nothing into a description that could run. */}
        <div class="prose">{raw(product.description_html)}</div>
        <Facts product={product} />
      </div>
      <StructuredData product={product} />
    </article>
  );
}

function Options({ product, picker }: { product: Detail; picker: Picker }) {
  const chosen = new Map(picker.axes.map((axis) => [axis.name, axis.chosen]));
  const address = (name: string, value: string) => {
    const query = new URLSearchParams();
    for (const [axis, present] of chosen) {
      const wanted = axis === name ? value : present;
      if (wanted) query.set(CHOICE + axis, wanted);
    }
    return `/products/${product.handle}?${query}`;
  };
  return (
    <>
      {picker.axes.map((axis) => (
        <nav key={axis.name} aria-label={axis.name} class="axis">
          <p class="axis-name">
            {axis.name}: <b>{axis.chosen ?? 'choose'}</b>
          </p>
          <ul>
            {axis.values
              .filter((value) => value.exists)
              .map((value) => (
                <li key={value.value}>
                  <a
                    href={address(axis.name, value.value)}
                    class={value.is_available ? 'value' : 'value gone'}
                    aria-current={value.value === axis.chosen ? 'true' : undefined}
                    data-swap="buying"
                  >
                    {value.value}
                    {!value.is_available && <span class="unseen"> (sold out)</span>}
                  </a>
                </li>
              ))}
          </ul>
        </nav>
      ))}
    </>
  );
}

function Buying({ variant, product }: { variant: ShownVariant | null; product: Detail }) {
  if (!variant) {
    return <p role="status">Choose one of each. From {price(product.price_range.min)}.</p>;
  }
  return (
    <form method="post" action="/cart" class="buying">
      <p class="price" role="status">
        {price(variant.price)}{' '}
        {variant.compare_at && <s aria-label="before">{price(variant.compare_at)}</s>}
        {variant.few_left !== null && <span class="few"> only {variant.few_left} left</span>}
        {variant.offer === 'backorder' && <span class="few"> sent when it is back</span>}
        {variant.offer === 'preorder' && <span class="few"> sent when it is out</span>}
      </p>
      <input type="hidden" name="variant_id" value={variant.variant_id} />
      <label>
        Quantity <input type="number" name="quantity" value="1" min={1} max={999} required />
      </label>
      <button disabled={!variant.is_available}>
        {variant.is_available ? 'Add to basket' : 'Sold out'}
      </button>
    </form>
  );
}

function Facts({ product }: { product: Detail }) {
  if (product.attributes.length === 0) return null;
  return (
    <dl class="facts">
      {product.attributes.map((each) => (
        <div key={each.code}>
          <dt>{each.label}</dt>
          <dd>
            {each.value === true ? 'yes' : each.value === false ? 'no' : String(each.value)}{' '}
            {each.unit}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What search engines read; it runs nothing. Source: schema.org/Product. */
function StructuredData({ product }: { product: Detail }) {
  const { min } = product.price_range;
  const digits =
    new Intl.NumberFormat(settings.locale, { style: 'currency', currency: min.currency }).resolvedOptions()
      .maximumFractionDigits ?? 2;
  const said = {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: product.title,
    ...(product.brand ? { brand: { '@type': 'Brand', name: product.brand } } : {}),
    offers: {
      '@type': 'AggregateOffer',
      lowPrice: (min.amount_minor / 10 ** digits).toFixed(digits),
      priceCurrency: min.currency,
      availability: `https://schema.org/${product.is_available ? 'InStock' : 'OutOfStock'}`,
    },
  };
  // No title may end the script: `<` is written as JSON can write it too.
  const text = JSON.stringify(said).replaceAll('<', '\\u003c');
  return <script type="application/ld+json">{raw(text)}</script>;
}

function altOf(product: Detail, url: string | undefined): string {
  return product.images.find((image) => image.url === url)?.alt || product.title;
}
