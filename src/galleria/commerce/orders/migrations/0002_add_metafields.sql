-- Null when there is nothing, so that it costs nothing.
ALTER TABLE orders."order" ADD COLUMN metafields jsonb;
