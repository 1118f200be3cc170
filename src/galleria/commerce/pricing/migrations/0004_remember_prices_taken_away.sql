-- Null where the merge took the variant away, and its price with it.
ALTER TABLE pricing.merged_price ALTER COLUMN amount_after DROP NOT NULL;
