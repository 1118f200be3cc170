-- Hands over to: attributes.
-- Words move to the dictionary: from here on a product keeps their numbers.
INSERT INTO attributes.attribute
    (tenant_id, attribute_id, code, label, labels, kind, decimals, unit, is_filterable,
     is_searchable, is_axis, is_archived, position, version)
SELECT tenant_id, attribute_id, code, label, labels,
       kind, 0, unit, is_filterable,
       false, kind IN ('text', 'select'), false, 0, 1
FROM catalog.attribute;

INSERT INTO attributes.product_type
    (tenant_id, product_type_id, handle, name, labels, axes, requires_shipping, is_digital,
     sku_pattern, rules, version)
SELECT tenant_id, product_type_id, handle, name, '{}', '{}', true, false, '', '[]', 1
FROM catalog.product_type;

-- Options become attributes: of the same name where it is one that variants may differ by.
CREATE TEMP TABLE axis ON COMMIT DROP AS
SELECT o.tenant_id, o.name, min(a.attribute_id) AS attribute_id
FROM (
    SELECT DISTINCT p.tenant_id, x ->> 'name' AS name
    FROM catalog.product AS p CROSS JOIN jsonb_array_elements(p.options) AS x
) AS o
LEFT JOIN attributes.attribute AS a
  ON a.tenant_id = o.tenant_id AND a.is_axis AND lower(a.label) = lower(o.name)
GROUP BY o.tenant_id, o.name;
UPDATE axis AS x SET attribute_id = n.number
FROM (
    SELECT w.tenant_id, w.label_key,
           w.ordinal + coalesce((SELECT max(a.attribute_id) FROM attributes.attribute AS a
                                 WHERE a.tenant_id = w.tenant_id), 0) AS number
    FROM (
        SELECT tenant_id, lower(name) AS label_key,
               row_number() OVER (PARTITION BY tenant_id ORDER BY lower(name)) AS ordinal
        FROM axis WHERE attribute_id IS NULL GROUP BY tenant_id, lower(name)
    ) AS w
) AS n
WHERE x.attribute_id IS NULL AND x.tenant_id = n.tenant_id AND lower(x.name) = n.label_key;
INSERT INTO attributes.attribute
    (tenant_id, attribute_id, code, label, labels, kind, decimals, is_filterable, is_searchable,
     is_axis, is_archived, position, version)
SELECT x.tenant_id, x.attribute_id,
       -- Found again by its label; the code only has to be its own.
       left(regexp_replace(lower(min(x.name)), '[^a-z0-9]+', '-', 'g'), 80)
           || '-' || x.attribute_id,
       min(x.name), '{}', 'text', 0, true, false, true, false, 0, 1
FROM axis AS x
WHERE NOT EXISTS (SELECT FROM attributes.attribute AS a
                  WHERE a.tenant_id = x.tenant_id AND a.attribute_id = x.attribute_id)
GROUP BY x.tenant_id, x.attribute_id;
UPDATE attributes.attribute SET code = 'option' || code WHERE code !~ '^[a-z0-9]';

-- All words: values of options, choices of selects, and texts short enough to be shared.
CREATE TEMP TABLE word ON COMMIT DROP AS
SELECT w.tenant_id, w.attribute_id, w.key, min(w.word) AS word,
       (row_number() OVER (PARTITION BY w.tenant_id ORDER BY w.attribute_id, min(w.at), w.key)
       )::int4 AS value_id, min(w.at)::int4 AS position
