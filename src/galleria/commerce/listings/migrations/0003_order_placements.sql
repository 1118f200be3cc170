-- Where a product stands in a collection, so that its page shows it in the order it was put
-- together. Categories have no such order: all zero.
ALTER TABLE listings.placement ADD COLUMN position int8 NOT NULL DEFAULT 0;
CREATE INDEX placement_order ON listings.placement (tenant_id, place, position, product_id);
