CREATE SCHEMA IF NOT EXISTS relevance;

-- What people think of what is found: sets of judgments, each for one channel and language.
CREATE TABLE relevance.judgment_set (
    tenant_id int4 NOT NULL,
    judgment_set_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) <= 200),
    name_sort text NOT NULL,
    channel_id uuid NOT NULL,
    locale text NOT NULL,
    max_grade int2 NOT NULL CHECK (max_grade BETWEEN 1 AND 10),
    query_count int4 NOT NULL DEFAULT 0,
    judgment_count int4 NOT NULL DEFAULT 0,
    last_import jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, judgment_set_id)
);
CREATE INDEX judgment_set_name ON relevance.judgment_set (tenant_id, name_sort, judgment_set_id);
SELECT galleria.protect('relevance.judgment_set');

CREATE TABLE relevance.judgment (
    tenant_id int4 NOT NULL,
    judgment_set_id uuid NOT NULL,
    query text NOT NULL CHECK (length(query) BETWEEN 1 AND 200),
    product_id uuid NOT NULL,
    grade int2 NOT NULL CHECK (grade BETWEEN 0 AND 10),
    is_from_clicks boolean NOT NULL,
    PRIMARY KEY (tenant_id, judgment_set_id, query, product_id),
    FOREIGN KEY (tenant_id, judgment_set_id) REFERENCES relevance.judgment_set ON DELETE CASCADE
);
SELECT galleria.protect('relevance.judgment');

-- All queries of a set asked once; `figures` are those of all queries and of each class of them.
CREATE TABLE relevance.run (
    tenant_id int4 NOT NULL,
    relevance_run_id uuid NOT NULL,
    judgment_set_id uuid NOT NULL,
    profile text NOT NULL,
    release text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    ended_at timestamptz,
    query_count int4 NOT NULL,
    asked_count int4 NOT NULL DEFAULT 0,
    figures jsonb,
    classes jsonb NOT NULL DEFAULT '{}',
    failure text,
    PRIMARY KEY (tenant_id, relevance_run_id),
    FOREIGN KEY (tenant_id, judgment_set_id) REFERENCES relevance.judgment_set ON DELETE CASCADE
);
CREATE INDEX run_of_set ON relevance.run (tenant_id, judgment_set_id, relevance_run_id);
SELECT galleria.protect('relevance.run');

CREATE TABLE relevance.run_query (
    tenant_id int4 NOT NULL,
    relevance_run_id uuid NOT NULL,
    query text NOT NULL,
    query_class text NOT NULL,
    ndcg float8,
    recall float8,
    precision float8,
    reciprocal_rank float8,
    judged_count int4 NOT NULL,
    shown_count int4 NOT NULL,
    total int4 NOT NULL,
    match text NOT NULL,
    took_ms float8 NOT NULL,
    found uuid[] NOT NULL,
    PRIMARY KEY (tenant_id, relevance_run_id, query),
    FOREIGN KEY (tenant_id, relevance_run_id) REFERENCES relevance.run ON DELETE CASCADE
);
SELECT galleria.protect('relevance.run_query');
