CREATE SCHEMA IF NOT EXISTS audit;

CREATE TABLE audit.entry (
    tenant_id int4 NOT NULL,
    entry_id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL,
    request_id text NOT NULL,
    PRIMARY KEY (tenant_id, entry_id)
);
CREATE INDEX entry_subject ON audit.entry (tenant_id, subject, entry_id);

SELECT galleria.protect('audit.entry');

-- Append only: whoever takes over the app can add lies to the diary, but not unsay the truth.
REVOKE UPDATE, DELETE, TRUNCATE ON audit.entry FROM galleria_app;
