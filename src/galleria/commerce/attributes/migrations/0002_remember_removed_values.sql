-- The greatest number that a removed value had: numbers are never given to other words, since an
-- index or a file may still name them.
ALTER TABLE attributes.version ADD COLUMN removed_value_id int4 NOT NULL DEFAULT 0;
