-- An import can be paused, and taken back when it has ended.
ALTER TABLE imports.run
    DROP CONSTRAINT run_state_check,
    ADD CONSTRAINT run_state_check CHECK (state IN ('waiting', 'running', 'paused', 'done',
        'failed', 'cancelled', 'undoing', 'undone')) NOT VALID,
    -- Batches that wrote products; each is a part of the import that can be taken back.
    ADD COLUMN step_count int4 NOT NULL DEFAULT 0,
    -- How far the taking back has come: products part by part, the last one first, then prices,
    -- then stock. `undo_below` is the part, or the movement, taken back last.
    ADD COLUMN undo_phase text CHECK (undo_phase IN ('products', 'prices', 'stock')),
    ADD COLUMN undo_below int8 NOT NULL DEFAULT 0,
    ADD COLUMN undo_removed_count int8 NOT NULL DEFAULT 0,
    ADD COLUMN undo_reverted_count int8 NOT NULL DEFAULT 0,
    ADD COLUMN undo_kept_count int8 NOT NULL DEFAULT 0,
    ADD COLUMN undo_price_count int8 NOT NULL DEFAULT 0,
    ADD COLUMN undo_stock_count int8 NOT NULL DEFAULT 0,
    ADD COLUMN undo_remark_count int8 NOT NULL DEFAULT 0,
    ADD COLUMN undo_requested_at timestamptz,
    ADD COLUMN undone_at timestamptz;
ALTER TABLE imports.run VALIDATE CONSTRAINT run_state_check;

DROP INDEX imports.run_open;
CREATE INDEX run_open ON imports.run (tenant_id, run_id)
    WHERE state IN ('waiting', 'running', 'undoing');
-- One import of a shop at a time goes in or back. One that is to be taken back and has no holder
-- waits for its turn.
DROP INDEX imports.run_running;
CREATE UNIQUE INDEX run_running ON imports.run (tenant_id)
    WHERE state = 'running' OR (state = 'undoing' AND holder IS NOT NULL);

-- What stayed as it is when an import was taken back, and why.
CREATE TABLE imports.undo_remark (
    tenant_id int4 NOT NULL,
    run_id uuid NOT NULL,
    number int8 NOT NULL,
    product_id uuid,
    handle text NOT NULL,
    path text NOT NULL,
    code text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (tenant_id, run_id, number),
    FOREIGN KEY (tenant_id, run_id) REFERENCES imports.run (tenant_id, run_id) ON DELETE CASCADE
);
SELECT galleria.protect('imports.undo_remark');
