-- Collections are taken back as well: after the products, before the prices.
ALTER TABLE imports.run
    DROP CONSTRAINT run_undo_phase_check,
    ADD CONSTRAINT run_undo_phase_check
        CHECK (undo_phase IN ('products', 'collections', 'prices', 'stock')) NOT VALID,
    ADD COLUMN undo_collection_count int8 NOT NULL DEFAULT 0;
ALTER TABLE imports.run VALIDATE CONSTRAINT run_undo_phase_check;
