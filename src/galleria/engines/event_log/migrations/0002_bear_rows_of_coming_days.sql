-- A clock that was ahead for a while leaves rows dated to come in the partition for the rest. The
-- day they are of gets no partition of its own then, and the other days do.
CREATE OR REPLACE FUNCTION event_log.keep_partitions(kept_days int) RETURNS int
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
            BEGIN
                EXECUTE format(
                    'CREATE TABLE event_log.%I PARTITION OF event_log.outbox'
                    ' FOR VALUES FROM (%L) TO (%L)',
                    name, day, day + 1);
            EXCEPTION WHEN check_violation THEN
                NULL;
            END;
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
