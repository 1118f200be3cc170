CREATE SCHEMA IF NOT EXISTS tenants;

CREATE TABLE tenants.tenant (
    tenant_id int4 PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'suspended', 'closed')),
    default_locale text NOT NULL,
    locales text[] NOT NULL CHECK (default_locale = ANY (locales)),
    default_currency char(3) NOT NULL,
    country char(2) NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    version int8 NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    closed_at timestamptz,
    CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);

SELECT galleria.protect('tenants.tenant');

-- The house lists its shops: it may read this row of every tenant, and write none of them.
CREATE POLICY house ON tenants.tenant FOR SELECT TO galleria_app
    USING (nullif(current_setting('galleria.tenant', true), '')::int = 0);

CREATE TABLE tenants.channel (
    tenant_id int4 NOT NULL,
    channel_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    currency char(3) NOT NULL,
    locale text NOT NULL,
    locales text[] NOT NULL CHECK (locale = ANY (locales)),
    countries text[] NOT NULL,
    tax_inclusive boolean NOT NULL,
    is_default boolean NOT NULL,
    version int8 NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, channel_id),
    UNIQUE (tenant_id, code)
);
-- A shop has one channel that is meant when none is named.
CREATE UNIQUE INDEX channel_default ON tenants.channel (tenant_id) WHERE is_default;

SELECT galleria.protect('tenants.channel');
