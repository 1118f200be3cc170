-- How many changes could be found how long after their commit, by the day (UTC): kept 90 days.
-- `bucket` numbers the stretches of time between bounds that never change, the shortest first.
CREATE TABLE search.freshness_day (
    tenant_id int4 NOT NULL,
    found_on date NOT NULL,
    bucket int4 NOT NULL CHECK (bucket BETWEEN 0 AND 44),
    change_count int8 NOT NULL CHECK (change_count > 0),
    took_ms_sum float8 NOT NULL,
    took_ms_max float8 NOT NULL,
    PRIMARY KEY (tenant_id, found_on, bucket)
);
SELECT galleria.protect('search.freshness_day');
