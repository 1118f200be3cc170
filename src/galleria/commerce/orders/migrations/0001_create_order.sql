-- Purchases, what was bought at which price, and all that happened to them since.
CREATE SCHEMA orders;

CREATE TABLE orders."order" (
    tenant_id int4 NOT NULL,
    order_id uuid NOT NULL,
    -- Given when the order is placed: "1001", "1002", … per shop.
    number text COLLATE "C",
    status text NOT NULL CHECK (status IN ('pending_payment', 'placed', 'cancelled')),
    payment_status text NOT NULL CHECK (payment_status IN
        ('pending', 'captured', 'declined', 'partly_refunded', 'refunded')),
    fulfillment_status text NOT NULL CHECK (fulfillment_status IN
        ('unfulfilled', 'partly_fulfilled', 'fulfilled')),
    customer_id uuid NOT NULL,
    email text NOT NULL,
    email_key text COLLATE "C" NOT NULL,
    locale text NOT NULL,
    channel_id uuid NOT NULL,
    channel_code text NOT NULL,
    currency char(3) NOT NULL,
    item_count int4 NOT NULL CHECK (item_count > 0),
    subtotal_minor int8 NOT NULL CHECK (subtotal_minor >= 0),
    shipping_minor int8 NOT NULL CHECK (shipping_minor >= 0),
    total_minor int8 NOT NULL,
    captured_minor int8 NOT NULL DEFAULT 0,
    refunding_minor int8 NOT NULL DEFAULT 0 CHECK (refunding_minor >= 0),
    refunded_minor int8 NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    shipping_address jsonb NOT NULL,
    billing_address jsonb,
    shipping_method text NOT NULL,
    shipping_method_name text NOT NULL,
    payment_id uuid,
    -- The cart and the client's key together let a checkout happen once.
    cart_id uuid NOT NULL,
    checkout_key text NOT NULL CHECK (length(checkout_key) <= 255),
    checkout_fingerprint bytea NOT NULL,
    token_hash bytea NOT NULL,
    -- The shopper's token, sealed with the shop's data key: mails must be able to say it again.
    token_sealed bytea NOT NULL,
    cancel_reason text,
    version int8 NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    placed_at timestamptz,
    cancelled_at timestamptz,
    confirmed_at timestamptz,
    PRIMARY KEY (tenant_id, order_id),
    UNIQUE (tenant_id, number),
    UNIQUE (tenant_id, token_hash),
    UNIQUE (tenant_id, cart_id, checkout_key),
    CHECK (total_minor = subtotal_minor + shipping_minor),
    CHECK (captured_minor BETWEEN 0 AND total_minor),
    CHECK (refunding_minor + refunded_minor <= captured_minor),
    CHECK ((number IS NULL) = (placed_at IS NULL)),
    CHECK (status <> 'placed' OR number IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX order_by_email ON orders."order" (tenant_id, email_key, order_id);
CREATE INDEX order_by_customer ON orders."order" (tenant_id, customer_id, order_id);
SELECT galleria.protect('orders."order"');

CREATE TABLE orders.order_line (
    tenant_id int4 NOT NULL,
    order_id uuid NOT NULL,
    line_id uuid NOT NULL,
    position int4 NOT NULL,
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    title text NOT NULL,
    sku text,
    options jsonb NOT NULL,
    media_id uuid,
    is_shippable boolean NOT NULL,
    unit_price_minor int8 NOT NULL CHECK (unit_price_minor >= 0),
    quantity int4 NOT NULL CHECK (quantity > 0),
    total_minor int8 NOT NULL,
    fulfilled_quantity int4 NOT NULL DEFAULT 0,
    refunded_quantity int4 NOT NULL DEFAULT 0,
    -- Refunded or cancelled before they were sent: these pieces will never be.
    removed_quantity int4 NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, order_id, line_id),
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders."order" (tenant_id, order_id),
    CHECK (total_minor = unit_price_minor * quantity),
    CHECK (fulfilled_quantity >= 0 AND removed_quantity >= 0),
    CHECK (fulfilled_quantity + removed_quantity <= quantity),
    CHECK (refunded_quantity BETWEEN 0 AND quantity)
);
SELECT galleria.protect('orders.order_line');

-- One row a shop, taken last in the transaction that places an order.
CREATE TABLE orders.order_counter (
    tenant_id int4 PRIMARY KEY,
    last_number int8 NOT NULL
) WITH (fillfactor = 10);
SELECT galleria.protect('orders.order_counter');

CREATE TABLE orders.fulfillment (
    tenant_id int4 NOT NULL,
    order_id uuid NOT NULL,
    fulfillment_id uuid NOT NULL,
    carrier text NOT NULL,
    tracking_number text NOT NULL,
    tracking_url text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, order_id, fulfillment_id),
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders."order" (tenant_id, order_id)
);
SELECT galleria.protect('orders.fulfillment');

