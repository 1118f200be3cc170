-- The version that a product is the same as again, since something was taken back; null after any
-- other write. So an import can be undone after a later one was.
ALTER TABLE catalog.product ADD COLUMN stands_for int8;
