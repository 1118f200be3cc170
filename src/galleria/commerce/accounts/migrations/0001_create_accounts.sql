CREATE SCHEMA accounts;

-- Whoever may sign in to a shop. There is no account before its mailbox was proven, so what belongs
-- to an e-mail address is shown to nobody else.
CREATE TABLE accounts.account (
    tenant_id int4 NOT NULL,
    customer_id uuid NOT NULL,
    -- Null until one is chosen: a link by e-mail and a passkey need none.
    password_hash text,
    verified_email_key text COLLATE "C" NOT NULL,
    is_blocked boolean NOT NULL DEFAULT false,
    -- The cart that is waiting on every device; its token sealed with the shop's data key.
    cart_hash bytea CHECK (octet_length(cart_hash) = 32),
    cart_sealed bytea,
    created_at timestamptz NOT NULL,
    signed_in_at timestamptz,
    PRIMARY KEY (tenant_id, customer_id),
    UNIQUE (tenant_id, cart_hash),
    CHECK ((cart_hash IS NULL) = (cart_sealed IS NULL))
);
SELECT galleria.protect('accounts.account');

CREATE TABLE accounts.session (
    tenant_id int4 NOT NULL,
    token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    session_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    how text NOT NULL CHECK (how IN ('password', 'link', 'passkey')),
    client_address text NOT NULL,
    client_name text NOT NULL,
    authenticated_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    idle_expires_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, customer_id)
        REFERENCES accounts.account (tenant_id, customer_id) ON DELETE CASCADE
);
CREATE INDEX session_by_customer ON accounts.session (tenant_id, customer_id, session_id);
CREATE INDEX session_end ON accounts.session (tenant_id, idle_expires_at);
SELECT galleria.protect('accounts.session');

-- A mail that somebody asked for. Written the same for known and unknown addresses; who is known
-- is looked up when it is sent.
CREATE TABLE accounts.letter (
    tenant_id int4 NOT NULL,
    letter_id uuid NOT NULL,
    kind text NOT NULL,
    email text NOT NULL,
    customer_id uuid,
    locale text NOT NULL,
    said jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    PRIMARY KEY (tenant_id, letter_id)
);
CREATE INDEX letter_by_customer ON accounts.letter (tenant_id, customer_id)
    WHERE customer_id IS NOT NULL;
CREATE INDEX letter_end ON accounts.letter (tenant_id, created_at);
SELECT galleria.protect('accounts.letter');

-- What a link in a mail opens, once.
CREATE TABLE accounts.link (
    tenant_id int4 NOT NULL,
    token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    letter_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('sign_in', 'password', 'email_change', 'email_stop')),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, letter_id)
        REFERENCES accounts.letter (tenant_id, letter_id) ON DELETE CASCADE
);
CREATE INDEX link_by_letter ON accounts.link (tenant_id, letter_id);
SELECT galleria.protect('accounts.link');

CREATE TABLE accounts.passkey (
    tenant_id int4 NOT NULL,
    customer_id uuid NOT NULL,
    passkey_id uuid NOT NULL,
    credential_id bytea NOT NULL CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    public_key bytea NOT NULL,
    sign_count int8 NOT NULL,
    rp_id text NOT NULL,
    name text NOT NULL,
    is_backed_up boolean NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    PRIMARY KEY (tenant_id, customer_id, passkey_id),
    UNIQUE (tenant_id, credential_id),
    FOREIGN KEY (tenant_id, customer_id)
        REFERENCES accounts.account (tenant_id, customer_id) ON DELETE CASCADE
);
SELECT galleria.protect('accounts.passkey');

-- What a passkey is asked to sign, once. Without a customer: to sign in.
CREATE TABLE accounts.challenge (
    tenant_id int4 NOT NULL,
    challenge_id uuid NOT NULL,
    challenge bytea NOT NULL,
    rp_id text NOT NULL,
    origin text NOT NULL,
    customer_id uuid,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, challenge_id)
);
CREATE INDEX challenge_end ON accounts.challenge (tenant_id, expires_at);
SELECT galleria.protect('accounts.challenge');

CREATE TABLE accounts.attempt (
    tenant_id int4 NOT NULL,
    subject text NOT NULL,
    attempts int4 NOT NULL,
    window_ends_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, subject)
);
CREATE INDEX attempt_end ON accounts.attempt (tenant_id, window_ends_at);
SELECT galleria.protect('accounts.attempt');
