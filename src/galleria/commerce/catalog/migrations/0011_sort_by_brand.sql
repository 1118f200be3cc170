-- A brand's products by title, and by age. Of an index without the products that have no brand
-- nobody could make use: the brand that is asked for is not known when the question is planned.
DROP INDEX catalog.product_brand;
CREATE INDEX product_brand ON catalog.product (tenant_id, brand, product_id);
CREATE INDEX product_brand_title
    ON catalog.product (tenant_id, brand, status, title_sort, product_id);
