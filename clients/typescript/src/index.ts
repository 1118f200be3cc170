// A shop over HTTP as shoppers use it. `@galleria/client/admin` is for programs of the merchant.
export * from './calling.js';
export * from './problems.js';
export * from './storefront.js';
export * from './generated/store/sdk.gen.js';
export type * from './generated/store/types.gen.js';
export { VERSION } from './release.js';
