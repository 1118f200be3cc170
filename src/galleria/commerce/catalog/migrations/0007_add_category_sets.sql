-- What is to be said about the products of a category; null inherits and adds nothing.
ALTER TABLE catalog.category ADD COLUMN attribute_set_id uuid;
