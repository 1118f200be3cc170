-- A shop's locations are numbered from 1: a row of stock names its place in four bytes, and so do
-- its key, its movements and its reservations.
CREATE TEMP TABLE place_number ON COMMIT DROP AS
SELECT tenant_id, location_id AS place,
       row_number() OVER (PARTITION BY tenant_id ORDER BY position, location_id)::int4 AS number
FROM inventory.stock_location;
CREATE UNIQUE INDEX ON place_number (tenant_id, place);
ANALYZE place_number;

CREATE FUNCTION pg_temp.number_of(shop int4, place uuid) RETURNS int4 LANGUAGE sql STABLE AS
$$ SELECT n.number FROM place_number AS n WHERE n.tenant_id = shop AND n.place = $2 $$;

ALTER TABLE inventory.stock_location
    ALTER COLUMN location_id TYPE int4 USING pg_temp.number_of(tenant_id, location_id);
ALTER TABLE inventory.reservation
    ALTER COLUMN location_id TYPE int4 USING pg_temp.number_of(tenant_id, location_id);
ALTER TABLE inventory.stock_movement
    ALTER COLUMN location_id TYPE int4 USING pg_temp.number_of(tenant_id, location_id);
DROP FUNCTION pg_temp.number_of;

-- What the first counts of many variants have in common, one row for all that were counted
-- together. Numbered across shops: a number each shop would make those who import into the same
-- shop wait for each other.
CREATE TABLE inventory.opening (
    tenant_id int4 NOT NULL,
    opening_id int4 GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    reason text NOT NULL,
    reference text,
    actor text NOT NULL,
    PRIMARY KEY (tenant_id, opening_id)
);
SELECT galleria.protect('inventory.opening');
REVOKE UPDATE, DELETE, TRUNCATE ON inventory.opening FROM galleria_app;

-- 80 bytes a row: no gap between the columns and none that may be null, since a ninth column
-- would make the bitmap of nulls eight bytes longer. What is on hand is the opening and the sum
-- of the movements. A seventh of each page stays free, so that a sale rewrites a row beside the
-- old one and touches no index. There is no index by location: it would cost as much as the key,
-- for the sake of a list that can walk along the key instead.
CREATE TABLE inventory.compact_stock (
    tenant_id int4 NOT NULL,
    variant_id uuid NOT NULL,
    location_id int4 NOT NULL,
    on_hand int4 NOT NULL CONSTRAINT stock_on_hand CHECK (on_hand >= 0),
    reserved int4 NOT NULL DEFAULT 0 CONSTRAINT stock_reserved CHECK (reserved >= 0),
    updated_at timestamptz NOT NULL,
    safety int4 NOT NULL DEFAULT 0 CONSTRAINT stock_safety CHECK (safety >= 0),
    opening int4 NOT NULL DEFAULT 0 CONSTRAINT stock_opening CHECK (opening >= 0),
    -- 0 where nothing was there to begin with.
    opening_id int4 NOT NULL DEFAULT 0
) WITH (fillfactor = 85);
SELECT galleria.protect('inventory.compact_stock');
-- What was counted before has its movements, so it opened with nothing.
INSERT INTO inventory.compact_stock
    (tenant_id, variant_id, location_id, on_hand, reserved, updated_at, safety)
SELECT s.tenant_id, s.variant_id, n.number, s.on_hand, s.reserved, s.updated_at, s.safety
FROM inventory.stock AS s
JOIN place_number AS n ON n.tenant_id = s.tenant_id AND n.place = s.location_id
ORDER BY s.tenant_id, s.variant_id, n.number;
DROP TABLE inventory.stock;
ALTER TABLE inventory.compact_stock RENAME TO stock;
ALTER TABLE inventory.stock
    ADD CONSTRAINT stock_pkey PRIMARY KEY (tenant_id, variant_id, location_id);

-- Who holds a variant: the books are checked by it.
CREATE INDEX reservation_held ON inventory.reservation (tenant_id, variant_id, location_id)
    WHERE state = 'held' AND location_id IS NOT NULL;
