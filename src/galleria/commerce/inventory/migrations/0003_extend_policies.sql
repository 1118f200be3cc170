-- Whether more may be sold than is there, how much more, and from when it can be had.
ALTER TABLE inventory.variant_policy
    ADD COLUMN selling text NOT NULL DEFAULT 'deny'
        CHECK (selling IN ('deny', 'backorder', 'preorder')),
    ADD COLUMN available_on date CHECK (available_on IS NULL OR selling = 'preorder'),
    ADD COLUMN promise_limit int4 CHECK (promise_limit >= 0),
    -- At so many available the variant is low; null is the shop's usual number.
    ADD COLUMN low_at int4 CHECK (low_at >= 0);
UPDATE inventory.variant_policy SET selling = 'backorder' WHERE allows_backorder;
ALTER TABLE inventory.variant_policy DROP COLUMN allows_backorder;
-- No row says the same.
DELETE FROM inventory.variant_policy WHERE is_tracked AND selling = 'deny';
CREATE INDEX variant_policy_low ON inventory.variant_policy (tenant_id, variant_id)
    WHERE low_at IS NOT NULL;

-- `low_at` null: nothing is low unless its variant says so. `swept_to` is how far the list of
-- what is low has been made anew since the number changed, null when that is done.
CREATE TABLE inventory.stock_setting (
    tenant_id int4 PRIMARY KEY,
    low_at int4 CHECK (low_at >= 0),
    swept_to uuid
);
SELECT galleria.protect('inventory.stock_setting');

-- The variants that are low now, and since when.
CREATE TABLE inventory.low_stock (
    tenant_id int4 NOT NULL,
    variant_id uuid NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, variant_id)
);
SELECT galleria.protect('inventory.low_stock');
