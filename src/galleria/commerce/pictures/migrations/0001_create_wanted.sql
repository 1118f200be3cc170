-- Pictures that products name by address: each address once, however many products name it.
CREATE SCHEMA pictures;

CREATE TABLE pictures.wanted (
    tenant_id int4 NOT NULL,
    -- Made of the address: the same address has the same id.
    picture_id uuid NOT NULL,
    url text NOT NULL,
    host text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'placing', 'fetched', 'failed')),
    media_id uuid,
    -- Products that wait for it: the rows of `naming`.
    product_count int4 NOT NULL CHECK (product_count >= 0),
    tries int2 NOT NULL,
    -- While somebody fetches it this lies ahead: should they die, it is due again.
    next_try_at timestamptz NOT NULL,
    reason_code text,
    reason text,
    request_id text COLLATE "C" NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, picture_id),
    CHECK ((state IN ('placing', 'fetched')) = (media_id IS NOT NULL))
) WITH (fillfactor = 80);
-- Hosts take turns, so that a slow one with many pictures keeps no other waiting.
CREATE INDEX wanted_due ON pictures.wanted (tenant_id, host, next_try_at) WHERE state = 'waiting';
CREATE INDEX wanted_by_state ON pictures.wanted (tenant_id, state, host, picture_id);
SELECT galleria.protect('pictures.wanted');

-- Which products wait for which address; a row goes when the product has its picture.
CREATE TABLE pictures.naming (
    tenant_id int4 NOT NULL,
    product_id uuid NOT NULL,
    picture_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, product_id, picture_id)
);
CREATE INDEX naming_by_picture ON pictures.naming (tenant_id, picture_id, product_id);
SELECT galleria.protect('pictures.naming');

-- How many are in each state: of the whole shop (request_id is empty), and of each import.
CREATE TABLE pictures.tally (
    tenant_id int4 NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    picture_count int8 NOT NULL,
    PRIMARY KEY (tenant_id, request_id, state)
) WITH (fillfactor = 50);
SELECT galleria.protect('pictures.tally');

-- Who fetches the shop's pictures at present: one at a time, so that hosts are asked politely.
CREATE TABLE pictures.shift (
    tenant_id int4 PRIMARY KEY,
    holder uuid NOT NULL,
    until timestamptz NOT NULL
) WITH (fillfactor = 10);
SELECT galleria.protect('pictures.shift');
