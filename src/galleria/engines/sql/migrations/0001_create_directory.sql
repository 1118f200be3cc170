-- Who lives where. The sequence numbers tenants; 0 is the house itself.
CREATE SCHEMA directory;

CREATE SEQUENCE directory.tenant_number AS int4;
GRANT USAGE ON SEQUENCE directory.tenant_number TO galleria_app;

CREATE TABLE directory.cell (
    cell_id int4 PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO directory.cell (cell_id, name) VALUES (1, 'home');

CREATE TABLE directory.tenant (
    tenant_id int4 PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    status text NOT NULL CHECK (status IN ('open', 'suspended', 'closed')),
    cell_id int4 NOT NULL REFERENCES directory.cell
);
INSERT INTO directory.tenant VALUES (0, 'house', 'open', 1);

CREATE TABLE directory.host (
    tenant_id int4 NOT NULL REFERENCES directory.tenant,
    host text PRIMARY KEY CHECK (host = lower(host)),
    is_primary boolean NOT NULL
);
CREATE INDEX host_tenant ON directory.host (tenant_id);

SELECT galleria.open_schema('directory.cell');
SELECT galleria.open_to_relay('directory.cell', 'SELECT');
SELECT galleria.protect('directory.tenant');
SELECT galleria.open_to_relay('directory.tenant', 'SELECT');
SELECT galleria.protect('directory.host');
SELECT galleria.open_to_relay('directory.host', 'SELECT');

-- Data keys of the tenants, each wrapped by the master secret.
CREATE SCHEMA secrets;
CREATE TABLE secrets.data_key (
    tenant_id int4 NOT NULL,
    version int4 NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, version)
);
SELECT galleria.protect('secrets.data_key');

CREATE SCHEMA idempotency;
CREATE TABLE idempotency.answer (
    tenant_id int4 NOT NULL,
    scope text NOT NULL,
    key text NOT NULL CHECK (length(key) <= 255),
    fingerprint bytea NOT NULL,
    status int4,
    body bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, scope, key)
);
CREATE INDEX answer_age ON idempotency.answer (tenant_id, created_at);
SELECT galleria.protect('idempotency.answer');
