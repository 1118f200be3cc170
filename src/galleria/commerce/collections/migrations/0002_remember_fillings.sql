-- What an import did to the collections of products that were there, so that it can be undone
-- exactly. New products leave nothing: their places go with them.
CREATE TABLE collections.filled_member (
    tenant_id int4 NOT NULL,
    work_id uuid NOT NULL,
    product_id uuid NOT NULL,
    collection_id uuid NOT NULL,
    -- Null when it was not in the collection.
    position_before int8,
    is_member boolean NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, work_id, product_id, collection_id)
);
SELECT galleria.protect('collections.filled_member');
