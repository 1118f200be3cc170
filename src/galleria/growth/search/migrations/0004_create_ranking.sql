-- What the order of answers is made of, by a name: what words count where, and what besides them.
CREATE TABLE search.ranking (
    tenant_id int4 NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    title float8 NOT NULL CHECK (title BETWEEN 0 AND 10),
    brand float8 NOT NULL CHECK (brand BETWEEN 0 AND 10),
    popularity float8 NOT NULL CHECK (popularity BETWEEN 0 AND 10),
    margin float8 NOT NULL CHECK (margin BETWEEN 0 AND 10),
    freshness float8 NOT NULL CHECK (freshness BETWEEN 0 AND 10),
    fresh_days int4 NOT NULL CHECK (fresh_days BETWEEN 1 AND 3650),
    availability float8 NOT NULL CHECK (availability BETWEEN 0 AND 10),
    kinds float8 NOT NULL CHECK (kinds BETWEEN 0 AND 10),
    most_of_a_brand int4 NOT NULL CHECK (most_of_a_brand BETWEEN 0 AND 10),
    is_default boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
CREATE UNIQUE INDEX ranking_default ON search.ranking (tenant_id) WHERE is_default;
SELECT galleria.protect('search.ranking');
