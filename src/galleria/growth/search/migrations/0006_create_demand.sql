-- How much a product is wanted: units sold and what shoppers did with answers, each counting half
-- as much after every 30 days. `score` is as of `as_of`. `shown_popularity`, from 0 to 1, is what the
-- index was last told. Rows are changed in place, so pages keep room for that.
CREATE TABLE search.demand (
    tenant_id int4 NOT NULL,
    product_id uuid NOT NULL,
    score real NOT NULL CHECK (score >= 0),
    as_of timestamptz NOT NULL,
    shown_popularity real NOT NULL DEFAULT 0 CHECK (shown_popularity BETWEEN 0 AND 1),
    PRIMARY KEY (tenant_id, product_id)
) WITH (fillfactor = 80);
SELECT galleria.protect('search.demand');

-- What was counted of which order, so that it counts once and can be taken back: kept 180 days.
CREATE TABLE search.sale (
    tenant_id int4 NOT NULL,
    order_id uuid NOT NULL,
    product_id uuid NOT NULL,
    units int4 NOT NULL CHECK (units > 0),
    placed_at timestamptz NOT NULL,
    is_taken_back boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, order_id, product_id)
);
CREATE INDEX sale_age ON search.sale (tenant_id, placed_at);
SELECT galleria.protect('search.sale');

-- Up to when a shop's clicks have been counted.
CREATE TABLE search.clicks_counted (
    tenant_id int4 NOT NULL,
    counted_to timestamptz NOT NULL,
    PRIMARY KEY (tenant_id)
);
SELECT galleria.protect('search.clicks_counted');
