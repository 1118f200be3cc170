CREATE SCHEMA workbench;

-- What each product comes to, in the words the back office looks for products by.
CREATE TABLE workbench.entry (
    tenant_id int4 NOT NULL,
    product_id uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    -- Of its variants in the default channel, -1 without a price: it sorts below any price.
    price_min int8 NOT NULL,
    price_max int8 NOT NULL,
    on_hand int8 NOT NULL,
    marks int8[] NOT NULL,
    title_sort text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, product_id)
);
CREATE INDEX entry_changed ON workbench.entry (tenant_id, changed_at, product_id);
CREATE INDEX entry_title ON workbench.entry (tenant_id, title_sort, product_id);
CREATE INDEX entry_price ON workbench.entry (tenant_id, price_min, product_id);
CREATE INDEX entry_on_hand ON workbench.entry (tenant_id, on_hand, product_id);
SELECT galleria.protect('workbench.entry');

-- Which products have a mark (a status, a category, a tag, a word of the title, …), by its number.
CREATE TABLE workbench.mark (
    tenant_id int4 NOT NULL,
    mark int8 NOT NULL,
    product_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, mark, product_id)
);
SELECT galleria.protect('workbench.mark');

-- How many they are: said with the number, and what tells which mark to walk along.
CREATE TABLE workbench.mark_count (
    tenant_id int4 NOT NULL,
    mark int8 NOT NULL,
    products int8 NOT NULL,
    PRIMARY KEY (tenant_id, mark)
);
SELECT galleria.protect('workbench.mark_count');

-- How far a shop that was there before its work-bench has been taken in; all of it when null.
CREATE TABLE workbench.filling (
    tenant_id int4 NOT NULL,
    after_product_id uuid,
    PRIMARY KEY (tenant_id)
);
SELECT galleria.protect('workbench.filling');

CREATE TABLE workbench.saved_view (
    tenant_id int4 NOT NULL,
    view_id uuid NOT NULL,
    owner text NOT NULL,
    is_shared boolean NOT NULL,
    is_default boolean NOT NULL,
    name text NOT NULL,
    question text NOT NULL,
    PRIMARY KEY (tenant_id, view_id)
);
CREATE INDEX saved_view_owner ON workbench.saved_view (tenant_id, owner, view_id);
CREATE INDEX saved_view_shared ON workbench.saved_view (tenant_id, view_id) WHERE is_shared;
-- Nobody has two views to begin with.
CREATE UNIQUE INDEX saved_view_default ON workbench.saved_view (tenant_id, owner) WHERE is_default;
SELECT galleria.protect('workbench.saved_view');

CREATE TABLE workbench.act (
    tenant_id int4 NOT NULL,
    act_id uuid NOT NULL,
    change jsonb NOT NULL,
    selection jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'undoing', 'undone')),
    at_most int8 NOT NULL,
    looked_at_count int8 NOT NULL,
    changed_count int8 NOT NULL,
    refused_count int8 NOT NULL,
    undone_count int8 NOT NULL,
    actor text NOT NULL,
    requested_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- All products up to this one have been looked at.
    after_product_id uuid NOT NULL,
    -- Steps that can still be taken back, counted from the first.
    steps int4 NOT NULL,
    -- The last sign of somebody working at it.
    beat_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, act_id)
);
CREATE INDEX act_open ON workbench.act (tenant_id, beat_at)
    WHERE state IN ('waiting', 'running', 'undoing');
SELECT galleria.protect('workbench.act');

-- What each step changed, so that it can be taken back.
CREATE TABLE workbench.act_step (
    tenant_id int4 NOT NULL,
    act_id uuid NOT NULL,
    step int4 NOT NULL,
    done jsonb NOT NULL,
    PRIMARY KEY (tenant_id, act_id, step),
    FOREIGN KEY (tenant_id, act_id) REFERENCES workbench.act (tenant_id, act_id) ON DELETE CASCADE
);
SELECT galleria.protect('workbench.act_step');
