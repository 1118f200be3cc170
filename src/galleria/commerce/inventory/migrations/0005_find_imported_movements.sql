-- The movements of one import, last first: it may be undone. Few movements are imported ones, since
-- first counts leave none.
CREATE INDEX stock_movement_imported ON inventory.stock_movement
    (tenant_id, reference, movement_id) WHERE reason = 'imported';
