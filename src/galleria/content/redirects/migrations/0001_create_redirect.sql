CREATE SCHEMA IF NOT EXISTS redirects;

-- Old addresses and where they lead. Each leads to its end in one step: no `to_path` is another
-- row's `from_path`.
CREATE TABLE redirects.redirect (
    tenant_id int4 NOT NULL,
    from_path text NOT NULL CHECK (from_path LIKE '/_%' AND octet_length(from_path) <= 2000),
    target_kind text NOT NULL
        CHECK (target_kind IN ('path', 'url', 'product', 'category', 'collection')),
    target_id uuid,
    to_path text CHECK (octet_length(to_path) <= 2000),
    to_query text NOT NULL DEFAULT '' CHECK (octet_length(to_query) <= 2000),
    is_permanent boolean NOT NULL,
    source text NOT NULL CHECK (source IN ('manual', 'handle_change', 'import')),
    created_at timestamptz NOT NULL,
    hits int8 NOT NULL DEFAULT 0,
    last_hit_on date,
    PRIMARY KEY (tenant_id, from_path),
    CHECK ((target_id IS NULL) = (target_kind IN ('path', 'url'))),
    CHECK ((to_path IS NULL) = (target_id IS NOT NULL)),
    -- The shop's own addresses begin with one slash, others are reached by https alone.
    CHECK (target_kind <> 'path' OR (to_path LIKE '/%' AND to_path NOT LIKE '//%')),
    CHECK (target_kind <> 'url' OR to_path LIKE 'https://%')
) WITH (fillfactor = 90);
-- Which redirects lead to an address that moves on.
CREATE INDEX redirect_end ON redirects.redirect (tenant_id, to_path) WHERE to_path IS NOT NULL;
SELECT galleria.protect('redirects.redirect');
