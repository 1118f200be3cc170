-- What the shop's people look at: what a sale was paid with and came to, and what it would have come to
-- by the prices at which it was handed in (null: they were the same).
ALTER TABLE kiosk.sale
    ADD COLUMN total_minor int8,
    ADD COLUMN currency text CHECK (length(currency) = 3),
    ADD COLUMN receipt text CHECK (length(receipt) <= 300),
    ADD COLUMN today_minor int8,
    ADD COLUMN order_number text CHECK (length(order_number) <= 100);
CREATE INDEX sale_seller ON kiosk.sale (tenant_id, sold_by, handed_in_at DESC, sale_key DESC)
    WHERE order_id IS NOT NULL;

-- Sales that were handed in and refused: each stays at its kiosk until it is taken in, or somebody has
-- settled it otherwise. One that was altered since is another.
CREATE TABLE kiosk.waiting_sale (
    tenant_id int4 NOT NULL,
    sale_key text COLLATE "C" NOT NULL CHECK (length(sale_key) <= 100),
    fingerprint bytea NOT NULL,
    sold_by text NOT NULL,
    location text NOT NULL,
    taken_at timestamptz NOT NULL,
    total_minor int8 NOT NULL,
    currency text NOT NULL CHECK (length(currency) = 3),
    receipt text NOT NULL CHECK (length(receipt) <= 300),
    code text NOT NULL CHECK (length(code) <= 100),
    detail text NOT NULL CHECK (length(detail) <= 500),
    first_refused_at timestamptz NOT NULL,
    refused_at timestamptz NOT NULL,
    tries int4 NOT NULL CHECK (tries > 0),
    PRIMARY KEY (tenant_id, sale_key, fingerprint)
);
CREATE INDEX waiting_sale_seller ON kiosk.waiting_sale (tenant_id, sold_by, taken_at);
CREATE INDEX waiting_sale_age ON kiosk.waiting_sale (tenant_id, refused_at);
SELECT galleria.protect('kiosk.waiting_sale');

-- Which pack each kiosk was given last.
CREATE TABLE kiosk.taken_pack (
    tenant_id int4 NOT NULL,
    key_id uuid NOT NULL,
    pack_id uuid NOT NULL,
    made_at timestamptz NOT NULL,
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key_id)
);
CREATE INDEX taken_pack_age ON kiosk.taken_pack (tenant_id, taken_at);
SELECT galleria.protect('kiosk.taken_pack');
