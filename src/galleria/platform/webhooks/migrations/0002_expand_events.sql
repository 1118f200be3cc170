-- The things that are to stand beside the event, read anew at each try; NULL when none is.
ALTER TABLE webhooks.delivery ADD COLUMN thing_ids uuid[];

-- Choices were kept as text inside JSON: a document now, like every other.
UPDATE webhooks.endpoint SET subscriptions = (subscriptions #>> '{}')::jsonb
WHERE jsonb_typeof(subscriptions) = 'string';
ALTER TABLE webhooks.endpoint
    ADD CONSTRAINT subscriptions_are_a_list CHECK (jsonb_typeof(subscriptions) = 'array');
