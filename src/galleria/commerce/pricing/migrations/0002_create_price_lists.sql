-- Prices move from (channel, currency) into numbered price lists, so that a row of a price names its
-- list by four bytes instead of a channel and a currency by nineteen.
CREATE TABLE pricing.price_list (
    tenant_id int4 NOT NULL,
    price_list_id int4 NOT NULL,
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    -- Null is every channel.
    channel_id uuid,
    -- Null is everybody.
    customer_group_id uuid,
    currency char(3) NOT NULL,
    kind text NOT NULL CHECK (kind IN ('base', 'sale', 'contract')),
    priority int4 NOT NULL,
    valid_from timestamptz,
    valid_until timestamptz,
    includes_tax boolean NOT NULL,
    is_active boolean NOT NULL,
    -- Since when window, priority and activity are as they are now; before that see past_term.
    terms_since timestamptz NOT NULL,
    -- Since when it counts without a break, or will: the start of a reduction.
    counts_since timestamptz NOT NULL,
    -- The next instant at which its prices begin or cease to count and must be announced.
    next_boundary_at timestamptz,
    -- How far that announcement has come; null when none is under way.
    announced_variant_id uuid,
    version int8 NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, price_list_id),
    UNIQUE (tenant_id, code),
    CHECK (valid_from < valid_until)
);
CREATE UNIQUE INDEX price_list_base ON pricing.price_list (tenant_id, channel_id, currency)
    WHERE kind = 'base';
-- What a look at the clock costs when nothing is due: one probe.
CREATE INDEX price_list_boundary ON pricing.price_list (tenant_id, next_boundary_at)
    WHERE next_boundary_at IS NOT NULL;
SELECT galleria.protect('pricing.price_list');

-- When a list counted before its terms were edited: what was charged then is a matter of law.
CREATE TABLE pricing.past_term (
    tenant_id int4 NOT NULL,
    price_list_id int4 NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    priority int4 NOT NULL,
    PRIMARY KEY (tenant_id, price_list_id, since),
    FOREIGN KEY (tenant_id, price_list_id)
        REFERENCES pricing.price_list (tenant_id, price_list_id) ON DELETE CASCADE
);
SELECT galleria.protect('pricing.past_term');

INSERT INTO pricing.price_list
    (tenant_id, price_list_id, code, name, channel_id, currency, kind, priority, includes_tax,
     is_active, terms_since, counts_since, version, created_at, updated_at)
SELECT tenant_id, row_number() OVER (PARTITION BY tenant_id ORDER BY channel_id, currency),
       'base-' || channel_id || '-' || lower(currency), 'Base prices ' || currency, channel_id,
       currency, 'base', 0, true, true, since, since, 1, since, since
FROM (SELECT tenant_id, channel_id, currency, min(valid_from) AS since
      FROM pricing.price GROUP BY tenant_id, channel_id, currency) AS used;

ALTER TABLE pricing.price RENAME TO former_price;
ALTER INDEX pricing.price_pkey RENAME TO former_price_pkey;

-- There is one for each variant, list and tier, so every byte counts: the wide columns first, no
-- gap between them, and no more than eight columns, so that an absent one costs no bitmap. Without
-- a compare-at price 76 bytes of heap and 44 of the one index.
CREATE TABLE pricing.price (
    amount_minor int8 NOT NULL CHECK (amount_minor >= 0),
    -- Since when this amount has been the price.
    since timestamptz NOT NULL,
    tenant_id int4 NOT NULL,
    price_list_id int4 NOT NULL,
    variant_id uuid NOT NULL,
    min_quantity int4 NOT NULL DEFAULT 1 CHECK (min_quantity >= 1),
    compare_at_minor int8 CHECK (compare_at_minor >= 0),
    PRIMARY KEY (tenant_id, variant_id, price_list_id, min_quantity)
);
SELECT galleria.protect('pricing.price');

INSERT INTO pricing.price
    (tenant_id, variant_id, price_list_id, min_quantity, amount_minor, compare_at_minor, since)
SELECT f.tenant_id, f.variant_id, l.price_list_id, 1, f.amount_minor, f.compare_at_minor,
       f.valid_from
FROM pricing.former_price AS f
JOIN pricing.price_list AS l ON l.tenant_id = f.tenant_id AND l.channel_id = f.channel_id
    AND l.currency = f.currency AND l.kind = 'base'
ORDER BY f.tenant_id, f.variant_id, l.price_list_id;

DROP TABLE pricing.former_price;

-- What a variant cost before, from when to when. Written when an amount changes, never for a first
-- price: an import of new products leaves none.
CREATE TABLE pricing.price_change (
    tenant_id int4 NOT NULL,
    variant_id uuid NOT NULL,
    price_list_id int4 NOT NULL,
    min_quantity int4 NOT NULL,
    amount_minor int8 NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    -- The bulk edit that ended this amount, if one did.
    edit_id uuid,
    -- Who ended it.
    actor text NOT NULL,
    PRIMARY KEY (tenant_id, variant_id, price_list_id, min_quantity, since)
);
SELECT galleria.protect('pricing.price_change');

-- Many prices changed by one formula: what was asked, how far it has come, what came of it.
CREATE TABLE pricing.price_edit (
    tenant_id int4 NOT NULL,
    edit_id uuid NOT NULL,
    price_list_id int4 NOT NULL,
    formula jsonb NOT NULL,
    selection jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'undoing', 'undone')),
    -- All products up to the first, and of the ones after it all variants up to the second.
    after_product_id uuid NOT NULL,
    after_variant_id uuid NOT NULL,
    changed_count int8 NOT NULL DEFAULT 0,
    unchanged_count int8 NOT NULL DEFAULT 0,
    refused_count int8 NOT NULL DEFAULT 0,
    reverted_count int8 NOT NULL DEFAULT 0,
    kept_count int8 NOT NULL DEFAULT 0,
    actor text NOT NULL,
    requested_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- The last sign of somebody working at it.
    beat_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, edit_id)
);
CREATE INDEX price_edit_open ON pricing.price_edit (tenant_id, beat_at)
    WHERE state IN ('waiting', 'running', 'undoing');
SELECT galleria.protect('pricing.price_edit');

-- Each price an edit changed, so that it can be undone exactly.
CREATE TABLE pricing.price_edit_row (
    tenant_id int4 NOT NULL,
    edit_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    min_quantity int4 NOT NULL,
    amount_before int8 NOT NULL,
    compare_at_before int8,
    amount_after int8 NOT NULL,
    compare_at_after int8,
    -- 'kept' by an undo, since somebody had changed the price again.
    outcome text NOT NULL CHECK (outcome IN ('changed', 'reverted', 'kept')),
    PRIMARY KEY (tenant_id, edit_id, variant_id, min_quantity),
    FOREIGN KEY (tenant_id, edit_id) REFERENCES pricing.price_edit (tenant_id, edit_id)
        ON DELETE CASCADE
);
SELECT galleria.protect('pricing.price_edit_row');
