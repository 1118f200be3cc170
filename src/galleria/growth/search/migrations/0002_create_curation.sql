-- What a merchant says of the answers to some questions: products first or not at all, some earlier,
-- some later, or another page instead.
CREATE TABLE search.curation (
    tenant_id int4 NOT NULL,
    curation_id uuid NOT NULL,
    priority int4 NOT NULL CHECK (priority BETWEEN 0 AND 1000),
    name text NOT NULL,
    applies text NOT NULL CHECK (applies IN ('exact', 'contains', 'category', 'collection', 'always')),
    words text[] NOT NULL CHECK (cardinality(words) <= 50),
    place text,
    language text,
    starts_at timestamptz,
    ends_at timestamptz,
    is_active boolean NOT NULL,
    pinned uuid[] NOT NULL CHECK (cardinality(pinned) <= 50),
    hidden uuid[] NOT NULL CHECK (cardinality(hidden) <= 200),
    lifts jsonb NOT NULL,
    redirect_to text,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, curation_id),
    CHECK ((place IS NOT NULL) = (applies IN ('category', 'collection'))),
    CHECK ((cardinality(words) > 0) = (applies IN ('exact', 'contains'))),
    CHECK (starts_at < ends_at)
);
CREATE INDEX curation_priority ON search.curation (tenant_id, priority, curation_id);
SELECT galleria.protect('search.curation');
