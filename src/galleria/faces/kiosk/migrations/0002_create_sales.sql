-- What was sold without a network and handed in since, once for each key however often it is sent:
-- the cart it was put into, and the order made of it. Without an order it was refused, or broken off.
CREATE TABLE kiosk.sale (
    tenant_id int4 NOT NULL,
    sale_key text COLLATE "C" NOT NULL CHECK (length(sale_key) <= 100),
    fingerprint bytea NOT NULL,
    cart_sealed bytea NOT NULL,
    sold_by text NOT NULL,
    location text NOT NULL,
    taken_at timestamptz NOT NULL,
    handed_in_at timestamptz NOT NULL,
    order_id uuid,
    PRIMARY KEY (tenant_id, sale_key)
);
CREATE INDEX sale_age ON kiosk.sale (tenant_id, handed_in_at);
SELECT galleria.protect('kiosk.sale');
