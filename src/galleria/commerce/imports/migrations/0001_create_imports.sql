CREATE SCHEMA imports;

-- Files that came in; the bytes are blobs.
CREATE TABLE imports.file (
    tenant_id int4 NOT NULL,
    file_id uuid NOT NULL,
    name text NOT NULL,
    size_bytes int8 NOT NULL,
    sha256 text NOT NULL,
    uploaded_at timestamptz NOT NULL,
    -- When the bytes were removed; what was done with them stays known.
    removed_at timestamptz,
    PRIMARY KEY (tenant_id, file_id)
);

CREATE TABLE imports.run (
    tenant_id int4 NOT NULL,
    run_id uuid NOT NULL,
    file_id uuid NOT NULL,
    file_name text NOT NULL,
    size_bytes int8 NOT NULL,
    format text NOT NULL,
    is_dry_run boolean NOT NULL,
    publish boolean,
    keeps_stock boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    created_count int8 NOT NULL DEFAULT 0,
    changed_count int8 NOT NULL DEFAULT 0,
    unchanged_count int8 NOT NULL DEFAULT 0,
    refused_count int8 NOT NULL DEFAULT 0,
    problem_count int8 NOT NULL DEFAULT 0,
    -- How many problems of each code, all of them; imports.problem keeps the first ones.
    problem_codes jsonb NOT NULL DEFAULT '{}',
    change_count int8 NOT NULL DEFAULT 0,
    -- The first byte of the unpacked file, and its line, that no commit has taken in yet.
    next_byte int8 NOT NULL DEFAULT 0,
    next_line int8 NOT NULL DEFAULT 1,
    -- How much of the file as it is stored has been read: for a progress bar.
    read_bytes int8 NOT NULL DEFAULT 0,
    -- Who works at it: only that one's commits count. `beat_at` tells whether it is still there.
    holder uuid,
    beat_at timestamptz,
    tries int4 NOT NULL DEFAULT 0,
    failure_code text,
    failure text,
    actor text NOT NULL,
    requested_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, run_id),
    FOREIGN KEY (tenant_id, file_id) REFERENCES imports.file (tenant_id, file_id)
);
CREATE INDEX run_open ON imports.run (tenant_id, run_id) WHERE state IN ('waiting', 'running');
-- One import of a shop at a time, whatever the workers believe.
CREATE UNIQUE INDEX run_running ON imports.run (tenant_id) WHERE state = 'running';

CREATE TABLE imports.problem (
    tenant_id int4 NOT NULL,
    run_id uuid NOT NULL,
    number int8 NOT NULL,
    line int8 NOT NULL,
    column_name text NOT NULL,
    code text NOT NULL,
    reason text NOT NULL,
    remedy text NOT NULL,
    excerpt text NOT NULL,
    is_refusal boolean NOT NULL,
    PRIMARY KEY (tenant_id, run_id, number),
    FOREIGN KEY (tenant_id, run_id) REFERENCES imports.run (tenant_id, run_id) ON DELETE CASCADE
);

-- What a dry run would do, a sample.
CREATE TABLE imports.change (
    tenant_id int4 NOT NULL,
    run_id uuid NOT NULL,
    number int8 NOT NULL,
    line int8 NOT NULL,
    handle text NOT NULL,
    title text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('created', 'changed')),
    PRIMARY KEY (tenant_id, run_id, number),
    FOREIGN KEY (tenant_id, run_id) REFERENCES imports.run (tenant_id, run_id) ON DELETE CASCADE
);

-- What a running import has seen, 8 bytes for each product and SKU, so that a repeat is noticed
-- also after a worker was killed. Removed when the import ends.
CREATE TABLE imports.seen (
    tenant_id int4 NOT NULL,
    run_id uuid NOT NULL,
    next_byte int8 NOT NULL,
    marks bytea NOT NULL,
    PRIMARY KEY (tenant_id, run_id, next_byte),
    FOREIGN KEY (tenant_id, run_id) REFERENCES imports.run (tenant_id, run_id) ON DELETE CASCADE
);

CREATE TABLE imports.export (
    tenant_id int4 NOT NULL,
    export_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    is_packed boolean NOT NULL,
    product_count int8 NOT NULL DEFAULT 0,
    size_bytes int8 NOT NULL DEFAULT 0,
    requested_at timestamptz NOT NULL,
    finished_at timestamptz,
    removed_at timestamptz,
    PRIMARY KEY (tenant_id, export_id)
);

SELECT galleria.protect('imports.file');
SELECT galleria.protect('imports.run');
SELECT galleria.protect('imports.problem');
SELECT galleria.protect('imports.change');
SELECT galleria.protect('imports.seen');
SELECT galleria.protect('imports.export');
