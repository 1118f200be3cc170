-- While an app learns a new signing secret, the one before it signs too.
ALTER TABLE apps.app
    ADD COLUMN old_signing_sealed bytea,
    ADD COLUMN old_signing_ends_at timestamptz;
