-- What keys of the shop may search; a key without a row may search everything. Keys are kept by
-- the room of access, and who is revoked there asks no more.
CREATE TABLE search.key_limit (
    tenant_id int4 NOT NULL,
    key_id uuid NOT NULL,
    limits jsonb NOT NULL CHECK (length(limits::text) <= 20000),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key_id)
);
SELECT galleria.protect('search.key_limit');

-- Whether anyone may ask the shop's search over the API, or keys only; without a row anyone may.
CREATE TABLE search.setting (
    tenant_id int4 NOT NULL,
    is_open boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id)
);
SELECT galleria.protect('search.setting');
