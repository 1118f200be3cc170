-- What each piece of a line contained when it was a bundle, as it was called then.
ALTER TABLE orders.order_line ADD COLUMN components jsonb NOT NULL DEFAULT '[]';

-- The same, to be found by the variants: whether one was ever ordered is asked before it is removed.
CREATE TABLE orders.order_component (
    tenant_id int4 NOT NULL,
    quantity int4 NOT NULL CHECK (quantity > 0),
    variant_id uuid NOT NULL,
    order_id uuid NOT NULL,
    line_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, variant_id, order_id, line_id),
    FOREIGN KEY (tenant_id, order_id, line_id)
        REFERENCES orders.order_line (tenant_id, order_id, line_id)
);
SELECT galleria.protect('orders.order_component');
