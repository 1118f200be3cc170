CREATE SCHEMA IF NOT EXISTS apps;

-- What others have made for this shop. `manifest` is what the app says of itself and, once it is
-- installed, what it may do; `pending` is a later one that asks for more and waits for approval.
CREATE TABLE apps.app (
    tenant_id int4 NOT NULL,
    app_id uuid NOT NULL,
    handle text NOT NULL CHECK (length(handle) <= 120),
    namespace text CHECK (length(namespace) <= 64),
    client_id text NOT NULL,
    secret_hash bytea NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'installed')),
    manifest jsonb NOT NULL CHECK (length(manifest::text) <= 100000),
    pending jsonb CHECK (length(pending::text) <= 100000),
    manifest_url text CHECK (length(manifest_url) <= 2000),
    key_ids uuid[] NOT NULL,
    endpoint_ids uuid[] NOT NULL,
    signing_sealed bytea,
    approved_by text,
    installed_at timestamptz,
    version int4 NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, app_id),
    UNIQUE (tenant_id, handle),
    UNIQUE (tenant_id, client_id),
    UNIQUE (tenant_id, namespace)
);

-- What a merchant's approval is exchanged by: good once, for a minute. A row outlives its use for a
-- while, so that a second one is noticed. `manifest` is what was approved.
CREATE TABLE apps.code (
    tenant_id int4 NOT NULL,
    code_hash bytea NOT NULL,
    app_id uuid NOT NULL,
    redirect_uri text NOT NULL,
    code_challenge text NOT NULL,
    manifest jsonb NOT NULL,
    approved_by text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (tenant_id, code_hash)
);
CREATE INDEX code_app ON apps.code (tenant_id, app_id);
CREATE INDEX code_age ON apps.code (tenant_id, expires_at);

SELECT galleria.protect('apps.app');
SELECT galleria.protect('apps.code');
