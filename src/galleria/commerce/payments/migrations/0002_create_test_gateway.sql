-- The books of the test gateway: it plays a bank, so it keeps its own, apart from ours.
CREATE TABLE payments.test_charge (
    tenant_id int4 NOT NULL,
    attempt_id uuid NOT NULL,
    card text NOT NULL,
    currency char(3) NOT NULL,
    amount_minor int8 NOT NULL,
    is_approved boolean NOT NULL,
    request_count int4 NOT NULL DEFAULT 1,
    charged_at timestamptz NOT NULL,
    -- Before this instant the gateway says 'pending'.
    settles_at timestamptz NOT NULL,
    callbacks_due int4 NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, attempt_id)
);
SELECT galleria.protect('payments.test_charge');

CREATE TABLE payments.test_refund (
    tenant_id int4 NOT NULL,
    refund_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    amount_minor int8 NOT NULL,
    request_count int4 NOT NULL DEFAULT 1,
    refunded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, refund_id),
    FOREIGN KEY (tenant_id, attempt_id) REFERENCES payments.test_charge (tenant_id, attempt_id)
);
CREATE INDEX test_refund_by_charge ON payments.test_refund (tenant_id, attempt_id);
SELECT galleria.protect('payments.test_refund');
CREATE INDEX test_charge_due ON payments.test_charge (tenant_id, settles_at)
    WHERE callbacks_due > 0;
