-- What the columns of somebody's table mean; the shop's own list.
CREATE TABLE imports.mapping (
    tenant_id int4 NOT NULL,
    mapping_id uuid NOT NULL,
    name text NOT NULL,
    document jsonb NOT NULL,
    version int8 NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, mapping_id)
);
SELECT galleria.protect('imports.mapping');

-- An import goes by the mapping as it was when it was asked for.
ALTER TABLE imports.run ADD COLUMN mapping jsonb;

ALTER TABLE imports.export ADD COLUMN format text NOT NULL DEFAULT 'jsonl'
    CHECK (format IN ('jsonl', 'csv'));