CREATE TABLE orders.fulfillment_line (
    tenant_id int4 NOT NULL,
    order_id uuid NOT NULL,
    fulfillment_id uuid NOT NULL,
    line_id uuid NOT NULL,
    quantity int4 NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (tenant_id, order_id, fulfillment_id, line_id),
    FOREIGN KEY (tenant_id, order_id, fulfillment_id)
        REFERENCES orders.fulfillment (tenant_id, order_id, fulfillment_id),
    FOREIGN KEY (tenant_id, order_id, line_id)
        REFERENCES orders.order_line (tenant_id, order_id, line_id)
);
SELECT galleria.protect('orders.fulfillment_line');

CREATE TABLE orders.refund (
    tenant_id int4 NOT NULL,
    refund_id uuid NOT NULL,
    order_id uuid NOT NULL,
    idempotency_key text NOT NULL CHECK (length(idempotency_key) <= 255),
    fingerprint bytea NOT NULL,
    amount_minor int8 NOT NULL CHECK (amount_minor > 0),
    state text NOT NULL CHECK (state IN ('requested', 'succeeded', 'failed')),
    restocks boolean NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (tenant_id, refund_id),
    UNIQUE (tenant_id, order_id, idempotency_key),
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders."order" (tenant_id, order_id)
);
SELECT galleria.protect('orders.refund');

CREATE TABLE orders.refund_line (
    tenant_id int4 NOT NULL,
    refund_id uuid NOT NULL,
    line_id uuid NOT NULL,
    quantity int4 NOT NULL CHECK (quantity > 0),
    removed_quantity int4 NOT NULL CHECK (removed_quantity BETWEEN 0 AND quantity),
    amount_minor int8 NOT NULL,
    PRIMARY KEY (tenant_id, refund_id, line_id),
    FOREIGN KEY (tenant_id, refund_id) REFERENCES orders.refund (tenant_id, refund_id)
);
SELECT galleria.protect('orders.refund_line');

-- What happened to an order, for the merchant's eyes: facts and notes, append only.
CREATE TABLE orders.order_entry (
    tenant_id int4 NOT NULL,
    order_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    note text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, order_id, entry_id),
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders."order" (tenant_id, order_id)
);
SELECT galleria.protect('orders.order_entry');

-- Flat rates, one row for a method in a currency.
CREATE TABLE orders.shipping_method (
    tenant_id int4 NOT NULL,
    method_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    translations jsonb NOT NULL,
    currency char(3) NOT NULL,
    amount_minor int8 NOT NULL CHECK (amount_minor >= 0),
    free_from_minor int8 CHECK (free_from_minor >= 0),
    -- Empty: everywhere.
    countries text[] NOT NULL,
    is_active boolean NOT NULL,
    position int4 NOT NULL,
    version int8 NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, method_id),
    UNIQUE (tenant_id, code, currency)
);
SELECT galleria.protect('orders.shipping_method');
