CREATE SCHEMA customers;

-- Who buys in a shop. A shopper belongs to one tenant: the same e-mail in two shops is two people.
CREATE TABLE customers.customer (
    tenant_id int4 NOT NULL,
    customer_id uuid NOT NULL,
    email text NOT NULL,
    -- The address as it is compared: without spaces around it, case folded.
    email_key text COLLATE "C" NOT NULL,
    name text NOT NULL,
    name_sort text COLLATE "C" NOT NULL,
    locale text NOT NULL,
    phone text NOT NULL DEFAULT '',
    accepts_marketing boolean NOT NULL DEFAULT false,
    version int8 NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, customer_id),
    UNIQUE (tenant_id, email_key)
);
CREATE INDEX customer_by_name ON customers.customer (tenant_id, name_sort, customer_id);
SELECT galleria.protect('customers.customer');

CREATE TABLE customers.address (
    tenant_id int4 NOT NULL,
    customer_id uuid NOT NULL,
    address_id uuid NOT NULL,
    address jsonb NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, address_id),
    FOREIGN KEY (tenant_id, customer_id)
        REFERENCES customers.customer (tenant_id, customer_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX address_default ON customers.address (tenant_id, customer_id) WHERE is_default;
SELECT galleria.protect('customers.address');
