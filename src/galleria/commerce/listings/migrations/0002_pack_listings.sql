-- Listings are kept packed, by the number of their window and with the numbers of their places: a
-- quarter of the bytes. They are made from what other rooms hold, and what is kept now cannot be
-- packed in SQL: each shop's are made anew, by the schedule `listings.make_stale_anew`.
CREATE TABLE listings.stale (
    tenant_id int4 NOT NULL,
    -- The last product made anew, so that a shop of millions goes on where it was broken off.
    after_id uuid NOT NULL,
    PRIMARY KEY (tenant_id)
);
SELECT galleria.protect('listings.stale');
INSERT INTO listings.stale (tenant_id, after_id)
SELECT DISTINCT tenant_id, '00000000-0000-0000-0000-000000000000'::uuid FROM listings.listing;
DROP TABLE listings.listing;
DROP TABLE listings.placement;

-- Each channel in each of its languages has a number: a shop has few of them, its listings many.
CREATE TABLE listings.window (
    tenant_id int4 NOT NULL,
    window_id int4 NOT NULL,
    channel_id uuid NOT NULL,
    locale text NOT NULL,
    currency text NOT NULL,
    PRIMARY KEY (tenant_id, window_id),
    UNIQUE (tenant_id, channel_id, locale)
);
SELECT galleria.protect('listings.window');

-- Categories and collections by number.
CREATE TABLE listings.place (
    tenant_id int4 NOT NULL,
    place int4 NOT NULL,
    place_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, place),
    UNIQUE (tenant_id, place_id)
);
SELECT galleria.protect('listings.place');

-- A product as one window shows it. Columns stand so that none is padded.
CREATE TABLE listings.listing (
    tenant_id int4 NOT NULL,
    window_id int4 NOT NULL,
    product_id uuid NOT NULL,
    price_min_minor int8 NOT NULL,
    published_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Of window and handle, which itself stands in the document.
    handle_hash int4 NOT NULL,
    -- Of two that sort alike, the end of the id decides: as good as the id and a quarter as wide.
    tie int4 NOT NULL,
    -- The first category the product lies in, 0 when in none; the others and the collections are
    -- extra. Those above it are not written down: a category can move without its products.
    category int4 NOT NULL,
    title_sort text COLLATE "C" NOT NULL,
    extra int4[],
    document bytea NOT NULL,
    -- Columns of all variants, when there are more than the document holds.
    picker bytea,
    PRIMARY KEY (tenant_id, window_id, product_id)
);
-- They are packed already.
ALTER TABLE listings.listing
    ALTER COLUMN document SET STORAGE EXTERNAL,
    ALTER COLUMN picker SET STORAGE EXTERNAL;
CREATE INDEX listing_handle ON listings.listing (tenant_id, handle_hash);
CREATE INDEX listing_newest ON listings.listing (tenant_id, window_id, published_at, tie);
CREATE INDEX listing_title ON listings.listing (tenant_id, window_id, title_sort, tie);
CREATE INDEX listing_price ON listings.listing (tenant_id, window_id, price_min_minor, tie);
CREATE INDEX listing_category ON listings.listing (tenant_id, window_id, category);
SELECT galleria.protect('listings.listing');

-- The variants past the hundredth, a hundred a row, the first chunk having number 1.
CREATE TABLE listings.variant_chunk (
    tenant_id int4 NOT NULL,
    window_id int4 NOT NULL,
    product_id uuid NOT NULL,
    chunk int4 NOT NULL,
    document bytea NOT NULL,
    PRIMARY KEY (tenant_id, window_id, product_id, chunk)
);
ALTER TABLE listings.variant_chunk ALTER COLUMN document SET STORAGE EXTERNAL;
SELECT galleria.protect('listings.variant_chunk');

-- Which products have a place as an extra one.
CREATE TABLE listings.placement (
    tenant_id int4 NOT NULL,
    place int4 NOT NULL,
    product_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, place, product_id)
);
SELECT galleria.protect('listings.placement');

-- How many products a place shows in a window. `is_shared` marks what is taken off again where two
-- categories of one product meet, so that the sum over a branch counts it once. Written by one
-- transaction of a shop at a time, each row often: there is room for its next version.
CREATE TABLE listings.place_count (
    tenant_id int4 NOT NULL,
    window_id int4 NOT NULL,
    place int4 NOT NULL,
    is_shared boolean NOT NULL,
    products int8 NOT NULL,
    PRIMARY KEY (tenant_id, window_id, place, is_shared)
) WITH (fillfactor = 50);
SELECT galleria.protect('listings.place_count');
