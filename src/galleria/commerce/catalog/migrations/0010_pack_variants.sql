-- What a variant is chosen by becomes four bytes a number: an array says its kind, dimensions and
-- bounds in twenty bytes before the first of them. This writes the table and its indexes anew.
CREATE FUNCTION pg_temp.packed(numbers int4[]) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$
    SELECT coalesce(string_agg(int4send(n.number), '' ORDER BY n.at), '')
    FROM unnest(numbers) WITH ORDINALITY AS n (number, at)
$$;
-- Ids are made in order, so the key grows at its end only: its pages are filled.
ALTER INDEX catalog.variant_pkey SET (fillfactor = 100);
DROP INDEX catalog.variant_sku;
ALTER TABLE catalog.variant ALTER COLUMN selection TYPE bytea USING pg_temp.packed(selection);
DROP FUNCTION pg_temp.packed;
-- SKUs of a product mostly count up. Entries that come in a row have PostgreSQL split a page where
-- they stand, in the hope of more, which leaves it half empty; in falling order they are no row. A
-- SKU is only looked for by itself, so the order is nobody's concern.
CREATE UNIQUE INDEX variant_sku ON catalog.variant (tenant_id, sku DESC) WHERE sku IS NOT NULL;
