// What shoppers do: look, search, fill a cart, buy, and see what became of it.
import { connect, each, type Connection } from './calling.js';
import type { Client } from './generated/store/client/index.js';
import * as api from './generated/store/sdk.gen.js';
import type {
  CartView,
  Checkout,
  ListStoreProductsData,
  Picker,
  SearchPage,
  SearchStoreProductsData,
} from './generated/store/types.gen.js';

const MOST_A_PAGE = 100;

type ListQuery = Omit<NonNullable<ListStoreProductsData['query']>, 'cursor'>;
type SearchQuery = NonNullable<SearchStoreProductsData['query']>;

/** What a search asks; `filters` holds the values chosen, by the facet's code. */
export interface Search extends Omit<SearchQuery, 'q'> {
  filters?: Record<string, readonly string[]>;
}

/** The shop as shoppers see it; it needs no key. */
export class Storefront {
  /** For the functions of `@galleria/client` that have no method here. */
  readonly client: Client;

  constructor(connection: Connection) {
    this.client = connect(connection);
  }

  /** Every product on sale, those of a category or collection when one is named by handle. */
  products(query: ListQuery = {}) {
    return each((cursor) => this.productPage({ limit: MOST_A_PAGE, ...query, cursor }));
  }

  productPage(query: NonNullable<ListStoreProductsData['query']> = {}) {
    return api.listStoreProducts({ client: this.client, query });
  }

  /** A product with its first variants; a `Problem` with status 404 when none is on sale. */
  product(handle: string) {
    return api.showStoreProduct({ client: this.client, path: { handle } });
  }

  /** Every variant of a product. */
  variants(handle: string) {
    return each((cursor) =>
      api.listStoreVariants({
        client: this.client,
        path: { handle },
        query: { limit: MOST_A_PAGE, cursor },
      }),
    );
  }

  /** Which values of each option still go with those chosen, and the variant when all are. */
  picker(handle: string, chosen: Record<string, string>): Promise<Picker> {
    const query = { option: chosen } as object;
    return api.pickStoreVariant({ client: this.client, path: { handle }, query });
  }

  /** The tree of categories, parents before children. */
  async categories() {
    return (await api.listStoreCategories({ client: this.client })).items;
  }

  /** A page of what is found, with facets to look further by. */
  search(q = '', { filters = {}, ...query }: Search = {}): Promise<SearchPage> {
    const chosen = Object.entries(filters).map(([code, values]) => [`filter[${code}]`, values]);
    return api.searchStoreProducts({
      client: this.client,
      query: { ...query, q, ...Object.fromEntries(chosen) },
    });
  }

  /** Everything a search finds, page after page. */
  found(q: string, search: Omit<Search, 'cursor'> = {}) {
    return each((cursor) => this.search(q, { limit: MOST_A_PAGE, facets: false, ...search, cursor }));
  }

  /** What a shopper may be typing: words, products and categories. */
  suggest(q: string) {
    return api.suggestStoreProducts({ client: this.client, query: { q } });
  }

  /** A new cart; its `token` is the shopper's secret. */
  openCart(lines: { variant_id: string; quantity?: number }[] = []): Promise<CartView> {
    return api.openCart({ client: this.client, body: { lines } });
  }

  cart(token: string) {
    return api.getCart({ client: this.client, path: { cart_id: token } });
  }

  addToCart(token: string, variantId: string, quantity = 1) {
    return api.addCartLine({
      client: this.client,
      path: { cart_id: token },
      body: { variant_id: variantId, quantity },
    });
  }

  setQuantity(token: string, lineId: string, quantity: number) {
    return api.setCartLineQuantity({
      client: this.client,
      path: { cart_id: token, line_id: lineId },
      body: { quantity },
    });
  }

  removeLine(token: string, lineId: string) {
    return api.removeCartLine({
      client: this.client,
      path: { cart_id: token, line_id: lineId },
    });
  }

  async shippingMethods(country?: string) {
    const query = country === undefined ? {} : { country };
    return (await api.listShippingMethods({ client: this.client, query })).items;
  }

  /**
   * Buy the cart, once; the same key and checkout again give the same order. An order whose
   * `status` is `pending_payment` waits for the gateway: ask `order` for it later.
   */
  checkOut(token: string, checkout: Checkout, idempotencyKey: string = crypto.randomUUID()) {
    return api.checkOutCart({
      client: this.client,
      path: { cart_id: token },
      headers: { 'Idempotency-Key': idempotencyKey },
      body: checkout,
    });
  }

  order(token: string) {
    return api.getStoreOrder({ client: this.client, path: { token } });
  }
}
