-- What merchants and their programs keep beside a thing, by `namespace.code`. Null when there is
-- nothing, so that it costs nothing.
ALTER TABLE catalog.product ADD COLUMN metafields jsonb;
ALTER TABLE catalog.variant ADD COLUMN metafields jsonb;
ALTER TABLE catalog.category ADD COLUMN metafields jsonb;
