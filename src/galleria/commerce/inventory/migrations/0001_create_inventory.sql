CREATE SCHEMA inventory;

CREATE TABLE inventory.stock_location (
    tenant_id int4 NOT NULL,
    location_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    country char(2),
    is_active boolean NOT NULL,
    position int4 NOT NULL,
    PRIMARY KEY (tenant_id, location_id),
    UNIQUE (tenant_id, code)
);

-- No row means: stock is counted and nothing is sold that is not there.
CREATE TABLE inventory.variant_policy (
    tenant_id int4 NOT NULL,
    variant_id uuid NOT NULL,
    is_tracked boolean NOT NULL,
    allows_backorder boolean NOT NULL,
    PRIMARY KEY (tenant_id, variant_id)
);

-- A third of each page stays free, so that a sale rewrites a row beside the old one and touches
-- no index. No foreign key to the location: it would cost a look-up for each row of an import,
-- whose few places are checked once, and a location is never removed.
CREATE TABLE inventory.stock (
    tenant_id int4 NOT NULL,
    variant_id uuid NOT NULL,
    location_id uuid NOT NULL,
    on_hand int4 NOT NULL CHECK (on_hand >= 0),
    reserved int4 NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    safety int4 NOT NULL DEFAULT 0 CHECK (safety >= 0),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, variant_id, location_id)
) WITH (fillfactor = 70);
CREATE INDEX stock_by_location ON inventory.stock (tenant_id, location_id, variant_id);

CREATE TABLE inventory.reservation (
    tenant_id int4 NOT NULL,
    owner_ref text NOT NULL,
    reservation_id uuid NOT NULL,
    part int4 NOT NULL,
    variant_id uuid NOT NULL,
    -- Null for a variant whose stock nobody counts.
    location_id uuid,
    quantity int4 NOT NULL CHECK (quantity >= 0),
    committed int4 NOT NULL DEFAULT 0 CHECK (committed BETWEEN 0 AND quantity),
    -- Of those committed, how many came back.
    returned int4 NOT NULL DEFAULT 0 CHECK (returned BETWEEN 0 AND committed),
    state text NOT NULL CHECK (state IN ('held', 'committed', 'released')),
    expires_at timestamptz,
    PRIMARY KEY (tenant_id, owner_ref, reservation_id, part)
) WITH (fillfactor = 80);
CREATE INDEX reservation_expiry ON inventory.reservation (tenant_id, expires_at)
    WHERE state = 'held' AND expires_at IS NOT NULL;

-- What is on hand is the sum of these.
CREATE TABLE inventory.stock_movement (
    tenant_id int4 NOT NULL,
    movement_id int8 GENERATED ALWAYS AS IDENTITY,
    variant_id uuid NOT NULL,
    location_id uuid NOT NULL,
    delta int4 NOT NULL CHECK (delta <> 0),
    reason text NOT NULL,
    reference text,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    PRIMARY KEY (tenant_id, movement_id)
);
CREATE INDEX stock_movement_variant
    ON inventory.stock_movement (tenant_id, variant_id, movement_id);

SELECT galleria.protect('inventory.stock_location');
SELECT galleria.protect('inventory.variant_policy');
SELECT galleria.protect('inventory.stock');
SELECT galleria.protect('inventory.reservation');
SELECT galleria.protect('inventory.stock_movement');
-- Goods that moved have moved: a wrong count is put right by a movement the other way.
REVOKE UPDATE, DELETE, TRUNCATE ON inventory.stock_movement FROM galleria_app;
