CREATE SCHEMA attributes;

-- Which state of the dictionary is the present one, as an id that never comes again: numbers would
-- after a rollback, and a process that had remembered what was rolled back would go on saying it.
CREATE TABLE attributes.version (
    tenant_id int4 NOT NULL,
    dictionary_version uuid NOT NULL,
    values_version uuid NOT NULL,
    PRIMARY KEY (tenant_id)
);

CREATE TABLE attributes.attribute (
    tenant_id int4 NOT NULL,
    attribute_id int4 NOT NULL,
    code text NOT NULL,
    label text NOT NULL,
    labels jsonb NOT NULL,
    kind text NOT NULL CHECK (kind IN (
        'select', 'multi_select', 'text', 'rich_text', 'boolean', 'integer', 'decimal', 'date',
        'swatch', 'file', 'reference'
    )),
    decimals int4 NOT NULL CHECK (decimals BETWEEN 0 AND 6),
    unit text,
    reference_kind text CHECK (
        reference_kind IN ('product', 'variant', 'category', 'collection')
    ),
    minimum float8,
    maximum float8,
    is_filterable boolean NOT NULL,
    is_searchable boolean NOT NULL,
    is_axis boolean NOT NULL,
    is_archived boolean NOT NULL,
    position int4 NOT NULL,
    version int8 NOT NULL,
    PRIMARY KEY (tenant_id, attribute_id),
    UNIQUE (tenant_id, code)
);

-- Words that products share. One that was merged into another, or renamed, stays as a name for it,
-- so that a file that still uses the old word finds the value.
CREATE TABLE attributes.value (
    tenant_id int4 NOT NULL,
    value_id int4 NOT NULL,
    attribute_id int4 NOT NULL,
    word text NOT NULL,
    word_key text NOT NULL,
    labels jsonb NOT NULL,
    swatch text,
    position int4 NOT NULL,
    is_archived boolean NOT NULL,
    merged_into int4,
    PRIMARY KEY (tenant_id, value_id),
    UNIQUE (tenant_id, attribute_id, word_key),
    FOREIGN KEY (tenant_id, attribute_id)
        REFERENCES attributes.attribute (tenant_id, attribute_id)
);
CREATE INDEX value_position ON attributes.value (tenant_id, attribute_id, position, value_id)
    WHERE merged_into IS NULL;
CREATE INDEX value_merged ON attributes.value (tenant_id, merged_into)
    WHERE merged_into IS NOT NULL;

CREATE TABLE attributes.attribute_set (
    tenant_id int4 NOT NULL,
    attribute_set_id uuid NOT NULL,
    handle text NOT NULL,
    name text NOT NULL,
    labels jsonb NOT NULL,
    items jsonb NOT NULL,
    version int8 NOT NULL,
    PRIMARY KEY (tenant_id, attribute_set_id),
    UNIQUE (tenant_id, handle)
);

CREATE TABLE attributes.product_type (
    tenant_id int4 NOT NULL,
    product_type_id uuid NOT NULL,
    handle text NOT NULL,
    name text NOT NULL,
    labels jsonb NOT NULL,
    axes int4[] NOT NULL,
    attribute_set_id uuid,
    requires_shipping boolean NOT NULL,
    is_digital boolean NOT NULL,
    sku_pattern text NOT NULL,
    rules jsonb NOT NULL,
    version int8 NOT NULL,
    PRIMARY KEY (tenant_id, product_type_id),
    UNIQUE (tenant_id, handle),
    FOREIGN KEY (tenant_id, attribute_set_id)
        REFERENCES attributes.attribute_set (tenant_id, attribute_set_id)
);
CREATE INDEX product_type_set ON attributes.product_type (tenant_id, attribute_set_id);

CREATE TABLE attributes.metafield_definition (
    tenant_id int4 NOT NULL,
    definition_id uuid NOT NULL,
    owner_kind text NOT NULL CHECK (
        owner_kind IN ('product', 'variant', 'category', 'customer', 'order')
    ),
    namespace text NOT NULL,
    code text NOT NULL,
    label text NOT NULL,
    labels jsonb NOT NULL,
    kind text NOT NULL,
    decimals int4 NOT NULL CHECK (decimals BETWEEN 0 AND 6),
    unit text,
    reference_kind text,
    minimum float8,
    maximum float8,
    max_length int4,
    choices text[] NOT NULL,
    is_list boolean NOT NULL,
    max_items int4,
    is_required boolean NOT NULL,
    is_searchable boolean NOT NULL,
    is_filterable boolean NOT NULL,
    storefront text NOT NULL CHECK (storefront IN ('none', 'public')),
    position int4 NOT NULL,
    version int8 NOT NULL,
    PRIMARY KEY (tenant_id, definition_id),
    UNIQUE (tenant_id, owner_kind, namespace, code)
);

SELECT galleria.protect('attributes.version');
SELECT galleria.protect('attributes.attribute');
SELECT galleria.protect('attributes.value');
SELECT galleria.protect('attributes.attribute_set');
SELECT galleria.protect('attributes.product_type');
SELECT galleria.protect('attributes.metafield_definition');
