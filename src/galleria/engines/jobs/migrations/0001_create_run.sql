-- Progress of jobs, for pages. The queue itself is PgQueuer's and lies beside it.
CREATE SCHEMA jobs;

CREATE TABLE jobs.run (
    tenant_id int4 NOT NULL,
    job_id uuid NOT NULL,
    name text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    done bigint NOT NULL DEFAULT 0,
    total bigint,
    note text NOT NULL DEFAULT '',
    attempts int4 NOT NULL DEFAULT 0,
    error text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, job_id)
);
CREATE INDEX run_latest ON jobs.run (tenant_id, name, created_at DESC, job_id DESC);
SELECT galleria.protect('jobs.run');
