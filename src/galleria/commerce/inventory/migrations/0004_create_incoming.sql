-- Deliveries that are expected.
CREATE TABLE inventory.incoming (
    tenant_id int4 NOT NULL,
    incoming_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    location_id int4 NOT NULL,
    quantity int4 NOT NULL CHECK (quantity > 0),
    received int4 NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND quantity),
    expected_on date,
    reference text,
    state text NOT NULL CHECK (state IN ('open', 'received', 'cancelled')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, incoming_id)
);
-- Both hold open ones only: what has come is found among the movements.
CREATE INDEX incoming_open ON inventory.incoming (tenant_id, incoming_id) WHERE state = 'open';
CREATE INDEX incoming_variant ON inventory.incoming (tenant_id, variant_id, incoming_id)
    WHERE state = 'open';
SELECT galleria.protect('inventory.incoming');
