CREATE SCHEMA IF NOT EXISTS changes;

-- What one change did to one thing. `superseded_at` is when the next version took its place, from
-- when on its time to be kept runs; the newest version of a thing has none.
CREATE TABLE changes.change (
    tenant_id int4 NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    version int8 NOT NULL,
    change_id uuid NOT NULL,
    act text NOT NULL CHECK (act IN ('created', 'changed', 'deleted')),
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id text NOT NULL,
    request_id text NOT NULL,
    note text NOT NULL,
    packed bytea NOT NULL,
    superseded_at timestamptz,
    PRIMARY KEY (tenant_id, subject_kind, subject_id, version)
);
CREATE INDEX change_superseded ON changes.change (tenant_id, superseded_at)
    WHERE superseded_at IS NOT NULL;
-- Packed already.
ALTER TABLE changes.change ALTER COLUMN packed SET STORAGE EXTERNAL;
SELECT galleria.protect('changes.change');

-- What bulk work did, one row for thousands of things. Which rows can hold a thing is told by the
-- least and greatest id and a Bloom filter: a row for each thing, or an array under a GIN index,
-- would cost more than the work itself, and `@>` uses no index under row-level security. A shop
-- has thousands of these rows, not millions.
CREATE TABLE changes.bulk_change (
    tenant_id int4 NOT NULL,
    bulk_id uuid NOT NULL,
    chunk int4 NOT NULL CHECK (chunk >= 0),
    change_id uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_count int4 NOT NULL CHECK (subject_count BETWEEN 0 AND 5000),
    least_id uuid NOT NULL,
    greatest_id uuid NOT NULL,
    bloom bytea NOT NULL,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id text NOT NULL,
    request_id text NOT NULL,
    cause text NOT NULL,
    packed bytea NOT NULL,
    PRIMARY KEY (tenant_id, bulk_id, chunk)
);
-- Ids of things made one after the other lie side by side, so most rows are passed over in the
-- index alone.
CREATE INDEX bulk_change_newest ON changes.bulk_change
    (tenant_id, subject_kind, change_id DESC, least_id, greatest_id);
CREATE INDEX bulk_change_age ON changes.bulk_change (tenant_id, at);
ALTER TABLE changes.bulk_change ALTER COLUMN packed SET STORAGE EXTERNAL;
ALTER TABLE changes.bulk_change ALTER COLUMN bloom SET STORAGE EXTERNAL;
SELECT galleria.protect('changes.bulk_change');
