// What programs of the merchant do most; every other operation is a function of this module.
import { connect, each, type Connection } from './calling.js';
import type { Client } from './generated/admin/client/index.js';
import * as api from './generated/admin/sdk.gen.js';
import type {
  ListOrdersData,
  ListProductsData,
  ProductChanges,
  ProductDraft,
  SetPrices,
  SetStockLevels,
} from './generated/admin/types.gen.js';

const MOST_A_PAGE = 100;

type Filters<Data extends { query?: unknown }> = Omit<NonNullable<Data['query']>, 'cursor'>;

/** The shop as its merchant sees it; give it a key with the scopes it needs, on a server only. */
export class Admin {
  /** For the functions of `@galleria/client/admin` that have no method here. */
  readonly client: Client;

  constructor(connection: Connection & { key: string }) {
    this.client = connect(connection);
  }

  /** Every product, newest first. */
  products(query: Filters<ListProductsData> = {}) {
    return each((cursor) =>
      api.listProducts({ client: this.client, query: { limit: MOST_A_PAGE, ...query, cursor } }),
    );
  }

  product(productId: string) {
    return api.getProduct({ client: this.client, path: { product_id: productId } });
  }

  createProduct(draft: ProductDraft) {
    return api.createProduct({ client: this.client, body: draft });
  }

  /** Change what is named; with the `version` that was read, only if it still is that one. */
  updateProduct(productId: string, changes: ProductChanges, version?: string) {
    return api.updateProduct({
      client: this.client,
      path: { product_id: productId },
      body: changes,
      ...(version === undefined ? {} : { headers: { 'If-Match': version } }),
    });
  }

  publishProduct(productId: string) {
    return api.publishProduct({ client: this.client, path: { product_id: productId } });
  }

  setPrices(prices: SetPrices) {
    return api.setPrices({ client: this.client, body: prices });
  }

  setStock(levels: SetStockLevels) {
    return api.setStock({ client: this.client, body: levels });
  }

  /** Every order, newest first. */
  orders(query: Filters<ListOrdersData> = {}) {
    return each((cursor) =>
      api.listOrders({ client: this.client, query: { limit: MOST_A_PAGE, ...query, cursor } }),
    );
  }

  order(orderId: string) {
    return api.getOrder({ client: this.client, path: { order_id: orderId } });
  }
}

export { connect, each, type Connection, type Page } from './calling.js';
export * from './problems.js';
export * from './generated/admin/sdk.gen.js';
export type * from './generated/admin/types.gen.js';
