-- What a shopper has put together but not bought. Prices are never stored here.
CREATE SCHEMA carts;

CREATE TABLE carts.cart (
    tenant_id int4 NOT NULL,
    cart_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    channel_id uuid NOT NULL,
    channel_code text NOT NULL,
    currency char(3) NOT NULL,
    locale text NOT NULL,
    email text,
    status text NOT NULL CHECK (status IN ('open', 'ordered')),
    -- The order this cart became, while it is 'ordered'.
    order_id uuid,
    version int8 NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, cart_id),
    UNIQUE (tenant_id, token_hash),
    CHECK ((status = 'ordered') = (order_id IS NOT NULL))
-- Every change rewrites the row; free space on its page keeps those updates off the indexes.
) WITH (fillfactor = 70);
SELECT galleria.protect('carts.cart');

CREATE TABLE carts.cart_line (
    tenant_id int4 NOT NULL,
    cart_id uuid NOT NULL,
    line_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    quantity int4 NOT NULL CHECK (quantity > 0),
    added_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, cart_id, line_id),
    UNIQUE (tenant_id, cart_id, variant_id),
    FOREIGN KEY (tenant_id, cart_id) REFERENCES carts.cart (tenant_id, cart_id) ON DELETE CASCADE
);
SELECT galleria.protect('carts.cart_line');
