-- Events wait here in the order of (log_epoch, xact_id, sequence), written in the commit of the
-- state they tell of. Partitioned by day: old days are dropped whole.
CREATE SCHEMA event_log;

-- One row: which cluster this is. A restore elsewhere raises the epoch, so that new events sort
-- after every stored position although transaction numbers begin anew.
CREATE TABLE event_log.epoch (
    log_epoch int4 NOT NULL,
    system_identifier bigint NOT NULL,
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row)
);
INSERT INTO event_log.epoch (log_epoch, system_identifier)
SELECT 1, system_identifier FROM pg_control_system();

CREATE TABLE event_log.outbox (
    tenant_id int4 NOT NULL,
    log_epoch int4 NOT NULL,
    xact_id bigint NOT NULL,
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    event_id uuid NOT NULL,
    tag text NOT NULL,
    subject_id text NOT NULL,
    occurred_at timestamptz NOT NULL,
    actor text NOT NULL,
    request_id text NOT NULL,
    caused_by uuid,
    payload text NOT NULL
) PARTITION BY RANGE (occurred_at);
CREATE TABLE event_log.outbox_rest PARTITION OF event_log.outbox DEFAULT;
CREATE INDEX outbox_order ON event_log.outbox (log_epoch, xact_id, sequence);
CREATE INDEX outbox_tenant ON event_log.outbox (tenant_id, log_epoch, xact_id, sequence);

-- Where a handler begins for a tenant it has no position for.
CREATE TABLE event_log.handler (
    handler text PRIMARY KEY,
    log_epoch int4 NOT NULL,
    xact_id bigint NOT NULL,
    sequence bigint NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now()
);

-- How far a handler has come with a tenant; written in the handler's own transaction.
CREATE TABLE event_log.position (
    tenant_id int4 NOT NULL,
    handler text NOT NULL,
    log_epoch int4 NOT NULL,
    xact_id bigint NOT NULL,
    sequence bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, handler)
);

-- Events a handler could not take, and later ones of the same subject that wait behind them.
-- The head of a subject is tried again at due_at; after the last try is_dead stops the trying
-- until somebody replays it.
CREATE TABLE event_log.dead_letter (
    tenant_id int4 NOT NULL,
    handler text NOT NULL,
    event_id uuid NOT NULL,
    log_epoch int4 NOT NULL,
    xact_id bigint NOT NULL,
    sequence bigint NOT NULL,
    tag text NOT NULL,
    subject_id text NOT NULL,
    occurred_at timestamptz NOT NULL,
    actor text NOT NULL,
    request_id text NOT NULL,
    caused_by uuid,
    payload text NOT NULL,
    reason text NOT NULL,
    attempts int4 NOT NULL,
    due_at timestamptz,
    is_dead boolean NOT NULL DEFAULT false,
    parked_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, handler, event_id)
);
CREATE INDEX dead_letter_subject ON event_log.dead_letter
    (tenant_id, handler, subject_id, log_epoch, xact_id, sequence);
CREATE INDEX dead_letter_due ON event_log.dead_letter (due_at) WHERE NOT is_dead;

-- How far the relay has handed out events of all tenants. One row.
CREATE TABLE event_log.frontier (
    log_epoch int4 NOT NULL,
    xact_id bigint NOT NULL,
    sequence bigint NOT NULL,
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row)
);
INSERT INTO event_log.frontier (log_epoch, xact_id, sequence) VALUES (0, 0, 0);

SELECT galleria.open_schema('event_log.epoch');
CREATE POLICY readers ON event_log.epoch FOR SELECT TO galleria_app, galleria_relay USING (true);
GRANT SELECT ON event_log.epoch TO galleria_app, galleria_relay;

SELECT galleria.protect('event_log.outbox');
SELECT galleria.open_to_relay('event_log.outbox', 'SELECT');
SELECT galleria.open_schema('event_log.handler');
SELECT galleria.open_to_relay('event_log.handler', 'SELECT, INSERT');
SELECT galleria.protect('event_log.position');
SELECT galleria.open_to_relay('event_log.position', 'SELECT');
SELECT galleria.protect('event_log.dead_letter');
SELECT galleria.open_to_relay('event_log.dead_letter', 'SELECT');
SELECT galleria.open_schema('event_log.frontier');
SELECT galleria.open_to_relay('event_log.frontier', 'SELECT, INSERT, UPDATE');

-- Days ahead get their partition, days past `kept_days` are dropped with all they hold, but never
-- one the relay has not passed. Runs as the owner, so that no serving role may change tables.
CREATE FUNCTION event_log.keep_partitions(kept_days int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    day date;
    name text;
    dropped int := 0;
    passed timestamptz;
BEGIN
    FOR day IN SELECT current_date + d FROM generate_series(1, 3) AS d LOOP
        name := 'outbox_' || to_char(day, 'YYYYMMDD');
        IF to_regclass('event_log.' || name) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE event_log.%I PARTITION OF event_log.outbox FOR VALUES FROM (%L) TO (%L)',
                name, day, day + 1);
        END IF;
    END LOOP;
    SELECT coalesce(min(o.occurred_at), now()) INTO passed
    FROM event_log.outbox o, event_log.frontier f
    WHERE (o.log_epoch, o.xact_id, o.sequence) > (f.log_epoch, f.xact_id, f.sequence);
    FOR name IN
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'event_log' AND c.relname ~ '^outbox_\d{8}$'
    LOOP
        day := to_date(right(name, 8), 'YYYYMMDD');
        IF day < current_date - kept_days AND day + 1 <= passed THEN
            EXECUTE format('DROP TABLE event_log.%I', name);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    DELETE FROM event_log.outbox_rest WHERE occurred_at < least(now() - make_interval(days => kept_days), passed);
    RETURN dropped;
END $$;
REVOKE ALL ON FUNCTION event_log.keep_partitions(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION event_log.keep_partitions(int) TO galleria_relay;
