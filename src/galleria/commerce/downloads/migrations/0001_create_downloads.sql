-- What is sold without a parcel: files to fetch, and licences from a pool.
CREATE SCHEMA downloads;

-- On which terms a variant is had without being sent. Nulls: any number, for ever, nobody is told.
CREATE TABLE downloads.good (
    tenant_id int4 NOT NULL,
    variant_id uuid NOT NULL,
    -- Products tell that they changed by their own ids.
    product_id uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    max_downloads int4 CHECK (max_downloads > 0),
    valid_days int4 CHECK (valid_days > 0),
    low_at int4 CHECK (low_at >= 0),
    keeps_bought boolean NOT NULL,
    -- That the pool is low was told, and no licence came since.
    is_low boolean NOT NULL DEFAULT false,
    kind text NOT NULL CHECK (kind IN ('files', 'licences')),
    PRIMARY KEY (tenant_id, variant_id)
);
CREATE INDEX good_product ON downloads.good (tenant_id, product_id);
SELECT galleria.protect('downloads.good');

-- Contents never change: what replaces a file is another row in the same slot.
CREATE TABLE downloads.file (
    tenant_id int4 NOT NULL,
    file_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    -- The id of the first file that stood here.
    slot_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz,
    size_bytes int8 NOT NULL,
    name text NOT NULL,
    content_type text NOT NULL,
    sha256 text NOT NULL,
    PRIMARY KEY (tenant_id, file_id)
);
CREATE INDEX file_current ON downloads.file (tenant_id, variant_id, file_id)
    WHERE retired_at IS NULL;
CREATE UNIQUE INDEX file_slot ON downloads.file (tenant_id, slot_id) WHERE retired_at IS NULL;
SELECT galleria.protect('downloads.file');

-- A buyer's right to fetch a file, so many times and so long.
CREATE TABLE downloads."grant" (
    tenant_id int4 NOT NULL,
    grant_id uuid NOT NULL,
    order_id uuid NOT NULL,
    line_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    slot_id uuid NOT NULL,
    -- The file as it was bought.
    file_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    -- When the last download began, and how many bytes were handed out in it.
    last_at timestamptz,
    open_bytes int8 NOT NULL DEFAULT 0,
    max_downloads int4,
    downloaded int4 NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, grant_id),
    UNIQUE (tenant_id, order_id, line_id, variant_id, slot_id)
) WITH (fillfactor = 80);
SELECT galleria.protect('downloads."grant"');

-- Downloads that were counted.
CREATE TABLE downloads.fetch (
    tenant_id int4 NOT NULL,
    grant_id uuid NOT NULL,
    fetch_id uuid NOT NULL,
    at timestamptz NOT NULL,
    file_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, grant_id, fetch_id),
    FOREIGN KEY (tenant_id, grant_id) REFERENCES downloads."grant" (tenant_id, grant_id)
);
SELECT galleria.protect('downloads.fetch');

-- The pool of a variant: free while no order has one. The text is sealed with the shop's data key.
CREATE TABLE downloads.licence (
    tenant_id int4 NOT NULL,
    licence_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    order_id uuid,
    line_id uuid,
    created_at timestamptz NOT NULL,
    handed_at timestamptz,
    revoked_at timestamptz,
    sealed bytea NOT NULL,
    -- Tells that a licence is in the pool already, to nobody but who has the shop's pepper.
    digest bytea NOT NULL,
    PRIMARY KEY (tenant_id, licence_id),
    UNIQUE (tenant_id, variant_id, digest),
    CHECK ((order_id IS NULL) = (line_id IS NULL AND handed_at IS NULL))
);
CREATE INDEX licence_free ON downloads.licence (tenant_id, variant_id, licence_id)
    WHERE order_id IS NULL;
CREATE INDEX licence_order ON downloads.licence (tenant_id, order_id) WHERE order_id IS NOT NULL;
SELECT galleria.protect('downloads.licence');

-- Licences that were paid for when the pool was empty, to be handed out first.
CREATE TABLE downloads.owed (
    tenant_id int4 NOT NULL,
    owed_id uuid NOT NULL,
    order_id uuid NOT NULL,
    line_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    quantity int4 NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (tenant_id, owed_id),
    UNIQUE (tenant_id, order_id, line_id, variant_id)
);
CREATE INDEX owed_variant ON downloads.owed (tenant_id, variant_id, owed_id);
SELECT galleria.protect('downloads.owed');

CREATE TABLE downloads.pepper (
    tenant_id int4 PRIMARY KEY,
    sealed bytea NOT NULL
);
SELECT galleria.protect('downloads.pepper');
