-- Ids of variants are made in order, so the key grows at its end only: its pages are filled. Of a
-- page of stock a tenth stays free and not a seventh: that is when PostgreSQL tidies it anyway, so a
-- sale still finds room beside the old row.
ALTER TABLE inventory.stock SET (fillfactor = 90);
ALTER INDEX inventory.stock_pkey SET (fillfactor = 100);
REINDEX INDEX inventory.stock_pkey;
