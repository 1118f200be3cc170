CREATE SCHEMA pricing;

CREATE TABLE pricing.price (
    tenant_id int4 NOT NULL,
    variant_id uuid NOT NULL,
    channel_id uuid NOT NULL,
    currency char(3) NOT NULL,
    amount_minor int8 NOT NULL CHECK (amount_minor >= 0),
    compare_at_minor int8 CHECK (compare_at_minor >= 0),
    -- Since when this amount has been the price.
    valid_from timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, variant_id, channel_id, currency)
);

SELECT galleria.protect('pricing.price');
