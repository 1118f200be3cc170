-- What a variant consists of that is sold as a set of others.
CREATE TABLE assortment.bundle (
    tenant_id int4 NOT NULL,
    discount_bp int4 NOT NULL CHECK (discount_bp BETWEEN 0 AND 10000),
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    pricing text NOT NULL CHECK (pricing IN ('own', 'components')),
    -- Amounts to take off, one for a currency.
    discounts jsonb NOT NULL,
    PRIMARY KEY (tenant_id, variant_id),
    CHECK (discount_bp = 0 OR discounts = '[]'),
    CHECK (pricing = 'components' OR (discount_bp = 0 AND discounts = '[]'))
);
CREATE INDEX bundle_product ON assortment.bundle (tenant_id, product_id);
SELECT galleria.protect('assortment.bundle');

CREATE TABLE assortment.bundle_component (
    tenant_id int4 NOT NULL,
    position int4 NOT NULL,
    quantity int4 NOT NULL CHECK (quantity > 0),
    variant_id uuid NOT NULL,
    component_id uuid NOT NULL,
    -- The product of the component: products change, and tell so by their own ids.
    component_product_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, variant_id, component_id),
    FOREIGN KEY (tenant_id, variant_id)
        REFERENCES assortment.bundle (tenant_id, variant_id) ON DELETE CASCADE,
    CHECK (component_id <> variant_id)
);
-- Which bundles a change of a component concerns.
CREATE INDEX bundle_component_variant ON assortment.bundle_component (tenant_id, component_id);
CREATE INDEX bundle_component_product
    ON assortment.bundle_component (tenant_id, component_product_id);
SELECT galleria.protect('assortment.bundle_component');
