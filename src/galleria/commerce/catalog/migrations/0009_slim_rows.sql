-- The way from a product to its variants: entries of one product share its id, so an entry takes
-- twelve bytes and not fifty. That no combination is there twice is seen to where variants are
-- written, under the lock of their product.
DROP INDEX catalog.variant_selection;
CREATE INDEX variant_product ON catalog.variant (tenant_id, product_id);
-- Nothing is looked for inside of these but once in a while and row by row: as text they take half.
ALTER TABLE catalog.product
    ALTER COLUMN attributes TYPE json USING attributes::text::json,
    ALTER COLUMN axes TYPE json USING axes::text::json;
