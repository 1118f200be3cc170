-- Deliveries that have come or were cancelled, newest first: the open ones have an index already.
CREATE INDEX incoming_closed ON inventory.incoming (tenant_id, state, incoming_id)
    WHERE state <> 'open';
