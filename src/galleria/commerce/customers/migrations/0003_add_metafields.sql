-- Null when there is nothing, so that it costs nothing.
ALTER TABLE customers.customer ADD COLUMN metafields jsonb;
