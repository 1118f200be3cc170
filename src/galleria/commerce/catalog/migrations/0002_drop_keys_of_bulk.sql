-- What an import writes by the million is not looked up row by row in the table above it: a third
-- of the time went there. Whoever deletes a product deletes in one statement what hangs on it, and
-- a product is locked by whoever adds to it.
ALTER TABLE catalog.variant DROP CONSTRAINT variant_tenant_id_product_id_fkey;
ALTER TABLE catalog.product_media DROP CONSTRAINT product_media_tenant_id_product_id_fkey;
ALTER TABLE catalog.product_category
    DROP CONSTRAINT product_category_tenant_id_product_id_fkey,
    DROP CONSTRAINT product_category_tenant_id_category_id_fkey;
ALTER TABLE catalog.product_collection
    DROP CONSTRAINT product_collection_tenant_id_product_id_fkey,
    DROP CONSTRAINT product_collection_tenant_id_collection_id_fkey;
