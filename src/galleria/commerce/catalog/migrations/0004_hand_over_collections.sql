-- Hands over to: collections.
-- Collections have a room of their own, above prices and stock, because its rules ask for both. The
-- tables move with their rows, indexes and policies: nothing is copied, however many members there
-- are, and the new room's first migration takes over from there.
CREATE SCHEMA collections;
ALTER TABLE catalog.collection SET SCHEMA collections;
ALTER TABLE catalog.product_collection SET SCHEMA collections;
