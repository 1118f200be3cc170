-- What a piece of a variant costs the merchant, which no shopper is ever told.
CREATE TABLE pricing.cost (
    tenant_id int4 NOT NULL,
    variant_id uuid NOT NULL,
    currency char(3) NOT NULL,
    amount_minor int8 NOT NULL CHECK (amount_minor >= 0),
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, variant_id, currency)
);
SELECT galleria.protect('pricing.cost');

-- What an import did to costs that were there, or to variants that were, so that it can be undone
-- exactly; as merged_price. Null where no cost was known.
CREATE TABLE pricing.merged_cost (
    tenant_id int4 NOT NULL,
    work_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    currency char(3) NOT NULL,
    amount_before int8,
    amount_after int8,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, work_id, variant_id, currency)
);
SELECT galleria.protect('pricing.merged_cost');
