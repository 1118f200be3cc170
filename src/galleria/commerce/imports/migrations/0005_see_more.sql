-- What a dry run would change of a product, field by field: a sample, like the changes themselves.
ALTER TABLE imports.change ADD COLUMN differences jsonb NOT NULL DEFAULT '[]';

-- What an import leaves as it is of products that the shop has.
ALTER TABLE imports.run
    ADD COLUMN keeps_prices boolean NOT NULL DEFAULT false,
    ADD COLUMN keeps_pictures boolean NOT NULL DEFAULT false;

-- Which products an export holds, and how many those are where that is known beforehand.
ALTER TABLE imports.export
    ADD COLUMN wanted jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN total_count int8;
