CREATE SCHEMA IF NOT EXISTS graphql;

-- Documents that a shop has registered, by the digest of their text.
CREATE TABLE graphql.document (
    tenant_id int4 NOT NULL,
    face text NOT NULL CHECK (face IN ('storefront', 'admin')),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    name text NOT NULL,
    text text NOT NULL,
    registered_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, face, sha256)
);
SELECT galleria.protect('graphql.document');

-- What a shop has said of GraphQL; without a row everything is as usual.
CREATE TABLE graphql.setting (
    tenant_id int4 PRIMARY KEY,
    only_registered boolean NOT NULL
);
SELECT galleria.protect('graphql.setting');
