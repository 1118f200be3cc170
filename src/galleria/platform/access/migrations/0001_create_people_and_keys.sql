CREATE SCHEMA IF NOT EXISTS access;

-- People are global: one row however many shops they work in. No tenant owns the row, so
-- galleria.protect does not fit; the policies below say who sees it.
CREATE TABLE access.person (
    person_id uuid PRIMARY KEY,
    email text NOT NULL,
    email_key text NOT NULL UNIQUE,
    name text NOT NULL,
    created_at timestamptz NOT NULL
);

-- A membership belongs to its shop. The second index begins with the person: the house asks which
-- shops somebody may enter, the one question here that is not asked inside a single tenant.
CREATE TABLE access.membership (
    tenant_id int4 NOT NULL,
    person_id uuid NOT NULL REFERENCES access.person,
    role text NOT NULL CHECK (role IN ('owner', 'manager', 'clerk', 'viewer', 'operator')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, person_id),
    CHECK ((tenant_id = 0) = (role = 'operator'))
);
CREATE INDEX membership_person ON access.membership (person_id, tenant_id);

SELECT galleria.protect('access.membership');
CREATE POLICY house ON access.membership FOR SELECT TO galleria_app
    USING (nullif(current_setting('galleria.tenant', true), '')::int = 0);

SELECT galleria.open_schema('access.person');
CREATE POLICY house ON access.person FOR ALL TO galleria_app
    USING (nullif(current_setting('galleria.tenant', true), '')::int = 0)
    WITH CHECK (nullif(current_setting('galleria.tenant', true), '')::int = 0);
-- A shop sees name and address of its own people, and can change neither.
CREATE POLICY members ON access.person FOR SELECT TO galleria_app
    USING (EXISTS (
        SELECT FROM access.membership AS m
        WHERE m.tenant_id = nullif(current_setting('galleria.tenant', true), '')::int
          AND m.person_id = person.person_id
    ));
GRANT SELECT, INSERT, UPDATE ON access.person TO galleria_app;

-- From here to the keys, all rows are the house's own (tenant 0): a shop can neither see nor make
-- one, whatever its code does.
CREATE TABLE access.password (
    tenant_id int4 NOT NULL CHECK (tenant_id = 0),
    person_id uuid NOT NULL REFERENCES access.person ON DELETE CASCADE,
    password_hash text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
);
SELECT galleria.protect('access.password');

CREATE TABLE access.session (
    tenant_id int4 NOT NULL CHECK (tenant_id = 0),
    token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    session_id uuid NOT NULL,
    person_id uuid NOT NULL REFERENCES access.person ON DELETE CASCADE,
    second_factor text NOT NULL CHECK (second_factor IN ('none', 'pending', 'passed')),
    client_address text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    idle_expires_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, token_hash)
);
CREATE INDEX session_person ON access.session (tenant_id, person_id);
CREATE INDEX session_end ON access.session (tenant_id, expires_at);
SELECT galleria.protect('access.session');

CREATE TABLE access.totp (
    tenant_id int4 NOT NULL CHECK (tenant_id = 0),
    person_id uuid NOT NULL REFERENCES access.person ON DELETE CASCADE,
    secret_sealed bytea NOT NULL,
    last_step int8 NOT NULL,
    confirmed_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
);
SELECT galleria.protect('access.totp');

CREATE TABLE access.recovery_code (
    tenant_id int4 NOT NULL CHECK (tenant_id = 0),
    person_id uuid NOT NULL REFERENCES access.person ON DELETE CASCADE,
    code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    used_at timestamptz,
    PRIMARY KEY (tenant_id, person_id, code_hash)
);
SELECT galleria.protect('access.recovery_code');

CREATE TABLE access.attempt (
    tenant_id int4 NOT NULL CHECK (tenant_id = 0),
    subject text NOT NULL,
    attempts int4 NOT NULL,
    window_ends_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, subject)
);
CREATE INDEX attempt_end ON access.attempt (tenant_id, window_ends_at);
SELECT galleria.protect('access.attempt');

CREATE TABLE access.api_key (
    tenant_id int4 NOT NULL,
    key_id uuid NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    last4 text NOT NULL,
    key_hash bytea NOT NULL CHECK (octet_length(key_hash) = 32),
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    PRIMARY KEY (tenant_id, key_id),
    UNIQUE (tenant_id, key_hash)
);
SELECT galleria.protect('access.api_key');
