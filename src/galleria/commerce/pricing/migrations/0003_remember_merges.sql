-- What an import did to prices that were there, or to variants that were, so that it can be undone
-- exactly. First prices of new variants leave none: they go with their variants.
CREATE TABLE pricing.merged_price (
    tenant_id int4 NOT NULL,
    work_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    price_list_id int4 NOT NULL,
    min_quantity int4 NOT NULL,
    -- Null where there was no price.
    amount_before int8,
    compare_at_before int8,
    amount_after int8 NOT NULL,
    compare_at_after int8,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, work_id, variant_id, price_list_id, min_quantity)
);
SELECT galleria.protect('pricing.merged_price');
