-- Texts in documents are kept as JSON writes them. What is kept now cannot be packed anew in SQL:
-- each shop's listings are made anew, by the schedule `listings.make_stale_anew`.
INSERT INTO listings.stale (tenant_id, after_id)
SELECT DISTINCT tenant_id, '00000000-0000-0000-0000-000000000000'::uuid FROM listings.listing
ON CONFLICT (tenant_id) DO UPDATE SET after_id = excluded.after_id;
TRUNCATE listings.listing, listings.variant_chunk, listings.placement, listings.place_count;
