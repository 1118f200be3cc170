CREATE SCHEMA IF NOT EXISTS requests;

-- What programs have asked with their keys: the last few hundred of each key, for some days. The id
-- is a UUIDv7, so it says when, and the newest of a key lie side by side. Headers and bodies are in
-- `sealed`, encrypted with the shop's own key.
CREATE TABLE requests.request (
    tenant_id int4 NOT NULL,
    key_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    request_id text NOT NULL CHECK (length(request_id) <= 64),
    method text NOT NULL CHECK (length(method) <= 20),
    path text NOT NULL CHECK (length(path) <= 500),
    query text NOT NULL CHECK (length(query) <= 1000),
    status int2 NOT NULL,
    code text NOT NULL CHECK (length(code) <= 100),
    duration_ms float8 NOT NULL,
    api_version text NOT NULL,
    client text NOT NULL,
    agent text NOT NULL CHECK (length(agent) <= 300),
    request_bytes int8 NOT NULL,
    answer_bytes int8 NOT NULL,
    left_out int4 NOT NULL,
    replays text NOT NULL CHECK (replays IN ('no', 'read', 'write')),
    replay_of text,
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant_id, key_id, entry_id)
);
SELECT galleria.protect('requests.request');
