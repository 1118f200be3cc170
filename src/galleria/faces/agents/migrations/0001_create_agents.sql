-- What agents have chosen beside a cart, the keys the shop signs with, and signatures seen once.
CREATE SCHEMA agents;

CREATE TABLE agents.checkout (
    tenant_id int4 NOT NULL,
    checkout_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    order_token_hash bytea NOT NULL,
    -- The tokens of checkout, order and cart, readable with the shop's data key only.
    tokens_sealed bytea NOT NULL,
    cart_id uuid NOT NULL,
    -- Set once the cart has become an order.
    order_id uuid,
    protocol text NOT NULL,
    profile_url text,
    choices jsonb NOT NULL,
    canceled_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, checkout_id),
    UNIQUE (tenant_id, token_hash),
    UNIQUE (tenant_id, order_token_hash)
) WITH (fillfactor = 80);
CREATE INDEX checkout_by_cart ON agents.checkout (tenant_id, cart_id);
CREATE INDEX checkout_by_order ON agents.checkout (tenant_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX checkout_unfinished ON agents.checkout (tenant_id, updated_at) WHERE order_id IS NULL;
SELECT galleria.protect('agents.checkout');

CREATE TABLE agents.signing_key (
    tenant_id int4 NOT NULL,
    kid text NOT NULL,
    private_sealed bytea NOT NULL,
    public_jwk jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    -- Not signed with from here on; published for some days more.
    retired_at timestamptz,
    PRIMARY KEY (tenant_id, kid)
);
-- One key signs at a time, whoever asks for the first one.
CREATE UNIQUE INDEX signing_key_in_use ON agents.signing_key (tenant_id) WHERE retired_at IS NULL;
SELECT galleria.protect('agents.signing_key');

CREATE TABLE agents.nonce (
    tenant_id int4 NOT NULL,
    nonce_hash bytea NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, nonce_hash)
);
CREATE INDEX nonce_by_age ON agents.nonce (tenant_id, seen_at);
SELECT galleria.protect('agents.nonce');
