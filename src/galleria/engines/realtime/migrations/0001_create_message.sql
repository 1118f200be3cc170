-- The newest messages of each topic, kept for about an hour so that a subscriber can resume.
-- Cleared by those who publish (a tenant clears its own), so a silent tenant keeps its last few.
CREATE SCHEMA realtime;

CREATE TABLE realtime.message (
    tenant_id int4 NOT NULL,
    topic text NOT NULL CHECK (length(topic) <= 150),
    message_id int8 GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL CHECK (length(kind) <= 100),
    payload bytea NOT NULL CHECK (length(payload) <= 65536),
    published_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, topic, message_id)
);
CREATE INDEX message_age ON realtime.message (tenant_id, published_at);

SELECT galleria.protect('realtime.message');
