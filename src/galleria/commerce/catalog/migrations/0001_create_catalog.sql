CREATE SCHEMA catalog;

CREATE TABLE catalog.product_type (
    tenant_id int4 NOT NULL,
    product_type_id uuid NOT NULL,
    handle text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (tenant_id, product_type_id),
    UNIQUE (tenant_id, handle)
);

-- The dictionary of all attribute names of a shop; products keep {code: value}.
CREATE TABLE catalog.attribute (
    tenant_id int4 NOT NULL,
    attribute_id int4 NOT NULL,
    code text NOT NULL,
    label text NOT NULL,
    labels jsonb NOT NULL DEFAULT '{}',
    kind text NOT NULL CHECK (kind IN ('text', 'number', 'boolean', 'select')),
    unit text,
    choices text[] NOT NULL DEFAULT '{}',
    is_filterable boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, attribute_id),
    UNIQUE (tenant_id, code)
);

CREATE TABLE catalog.product (
    tenant_id int4 NOT NULL,
    product_id uuid NOT NULL,
    handle text NOT NULL,
    title text NOT NULL,
    title_sort text NOT NULL,
    description_html text NOT NULL,
    brand text NOT NULL,
    product_type_id uuid,
    status text NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
    published_at timestamptz,
    tags text[] NOT NULL,
    attributes jsonb NOT NULL,
    options jsonb NOT NULL,
    translations jsonb NOT NULL,
    seo jsonb NOT NULL,
    external_ref text,
    -- What the last merged draft said; null once somebody edited by hand, so that the next merge
    -- of the same file writes its truth again.
    content_hash bytea,
    variant_count int4 NOT NULL,
    version int8 NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, product_id),
    UNIQUE (tenant_id, handle),
    FOREIGN KEY (tenant_id, product_type_id)
        REFERENCES catalog.product_type (tenant_id, product_type_id)
);
CREATE UNIQUE INDEX product_external_ref ON catalog.product (tenant_id, external_ref)
    WHERE external_ref IS NOT NULL;
-- Ids are made in the order of time, so the newest first is a walk along an id.
CREATE INDEX product_status ON catalog.product (tenant_id, status, product_id);
CREATE INDEX product_status_title ON catalog.product (tenant_id, status, title_sort, product_id);
CREATE INDEX product_title ON catalog.product (tenant_id, title_sort, product_id);
CREATE INDEX product_brand ON catalog.product (tenant_id, brand, product_id) WHERE brand <> '';

-- How many products have each status, as changes to be added up: an import of an hour and a clerk
-- never wait for each other's count. Folded now and then into one row a status.
CREATE TABLE catalog.product_tally (
    tenant_id int4 NOT NULL,
    tally_id int8 GENERATED ALWAYS AS IDENTITY,
    status text NOT NULL,
    change int8 NOT NULL,
    PRIMARY KEY (tenant_id, tally_id)
);

CREATE TABLE catalog.variant (
    tenant_id int4 NOT NULL,
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    position int4 NOT NULL,
    sku text,
    barcode text,
    option_values text[] NOT NULL,
    weight_g int4 CHECK (weight_g >= 0),
    is_shippable boolean NOT NULL,
    is_taxable boolean NOT NULL,
    media_id uuid,
    -- The picture's address until it has been fetched and has a media_id.
    image_url text,
    external_ref text,
    PRIMARY KEY (tenant_id, variant_id),
    -- Also the way from a product to its variants. Deferrable, so that one statement may swap two.
    UNIQUE (tenant_id, product_id, option_values) DEFERRABLE INITIALLY IMMEDIATE,
    FOREIGN KEY (tenant_id, product_id)
        REFERENCES catalog.product (tenant_id, product_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX variant_sku ON catalog.variant (tenant_id, sku) WHERE sku IS NOT NULL;

CREATE TABLE catalog.product_media (
    tenant_id int4 NOT NULL,
    product_id uuid NOT NULL,
    position int4 NOT NULL,
    media_id uuid,
    alt text NOT NULL,
    alts jsonb NOT NULL,
    source_url text,
    PRIMARY KEY (tenant_id, product_id, position),
    FOREIGN KEY (tenant_id, product_id)
        REFERENCES catalog.product (tenant_id, product_id) ON DELETE CASCADE
);

CREATE TABLE catalog.category (
    tenant_id int4 NOT NULL,
    category_id uuid NOT NULL,
    parent_id uuid,
    handle text NOT NULL,
    name text NOT NULL,
    translations jsonb NOT NULL,
    -- Slugs from the root down ("prints/a3"): a branch is a range of this column.
    path text NOT NULL,
    -- Ids from the root down, the category itself last.
    lineage uuid[] NOT NULL,
    position int4 NOT NULL,
    version int8 NOT NULL,
    PRIMARY KEY (tenant_id, category_id),
    UNIQUE (tenant_id, handle),
    UNIQUE (tenant_id, path) DEFERRABLE INITIALLY IMMEDIATE,
    FOREIGN KEY (tenant_id, parent_id) REFERENCES catalog.category (tenant_id, category_id)
);

CREATE TABLE catalog.product_category (
    tenant_id int4 NOT NULL,
    category_id uuid NOT NULL,
    product_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, category_id, product_id),
    FOREIGN KEY (tenant_id, category_id)
        REFERENCES catalog.category (tenant_id, category_id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, product_id)
        REFERENCES catalog.product (tenant_id, product_id) ON DELETE CASCADE
);
CREATE INDEX product_category_product
    ON catalog.product_category (tenant_id, product_id, category_id);

CREATE TABLE catalog.collection (
    tenant_id int4 NOT NULL,
    collection_id uuid NOT NULL,
    handle text NOT NULL,
    title text NOT NULL,
    translations jsonb NOT NULL,
    position int4 NOT NULL,
    version int8 NOT NULL,
    PRIMARY KEY (tenant_id, collection_id),
    UNIQUE (tenant_id, handle)
);

CREATE TABLE catalog.product_collection (
    tenant_id int4 NOT NULL,
    collection_id uuid NOT NULL,
    product_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, collection_id, product_id),
    FOREIGN KEY (tenant_id, collection_id)
        REFERENCES catalog.collection (tenant_id, collection_id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, product_id)
        REFERENCES catalog.product (tenant_id, product_id) ON DELETE CASCADE
);
CREATE INDEX product_collection_product
    ON catalog.product_collection (tenant_id, product_id, collection_id);

SELECT galleria.protect('catalog.product_type');
SELECT galleria.protect('catalog.attribute');
SELECT galleria.protect('catalog.product');
SELECT galleria.protect('catalog.product_tally');
SELECT galleria.protect('catalog.variant');
SELECT galleria.protect('catalog.product_media');
SELECT galleria.protect('catalog.category');
SELECT galleria.protect('catalog.product_category');
SELECT galleria.protect('catalog.collection');
SELECT galleria.protect('catalog.product_collection');
