CREATE SCHEMA IF NOT EXISTS kiosk;

-- What manifests and prices are signed with; the newest signs, the others are still believed until
-- their grace is over.
CREATE TABLE kiosk.signing_key (
    tenant_id int4 NOT NULL,
    key_id uuid NOT NULL,
    public_key bytea NOT NULL,
    private_sealed bytea NOT NULL,
    made_at timestamptz NOT NULL,
    grace_ends_at timestamptz,
    PRIMARY KEY (tenant_id, key_id)
);
SELECT galleria.protect('kiosk.signing_key');

-- The shop window as one edition shows it: asked for, then made. Parts lie in the file store.
CREATE TABLE kiosk.pack (
    tenant_id int4 NOT NULL,
    pack_id uuid NOT NULL,
    edition text NOT NULL CHECK (length(edition) <= 500),
    said jsonb NOT NULL,
    asked_at timestamptz NOT NULL,
    made_at timestamptz,
    expires_at timestamptz,
    part_count int4 NOT NULL DEFAULT 0,
    manifest jsonb,
    PRIMARY KEY (tenant_id, pack_id),
    CHECK ((made_at IS NULL) = (manifest IS NULL) AND (made_at IS NULL) = (expires_at IS NULL))
);
CREATE INDEX pack_edition ON kiosk.pack (tenant_id, edition, pack_id DESC);
CREATE INDEX pack_age ON kiosk.pack (tenant_id, asked_at);
SELECT galleria.protect('kiosk.pack');

-- Counts the changes of a shop that has made a pack; its lock lets one transaction at a time number
-- its changes, so that numbers commit in their order and no reader leaves one out. What was changed
-- up to `forgotten` may be known no more.
CREATE TABLE kiosk.counter (
    tenant_id int4 NOT NULL,
    sequence int8 NOT NULL DEFAULT 0,
    forgotten int8 NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id)
) WITH (fillfactor = 50);
SELECT galleria.protect('kiosk.counter');

-- The last change of each product: however often one changes, it is told once.
CREATE TABLE kiosk.changed_product (
    tenant_id int4 NOT NULL,
    product_id uuid NOT NULL,
    sequence int8 NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, product_id)
);
CREATE UNIQUE INDEX changed_product_order ON kiosk.changed_product (tenant_id, sequence);
CREATE INDEX changed_product_age ON kiosk.changed_product (tenant_id, changed_at);
SELECT galleria.protect('kiosk.changed_product');
