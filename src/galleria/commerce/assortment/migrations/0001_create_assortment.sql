CREATE SCHEMA assortment;
CREATE TABLE assortment.relation (
    tenant_id int4 NOT NULL,
    position int4 NOT NULL,
    product_id uuid NOT NULL,
    related_id uuid NOT NULL,
    is_mutual boolean NOT NULL,
    kind text COLLATE "C" NOT NULL,
    -- The related product's handle while it is on sale: what a page that names it has to know.
    related_handle text,
    PRIMARY KEY (tenant_id, product_id, kind, related_id)
);
-- Who names a product that changes.
CREATE INDEX relation_related ON assortment.relation (tenant_id, related_id);
SELECT galleria.protect('assortment.relation');
