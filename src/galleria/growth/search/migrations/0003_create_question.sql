-- What was asked and what came of it, in the format of User Behavior Insights: kept 90 days.
-- `key` is the words folded; `hits` are the first of those shown.
CREATE TABLE search.question (
    tenant_id int4 NOT NULL,
    query_id uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    words text NOT NULL CHECK (length(words) <= 200),
    key text NOT NULL CHECK (length(key) <= 200),
    client_id text,
    channel_id uuid NOT NULL,
    locale text NOT NULL,
    attributes jsonb NOT NULL,
    hits uuid[] NOT NULL CHECK (cardinality(hits) <= 50),
    total int4 NOT NULL,
    match text NOT NULL,
    took_ms float4 NOT NULL,
    is_continued boolean NOT NULL,
    is_clicked boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, query_id)
);
CREATE INDEX question_age ON search.question (tenant_id, asked_at);
SELECT galleria.protect('search.question');

-- What shoppers did with the answers. Nothing says that the question of an event is known: it may
-- be written down after it, by another process.
CREATE TABLE search.event (
    tenant_id int4 NOT NULL,
    event_id uuid NOT NULL,
    query_id uuid NOT NULL,
    action_name text NOT NULL CHECK (length(action_name) <= 40),
    happened_at timestamptz NOT NULL,
    taken_at timestamptz NOT NULL,
    client_id text,
    session_id text,
    message_type text,
    message text,
    object_id text,
    object_id_field text,
    ordinal int4,
    PRIMARY KEY (tenant_id, event_id)
);
CREATE INDEX event_age ON search.event (tenant_id, taken_at);
SELECT galleria.protect('search.event');

-- Questions added up by the day (UTC), so that no page looks through them all.
CREATE TABLE search.question_day (
    tenant_id int4 NOT NULL,
    locale text NOT NULL,
    key text NOT NULL,
    asked_on date NOT NULL,
    words text NOT NULL,
    asked_count int4 NOT NULL,
    empty_count int4 NOT NULL,
    clicked_count int4 NOT NULL,
    took_ms_sum float8 NOT NULL,
    took_ms_max float8 NOT NULL,
    PRIMARY KEY (tenant_id, locale, key, asked_on)
);
CREATE INDEX question_day_top ON search.question_day (tenant_id, asked_on, asked_count DESC);
CREATE INDEX question_day_empty ON search.question_day (tenant_id, asked_on, empty_count DESC)
    WHERE empty_count > 0;
CREATE INDEX question_day_slow ON search.question_day (tenant_id, asked_on, took_ms_max DESC);
SELECT galleria.protect('search.question_day');
