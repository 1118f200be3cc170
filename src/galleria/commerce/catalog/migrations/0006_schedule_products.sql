-- When a product goes on sale, and when it is taken off, by itself. Nearly none has either, so the
-- indexes hold next to nothing.
ALTER TABLE catalog.product
    ADD COLUMN publish_at timestamptz,
    ADD COLUMN unpublish_at timestamptz;
CREATE INDEX product_publish_at ON catalog.product (tenant_id, publish_at)
    WHERE publish_at IS NOT NULL;
CREATE INDEX product_unpublish_at ON catalog.product (tenant_id, unpublish_at)
    WHERE unpublish_at IS NOT NULL;
