CREATE SCHEMA IF NOT EXISTS search;

-- Words that mean each other; with `means`, those will do for any of `words`. `key` is what lists go
-- by: the first word, folded.
CREATE TABLE search.synonym (
    tenant_id int4 NOT NULL,
    synonym_id uuid NOT NULL,
    key text NOT NULL,
    words text[] NOT NULL CHECK (cardinality(words) BETWEEN 1 AND 30),
    means text[] NOT NULL CHECK (cardinality(means) <= 30),
    language text,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, synonym_id),
    CHECK (cardinality(words) > 1 OR cardinality(means) > 0)
);
CREATE INDEX synonym_key ON search.synonym (tenant_id, key, synonym_id);
SELECT galleria.protect('search.synonym');
