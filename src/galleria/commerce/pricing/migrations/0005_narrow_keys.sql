-- A shop has at most 500 lists and a tier begins at 10,000 pieces at most: two bytes hold either, so
-- that a row has 64 bytes instead of 72 and its key 32 instead of 40. The key grows at its end only,
-- since ids of variants are made in order: its pages are filled.
ALTER INDEX pricing.price_pkey SET (fillfactor = 100);
ALTER TABLE pricing.price
    ALTER COLUMN price_list_id TYPE int2,
    ALTER COLUMN min_quantity TYPE int2;
