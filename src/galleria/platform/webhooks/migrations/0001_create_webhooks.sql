CREATE SCHEMA IF NOT EXISTS webhooks;

-- Where a shop's events go: an address, which events, and which part of each.
CREATE TABLE webhooks.endpoint (
    tenant_id int4 NOT NULL,
    endpoint_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) <= 200),
    url text NOT NULL CHECK (length(url) <= 2000),
    subscriptions jsonb NOT NULL CHECK (length(subscriptions::text) <= 100000),
    is_ordered boolean NOT NULL,
    timeout_s int4 NOT NULL CHECK (timeout_s BETWEEN 1 AND 30),
    status text NOT NULL CHECK (status IN ('enabled', 'paused', 'disabled')),
    disabled_reason text,
    version int4 NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, endpoint_id)
);

-- How it went lately. Apart from the endpoint: written with every handful of tries.
CREATE TABLE webhooks.health (
    tenant_id int4 NOT NULL,
    endpoint_id uuid NOT NULL,
    failures_in_row int4 NOT NULL DEFAULT 0,
    trips int4 NOT NULL DEFAULT 0,
    failing_since timestamptz,
    open_until timestamptz,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    last_error text,
    PRIMARY KEY (tenant_id, endpoint_id)
) WITH (fillfactor = 50);

-- What messages are signed with; several at once while a new one is being brought in.
CREATE TABLE webhooks.secret (
    tenant_id int4 NOT NULL,
    endpoint_id uuid NOT NULL,
    secret_id uuid NOT NULL,
    sealed bytea NOT NULL,
    made_at timestamptz NOT NULL,
    ends_at timestamptz,
    PRIMARY KEY (tenant_id, endpoint_id, secret_id)
);

-- One event on its way to one endpoint. `due_at` is when the next try may begin: a sender moves it
-- ahead before it tries, so that one that was killed leaves nothing behind but a wait. 'infinity'
-- stands behind an earlier one of the same subject. `queued_at` is when it came into line, the last
-- time it did.
CREATE TABLE webhooks.delivery (
    tenant_id int4 NOT NULL,
    delivery_id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    message_id uuid NOT NULL,
    tag text NOT NULL,
    subject_id text NOT NULL,
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    occurred_at timestamptz NOT NULL,
    body text NOT NULL,
    is_test boolean NOT NULL DEFAULT false,
    state text NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    tries int4 NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    queued_at timestamptz NOT NULL,
    done_at timestamptz,
    last_status int4,
    last_error text,
    PRIMARY KEY (tenant_id, delivery_id),
    UNIQUE (tenant_id, endpoint_id, message_id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
-- What is to be sent, and to whom at all: read from one endpoint to the next.
CREATE INDEX delivery_due ON webhooks.delivery (tenant_id, endpoint_id, due_at)
    WHERE state = 'waiting';
CREATE INDEX delivery_line ON webhooks.delivery (tenant_id, endpoint_id, subject_id, sequence)
    WHERE state = 'waiting';
CREATE INDEX delivery_log ON webhooks.delivery (tenant_id, endpoint_id, delivery_id);
CREATE INDEX delivery_tag ON webhooks.delivery (tenant_id, endpoint_id, tag, delivery_id);
CREATE INDEX delivery_failed ON webhooks.delivery (tenant_id, endpoint_id, delivery_id)
    WHERE state = 'failed';

-- What was sent and what was answered, each time. `attempt_id` tells when.
CREATE TABLE webhooks.attempt (
    tenant_id int4 NOT NULL,
    delivery_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    latency_ms int4 NOT NULL,
    status int4,
    error text,
    request_headers text NOT NULL,
    response_headers text NOT NULL,
    response_body text NOT NULL,
    PRIMARY KEY (tenant_id, delivery_id, attempt_id)
);
CREATE INDEX attempt_age ON webhooks.attempt (tenant_id, attempt_id);

-- Tries by the hour. `latencies` counts them by how long they took, see `model.figures`.
CREATE TABLE webhooks.hour (
    tenant_id int4 NOT NULL,
    endpoint_id uuid NOT NULL,
    hour_at timestamptz NOT NULL,
    succeeded_count int8 NOT NULL,
    failed_count int8 NOT NULL,
    latencies int8[] NOT NULL,
    PRIMARY KEY (tenant_id, endpoint_id, hour_at)
) WITH (fillfactor = 50);

-- Deliveries of a stretch of time that are sent once more.
CREATE TABLE webhooks.replay (
    tenant_id int4 NOT NULL,
    replay_id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    what text NOT NULL CHECK (what IN ('failed', 'all')),
    state text NOT NULL CHECK (state IN ('running', 'done')),
    reached_id uuid NOT NULL,
    replayed_count int8 NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    done_at timestamptz,
    PRIMARY KEY (tenant_id, replay_id)
);
CREATE INDEX replay_endpoint ON webhooks.replay (tenant_id, endpoint_id, replay_id);

SELECT galleria.protect('webhooks.endpoint');
SELECT galleria.protect('webhooks.health');
SELECT galleria.protect('webhooks.secret');
SELECT galleria.protect('webhooks.delivery');
SELECT galleria.protect('webhooks.attempt');
SELECT galleria.protect('webhooks.hour');
SELECT galleria.protect('webhooks.replay');
-- The sender asks across shops to whom something is due, and for no word of what it is.
SELECT galleria.open_to_relay('webhooks.endpoint', 'SELECT (tenant_id, endpoint_id, status)');
SELECT galleria.open_to_relay('webhooks.health', 'SELECT (tenant_id, endpoint_id, open_until)');
SELECT galleria.open_to_relay(
    'webhooks.delivery', 'SELECT (tenant_id, endpoint_id, state, due_at)');
