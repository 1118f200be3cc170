-- The tables came from the catalog, which had them first, with all their rows.
ALTER TABLE collections.collection
    ADD COLUMN description_html text NOT NULL DEFAULT '',
    ADD COLUMN media_id uuid,
    ADD COLUMN seo jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN sort_order text NOT NULL DEFAULT 'manual'
        CHECK (sort_order IN ('manual', 'newest', 'title', '-title', 'price', '-price')),
    ADD COLUMN is_published boolean NOT NULL DEFAULT true,
    ADD COLUMN published_from timestamptz,
    ADD COLUMN published_until timestamptz,
    -- Whether shoppers were last shown it: differs from what the window says once that has opened
    -- or closed, and then those who show it are told.
    ADD COLUMN is_shown boolean NOT NULL DEFAULT true,
    -- The rule its members are chosen by; null when they are chosen by hand.
    ADD COLUMN rule jsonb,
    -- Members of this generation are its members; those of the pending one wait for the pending
    -- rule to have seen every product, and others are on their way out.
    ADD COLUMN generation int8 NOT NULL DEFAULT 0,
    ADD COLUMN last_generation int8 NOT NULL DEFAULT 0,
    ADD COLUMN pending_rule jsonb,
    ADD COLUMN pending_generation int8,
    -- The last product that the pending rule has seen on its walk.
    ADD COLUMN walked_to uuid,
    -- Members of the present generation have not all been told of since it came to count.
    ADD COLUMN is_untold boolean NOT NULL DEFAULT false,
    ADD COLUMN removed_at timestamptz,
    DROP CONSTRAINT collection_tenant_id_handle_key;
CREATE UNIQUE INDEX collection_handle ON collections.collection (tenant_id, handle)
    WHERE removed_at IS NULL;
CREATE INDEX collection_position ON collections.collection (tenant_id, position, handle)
    WHERE removed_at IS NULL;
CREATE INDEX collection_window ON collections.collection (tenant_id, collection_id)
    WHERE published_from IS NOT NULL OR published_until IS NOT NULL;
CREATE INDEX collection_removed ON collections.collection (tenant_id, removed_at)
    WHERE removed_at IS NOT NULL;

ALTER TABLE collections.product_collection RENAME TO member;
ALTER TABLE collections.member
    ADD COLUMN generation int8 NOT NULL DEFAULT 0,
    -- Where it stands among those picked by hand, with gaps, so that one can be moved alone.
    ADD COLUMN position int8 NOT NULL DEFAULT 0,
    DROP CONSTRAINT product_collection_pkey;
ALTER TABLE collections.member ADD CONSTRAINT member_pkey
    PRIMARY KEY (tenant_id, collection_id, generation, product_id);
DROP INDEX collections.product_collection_product;
CREATE INDEX member_product
    ON collections.member (tenant_id, product_id, collection_id, generation);
CREATE INDEX member_order
    ON collections.member (tenant_id, collection_id, generation, position, product_id);

-- How many members a generation has, as changes to be added up, so that nobody waits for another's
-- count. Folded now and then.
CREATE TABLE collections.member_tally (
    tenant_id int4 NOT NULL,
    collection_id uuid NOT NULL,
    tally_id int8 GENERATED ALWAYS AS IDENTITY,
    generation int8 NOT NULL,
    change int8 NOT NULL,
    PRIMARY KEY (tenant_id, collection_id, tally_id)
);
INSERT INTO collections.member_tally (tenant_id, collection_id, generation, change)
SELECT tenant_id, collection_id, 0, count(*) FROM collections.member
GROUP BY tenant_id, collection_id;

-- Another version at each change of a rule: what was compiled from an earlier one is out of date.
CREATE TABLE collections.rule_book (
    tenant_id int4 NOT NULL,
    version uuid NOT NULL,
    PRIMARY KEY (tenant_id)
);

-- When a product grows too old for some rule, and has to be looked at again.
CREATE TABLE collections.due_product (
    tenant_id int4 NOT NULL,
    product_id uuid NOT NULL,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, product_id)
);
CREATE INDEX due_product_at ON collections.due_product (tenant_id, due_at, product_id);

SELECT galleria.protect('collections.collection');
SELECT galleria.protect('collections.member');
SELECT galleria.protect('collections.member_tally');
SELECT galleria.protect('collections.rule_book');
SELECT galleria.protect('collections.due_product');
