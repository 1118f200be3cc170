CREATE SCHEMA IF NOT EXISTS profiles;

-- How a shop answers each kind of client. The built-in profiles have a row once they were changed;
-- one that was removed keeps its row, so that its versions are never given again.
CREATE TABLE profiles.profile (
    tenant_id int4 NOT NULL,
    code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]*$' AND length(code) <= 60),
    document jsonb NOT NULL CHECK (octet_length(document::text) <= 100000),
    version int4 NOT NULL CHECK (version > 0),
    updated_at timestamptz NOT NULL,
    is_removed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, code)
);
SELECT galleria.protect('profiles.profile');
