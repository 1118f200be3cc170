-- Orders made elsewhere before the shop moved in: history. They have numbers of their own, hold no
-- stock, take no money and are never worked at.
CREATE TABLE orders.past_order (
    tenant_id int4 NOT NULL,
    -- A UUIDv7 of the moment it was placed: it stands among the other orders where it belongs.
    order_id uuid NOT NULL,
    source text COLLATE "C" NOT NULL,
    number text COLLATE "C" NOT NULL,
    external_ref text NOT NULL,
    status text NOT NULL CHECK (status IN ('completed', 'cancelled', 'refunded')),
    payment_status text NOT NULL CHECK (payment_status IN
        ('pending', 'captured', 'declined', 'partly_refunded', 'refunded')),
    fulfillment_status text NOT NULL CHECK (fulfillment_status IN
        ('unfulfilled', 'partly_fulfilled', 'fulfilled')),
    -- Null when the other shop knew no e-mail address.
    customer_id uuid,
    email text NOT NULL,
    email_key text COLLATE "C" NOT NULL,
    currency char(3) NOT NULL,
    item_count int8 NOT NULL,
    -- As the other shop added them up, not as we would.
    subtotal_minor int8 NOT NULL,
    shipping_minor int8 NOT NULL,
    tax_minor int8 NOT NULL,
    discount_minor int8 NOT NULL,
    total_minor int8 NOT NULL,
    refunded_minor int8 NOT NULL,
    -- Lines, addresses, notes: read with the order and never searched.
    details jsonb NOT NULL,
    content_hash bytea NOT NULL,
    placed_at timestamptz NOT NULL,
    cancelled_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, order_id),
    UNIQUE (tenant_id, source, number)
);
CREATE INDEX past_order_by_email ON orders.past_order (tenant_id, email_key, order_id);
CREATE INDEX past_order_by_customer ON orders.past_order (tenant_id, customer_id, order_id);
SELECT galleria.protect('orders.past_order');
