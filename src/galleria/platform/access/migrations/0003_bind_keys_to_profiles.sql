-- A device in a shop is answered in its own measure and stands at a place: plain codes, which the
-- rooms that own profiles and places look up. Defaults are constants, so no row is rewritten.
ALTER TABLE access.api_key
    ADD COLUMN profile text NOT NULL DEFAULT '',
    ADD COLUMN profile_is_fixed boolean NOT NULL DEFAULT false,
    ADD COLUMN location text NOT NULL DEFAULT '',
    ADD CONSTRAINT fixed_has_profile CHECK (profile <> '' OR NOT profile_is_fixed);
