-- What was asked of payment gateways and what they said. Never a card number, never a card token.
CREATE SCHEMA payments;

CREATE TABLE payments.payment (
    tenant_id int4 NOT NULL,
    payment_id uuid NOT NULL,
    order_ref uuid NOT NULL,
    gateway text NOT NULL,
    currency char(3) NOT NULL,
    amount_minor int8 NOT NULL CHECK (amount_minor > 0),
    captured_minor int8 NOT NULL DEFAULT 0,
    -- Promised to refunds that the gateway has not settled yet.
    refunding_minor int8 NOT NULL DEFAULT 0 CHECK (refunding_minor >= 0),
    refunded_minor int8 NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    state text NOT NULL CHECK (state IN
        ('created', 'captured', 'declined', 'unknown', 'partly_refunded', 'refunded')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, payment_id),
    CHECK (captured_minor BETWEEN 0 AND amount_minor),
    CHECK (refunding_minor + refunded_minor <= captured_minor)
) WITH (fillfactor = 80);
CREATE INDEX payment_by_order ON payments.payment (tenant_id, order_ref);
SELECT galleria.protect('payments.payment');

-- One request to take the money. Its id is the idempotency key at the gateway.
CREATE TABLE payments.payment_attempt (
    tenant_id int4 NOT NULL,
    attempt_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN
        ('started', 'approved', 'declined', 'pending', 'unknown', 'not_received')),
    gateway_reference text,
    decline_code text,
    -- A gateway call may be under way until then; nobody asks behind its back before.
    call_until timestamptz NOT NULL,
    asked_count int4 NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (tenant_id, attempt_id),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments.payment (tenant_id, payment_id)
) WITH (fillfactor = 80);
CREATE INDEX attempt_by_payment ON payments.payment_attempt (tenant_id, payment_id);
CREATE INDEX attempt_unsettled ON payments.payment_attempt (tenant_id, call_until)
    WHERE state IN ('started', 'pending', 'unknown');
SELECT galleria.protect('payments.payment_attempt');

CREATE TABLE payments.refund (
    tenant_id int4 NOT NULL,
    refund_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    currency char(3) NOT NULL,
    amount_minor int8 NOT NULL CHECK (amount_minor > 0),
    state text NOT NULL CHECK (state IN ('requested', 'succeeded', 'failed')),
    reason text NOT NULL,
    gateway_reference text,
    failure_code text,
    call_until timestamptz NOT NULL,
    asked_count int4 NOT NULL DEFAULT 0,
    requested_at timestamptz NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (tenant_id, refund_id),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments.payment (tenant_id, payment_id)
);
CREATE INDEX refund_by_payment ON payments.refund (tenant_id, payment_id);
CREATE INDEX refund_unsettled ON payments.refund (tenant_id, call_until)
    WHERE state = 'requested';
SELECT galleria.protect('payments.refund');

-- What gateways told us unasked, once for each of their event ids.
CREATE TABLE payments.gateway_callback (
    tenant_id int4 NOT NULL,
    gateway text NOT NULL,
    gateway_event_id text NOT NULL,
    attempt_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, gateway, gateway_event_id)
);
SELECT galleria.protect('payments.gateway_callback');
