-- Whether a variant was ever ordered: asked of thousands before they are removed.
CREATE INDEX order_line_variant ON orders.order_line (tenant_id, variant_id);
