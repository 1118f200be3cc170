-- Customers who are treated alike: wholesalers, members, staff.
CREATE TABLE customers.customer_group (
    tenant_id int4 NOT NULL,
    customer_group_id uuid NOT NULL,
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    version int8 NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, customer_group_id),
    UNIQUE (tenant_id, code)
);
SELECT galleria.protect('customers.customer_group');

CREATE TABLE customers.group_member (
    tenant_id int4 NOT NULL,
    customer_group_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, customer_group_id, customer_id),
    FOREIGN KEY (tenant_id, customer_group_id)
        REFERENCES customers.customer_group (tenant_id, customer_group_id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customers.customer (tenant_id, customer_id) ON DELETE CASCADE
);
-- Which groups a customer is in, asked whenever somebody signed in looks at a cart.
CREATE INDEX group_member_by_customer
    ON customers.group_member (tenant_id, customer_id, customer_group_id);
SELECT galleria.protect('customers.group_member');