FROM (
    SELECT p.tenant_id, x.attribute_id, v.word, v.at,
           lower(btrim(regexp_replace(normalize(v.word, NFKC), '\s+', ' ', 'g'))) AS key
    FROM catalog.product AS p
    CROSS JOIN jsonb_array_elements(p.options) AS o
    CROSS JOIN jsonb_array_elements_text(o -> 'values') WITH ORDINALITY AS v (word, at)
    JOIN axis AS x ON x.tenant_id = p.tenant_id AND x.name = o ->> 'name'
    UNION ALL
    SELECT c.tenant_id, c.attribute_id, v.word, v.at,
           lower(btrim(regexp_replace(normalize(v.word, NFKC), '\s+', ' ', 'g')))
    FROM catalog.attribute AS c CROSS JOIN unnest(c.choices) WITH ORDINALITY AS v (word, at)
    UNION ALL
    SELECT p.tenant_id, a.attribute_id, t.value #>> '{}', 100000,
           lower(btrim(regexp_replace(normalize(t.value #>> '{}', NFKC), '\s+', ' ', 'g')))
    FROM catalog.product AS p CROSS JOIN jsonb_each(p.attributes) AS t
    JOIN catalog.attribute AS a ON a.tenant_id = p.tenant_id AND a.code = t.key
    WHERE jsonb_typeof(t.value) = 'string' AND length(t.value #>> '{}') <= 64
      AND t.value #>> '{}' !~ '[\n\r]'
) AS w
WHERE w.key <> ''
GROUP BY w.tenant_id, w.attribute_id, w.key;
INSERT INTO attributes.value
    (tenant_id, value_id, attribute_id, word, word_key, labels, position, is_archived)
SELECT tenant_id, value_id, attribute_id, btrim(word), key, '{}', position, false FROM word;
CREATE INDEX ON word (tenant_id, attribute_id, key);

INSERT INTO attributes.version (tenant_id, dictionary_version, values_version)
SELECT t.tenant_id, uuidv7(), uuidv7()
FROM (SELECT DISTINCT tenant_id FROM attributes.attribute) AS t
ON CONFLICT DO NOTHING;

ALTER TABLE catalog.product ADD COLUMN axes jsonb;
UPDATE catalog.product AS p SET
    axes = coalesce((
        SELECT jsonb_agg(jsonb_build_array(x.attribute_id, (
            SELECT coalesce(jsonb_agg(w.value_id ORDER BY v.at), '[]')
            FROM jsonb_array_elements_text(o.option -> 'values') WITH ORDINALITY AS v (word, at)
            JOIN word AS w ON w.tenant_id = p.tenant_id AND w.attribute_id = x.attribute_id
              AND w.key = lower(btrim(regexp_replace(normalize(v.word, NFKC), '\s+', ' ', 'g')))
        )) ORDER BY o.at)
        FROM jsonb_array_elements(p.options) WITH ORDINALITY AS o (option, at)
        JOIN axis AS x ON x.tenant_id = p.tenant_id AND x.name = o.option ->> 'name'
    ), '[]'),
    attributes = coalesce((
        SELECT jsonb_object_agg(a.attribute_id::text, coalesce(to_jsonb(w.value_id), t.value))
        FROM jsonb_each(p.attributes) AS t
        JOIN catalog.attribute AS a ON a.tenant_id = p.tenant_id AND a.code = t.key
        LEFT JOIN word AS w ON w.tenant_id = p.tenant_id AND w.attribute_id = a.attribute_id
          AND jsonb_typeof(t.value) = 'string'
          AND w.key = lower(btrim(regexp_replace(
              normalize(t.value #>> '{}', NFKC), '\s+', ' ', 'g')))
    ), '{}'),
    title_sort = left(title_sort, 40);
ALTER TABLE catalog.product
    ALTER COLUMN axes SET NOT NULL,
    DROP COLUMN options,
    DROP CONSTRAINT product_tenant_id_product_type_id_fkey;
-- Without a status a list by title goes through the three of them.
DROP INDEX catalog.product_title;

ALTER TABLE catalog.variant RENAME TO variant_in_words;
ALTER TABLE catalog.variant_in_words RENAME CONSTRAINT variant_pkey TO variant_in_words_pkey;
DROP INDEX catalog.variant_sku;
-- Wide columns first and those that are mostly empty last: no byte is spent on alignment.
CREATE TABLE catalog.variant (
    tenant_id int4 NOT NULL,
    position int4 NOT NULL,
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    is_shippable boolean NOT NULL,
    is_taxable boolean NOT NULL,
    selection int4[] NOT NULL,
    sku text,
    barcode text,
    weight_g int4 CHECK (weight_g >= 0),
    media_id uuid,
    -- The picture's address until it has been fetched and has a media_id.
    image_url text,
    external_ref text,
    PRIMARY KEY (tenant_id, variant_id)
);
INSERT INTO catalog.variant
SELECT v.tenant_id, v.position, v.variant_id, v.product_id, v.is_shippable, v.is_taxable,
       coalesce((
           SELECT array_agg(w.value_id ORDER BY o.at)
           FROM unnest(v.option_values) WITH ORDINALITY AS o (word, at)
           JOIN catalog.product AS p ON p.tenant_id = v.tenant_id AND p.product_id = v.product_id
           JOIN word AS w ON w.tenant_id = v.tenant_id
             AND w.attribute_id = (p.axes -> (o.at - 1)::int -> 0)::int4
             AND w.key = lower(btrim(regexp_replace(normalize(o.word, NFKC), '\s+', ' ', 'g')))
       ), '{}'),
       v.sku, v.barcode, v.weight_g, v.media_id, v.image_url, v.external_ref
FROM catalog.variant_in_words AS v;
DROP TABLE catalog.variant_in_words;
CREATE UNIQUE INDEX variant_sku ON catalog.variant (tenant_id, sku) WHERE sku IS NOT NULL;
-- The way from a product to its variants, and no combination twice: eight bytes stand for it.
CREATE UNIQUE INDEX variant_selection
    ON catalog.variant (tenant_id, product_id, hash_array_extended(selection, 0));
SELECT galleria.protect('catalog.variant');

DROP TABLE catalog.attribute;
DROP TABLE catalog.product_type;
