CREATE SCHEMA listings;

-- What a shopper reads, one row for each product, channel and language, ready to be sent: `detail`
-- and `card` are JSON as it goes over the wire. Made from events; may be thrown away and rebuilt.
CREATE TABLE listings.listing (
    tenant_id int4 NOT NULL,
    channel_id uuid NOT NULL,
    locale text NOT NULL,
    product_id uuid NOT NULL,
    handle text NOT NULL,
    title_sort text NOT NULL,
    price_min_minor bigint NOT NULL,
    is_available boolean NOT NULL,
    published_at timestamptz NOT NULL,
    card text NOT NULL,
    detail text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, channel_id, locale, product_id)
);
CREATE INDEX listing_handle ON listings.listing (tenant_id, channel_id, locale, handle);
CREATE INDEX listing_newest
    ON listings.listing (tenant_id, channel_id, locale, published_at DESC, product_id DESC);
CREATE INDEX listing_title ON listings.listing
    (tenant_id, channel_id, locale, title_sort, product_id);
CREATE INDEX listing_price ON listings.listing
    (tenant_id, channel_id, locale, price_min_minor, product_id);
SELECT galleria.protect('listings.listing');

-- Under which categories and collections a listed product is found.
CREATE TABLE listings.placement (
    tenant_id int4 NOT NULL,
    place_id uuid NOT NULL,
    product_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, place_id, product_id)
);
CREATE INDEX placement_product ON listings.placement (tenant_id, product_id);
SELECT galleria.protect('listings.placement');
