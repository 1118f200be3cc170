-- Keys have a kind, may be bound to addresses and origins, are replaced with both valid for a while,
-- and it is known who uses them. Defaults are constants, so no row is rewritten.
ALTER TABLE access.api_key
    ADD COLUMN kind text NOT NULL DEFAULT 'general'
        CHECK (kind IN ('general', 'publishable', 'secret', 'restricted', 'foreign')),
    ADD COLUMN owner text NOT NULL DEFAULT '',
    ADD COLUMN notes text NOT NULL DEFAULT '',
    ADD COLUMN allowed_networks text[] NOT NULL DEFAULT '{}',
    ADD COLUMN allowed_origins text[] NOT NULL DEFAULT '{}',
    ADD COLUMN requests_per_minute int4 CHECK (requests_per_minute > 0),
    ADD COLUMN is_canary boolean NOT NULL DEFAULT false,
    ADD COLUMN disabled_at timestamptz,
    ADD COLUMN revoke_reason text,
    ADD COLUMN rotated_at timestamptz,
    ADD COLUMN rotated_to uuid,
    ADD COLUMN rotated_from uuid,
    ADD COLUMN grace_ends_at timestamptz,
    ADD COLUMN brown_out_percent int2 NOT NULL DEFAULT 0 CHECK (brown_out_percent BETWEEN 0 AND 100),
    ADD COLUMN warned_days int2,
    ADD CONSTRAINT grace_within_life CHECK (grace_ends_at <= expires_at);

-- What ends soon, for warnings, and what is being replaced, for the page.
CREATE INDEX api_key_expiry ON access.api_key (tenant_id, expires_at)
    WHERE revoked_at IS NULL AND expires_at IS NOT NULL;
CREATE INDEX api_key_grace ON access.api_key (tenant_id, grace_ends_at)
    WHERE revoked_at IS NULL AND grace_ends_at IS NOT NULL;

-- Who uses a key, by day: network, kind of program and part of the API, never a whole address.
CREATE TABLE access.key_use (
    tenant_id int4 NOT NULL,
    key_id uuid NOT NULL,
    used_on date NOT NULL,
    client text NOT NULL,
    agent text NOT NULL,
    route text NOT NULL,
    uses int8 NOT NULL,
    first_used_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key_id, used_on, client, agent, route)
);
CREATE INDEX key_use_age ON access.key_use (tenant_id, used_on);
SELECT galleria.protect('access.key_use');

-- What a shop wants done when one of its keys turns up in public.
CREATE TABLE access.leak_policy (
    tenant_id int4 NOT NULL,
    on_leak text NOT NULL CHECK (on_leak IN ('revoke', 'end_soon', 'warn')),
    grace_s int4 NOT NULL CHECK (grace_s >= 0),
    PRIMARY KEY (tenant_id)
);
SELECT galleria.protect('access.leak_policy');
