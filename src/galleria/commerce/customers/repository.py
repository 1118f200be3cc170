"""All SQL of the customers room."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.customers.model import (
    MAX_ADDRESSES,
    Customer,
    CustomerDetail,
    CustomerGroup,
    MergedCustomer,
    PostalAddress,
    SavedAddress,
    email_key,
)
from galleria.engines.sql import Reader, Record, Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.text import sort_key

_COLUMNS = ", ".join(Customer.__struct_fields__)
_GROUP = ", ".join(CustomerGroup.__struct_fields__)
# The highest code point: as a suffix it is above every continuation of a prefix under "C".
_ABOVE_ALL = chr(0x10FFFF)


async def ensure(tx: Transaction, customer: Customer) -> Customer | None:
    """The customer with this e-mail: the one there was, else `customer`, now kept.

    None when another transaction kept one between our look and our insert: ask again.
    """
    row = await tx.fetch_row(
        f"""
        WITH added AS (
            INSERT INTO customers.customer (tenant_id, email_key, name_sort, {_COLUMNS})
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            ON CONFLICT (tenant_id, email_key) DO NOTHING
            RETURNING {_COLUMNS}
        )
        SELECT {_COLUMNS} FROM added
        UNION ALL
        SELECT {_COLUMNS} FROM customers.customer WHERE tenant_id = $1 AND email_key = $2
        LIMIT 1
        """,
        email_key(customer.email),
        sort_key(customer.name),
        *msgspec.structs.astuple(customer),
    )
    return None if row is None else _customer(row)


async def insert(tx: Transaction, customer: Customer) -> bool:
    """True when the customer is kept, False when the e-mail address is taken."""
    touched = await tx.execute(
        f"""
        INSERT INTO customers.customer (tenant_id, email_key, name_sort, {_COLUMNS})
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (tenant_id, email_key) DO NOTHING
        """,
        email_key(customer.email),
        sort_key(customer.name),
        *msgspec.structs.astuple(customer),
    )
    return touched == 1


async def lock(tx: Transaction, customer_id: UUID) -> Customer | None:
    """The customer, locked until the commit."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM customers.customer"
        " WHERE tenant_id = $1 AND customer_id = $2 FOR UPDATE",
        customer_id,
    )
    return None if row is None else _customer(row)


async def save(tx: Transaction, customer: Customer) -> bool:
    """True when the edit is kept, False when its e-mail address belongs to another customer."""
    touched = await tx.execute(
        """
        UPDATE customers.customer
        SET email = $3, email_key = $4, name = $5, name_sort = $6, locale = $7, phone = $8,
            accepts_marketing = $9, version = $10, updated_at = $11
        WHERE tenant_id = $1 AND customer_id = $2
          AND NOT EXISTS (SELECT FROM customers.customer AS other
                          WHERE other.tenant_id = $1 AND other.email_key = $4
                            AND other.customer_id <> $2)
        """,
        customer.customer_id,
        customer.email,
        email_key(customer.email),
        customer.name,
        sort_key(customer.name),
        customer.locale,
        customer.phone,
        customer.accepts_marketing,
        customer.version,
        customer.updated_at,
    )
    return touched == 1


async def detail(reader: Reader, customer_id: UUID) -> CustomerDetail | None:
    """The customer with the address book, by one statement."""
    row = await reader.read_row(
        f"""
        SELECT {_COLUMNS}, metafields, (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'address_id', address_id, 'address', address, 'is_default', is_default)
                ORDER BY is_default DESC, address_id), '[]')
            FROM customers.address AS a
            WHERE a.tenant_id = $1 AND a.customer_id = $2) AS addresses
        FROM customers.customer WHERE tenant_id = $1 AND customer_id = $2
        """,
        customer_id,
    )
    if row is None:
        return None
    return CustomerDetail(
        **msgspec.structs.asdict(_customer(row)),
        addresses=msgspec.convert(row["addresses"], list[SavedAddress]),
        metafields=row["metafields"],
    )


async def metafields_of(reader: Reader, customer_id: UUID) -> dict[str, Any] | None:
    """What is kept beside the customer, None when nothing is."""
    row = await reader.read_row(
        "SELECT metafields FROM customers.customer WHERE tenant_id = $1 AND customer_id = $2",
        customer_id,
    )
    return None if row is None else row["metafields"]


async def save_metafields(
    tx: Transaction, customer_id: UUID, metafields: dict[str, Any] | None
) -> None:
    """This is kept beside the customer, who has the next version."""
    await tx.execute(
        "UPDATE customers.customer SET metafields = $3, version = version + 1, updated_at = $4"
        " WHERE tenant_id = $1 AND customer_id = $2",
        customer_id,
        metafields,
        tx.now,
    )


async def by_ids(reader: Reader, customer_ids: list[UUID]) -> list[Customer]:
    """Those of the customers that exist, in no order."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM customers.customer"
        " WHERE tenant_id = $1 AND customer_id = ANY($2::uuid[])",
        customer_ids,
    )
    return [_customer(row) for row in rows]


async def by_emails(reader: Reader, keys: list[str]) -> dict[str, Customer]:
    """Those of the customers that exist, by what their e-mail addresses are compared by."""
    rows = await reader.read(
        f"SELECT {_COLUMNS}, email_key FROM customers.customer"
        " WHERE tenant_id = $1 AND email_key = ANY($2::text[])",
        keys,
    )
    return {row["email_key"]: _customer(row) for row in rows}


async def newest(reader: Reader, before: UUID | None, limit: int) -> list[Customer]:
    """At most `limit` customers older than `before`, newest first: ids are in order of birth."""
    rows = await reader.read(
        f"""
        SELECT {_COLUMNS} FROM customers.customer
        WHERE tenant_id = $1 AND ($2::uuid IS NULL OR customer_id < $2)
        ORDER BY customer_id DESC LIMIT $3
        """,
        before,
        limit,
    )
    return [_customer(row) for row in rows]


async def matching(reader: Reader, query: str, before: UUID | None, limit: int) -> list[Customer]:
    """Newest first, those whose e-mail address or name begins with `query`.

    Ranges instead of LIKE: a comparison is leakproof, so the indexes serve it under the policy. A
    query of nothing but punctuation has an empty sort key, and begins no name.
    """
    rows = await reader.read(
        f"""
        SELECT {_COLUMNS} FROM customers.customer
        WHERE tenant_id = $1 AND ($2::uuid IS NULL OR customer_id < $2)
          AND ((email_key >= $4 AND email_key < $5)
               OR ($6::text <> '' AND name_sort >= $6 AND name_sort < $7))
        ORDER BY customer_id DESC LIMIT $3
        """,
        before,
        limit,
        email_key(query),
        email_key(query) + _ABOVE_ALL,
        sort_key(query),
        sort_key(query) + _ABOVE_ALL,
    )
    return [_customer(row) for row in rows]


async def add_address(tx: Transaction, customer_id: UUID, saved: SavedAddress) -> int:
    """The address is in the book; how many there were before comes back."""
    if saved.is_default:
        await tx.execute(
            "UPDATE customers.address SET is_default = false"
            " WHERE tenant_id = $1 AND customer_id = $2 AND is_default",
            customer_id,
        )
    count: int = await tx.fetch_value(
        """
        WITH added AS (
            INSERT INTO customers.address
                (tenant_id, customer_id, address_id, address, is_default, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)
        )
        SELECT count(*) FROM customers.address WHERE tenant_id = $1 AND customer_id = $2
        """,
        customer_id,
        saved.address_id,
        msgspec.to_builtins(saved.address),
        saved.is_default,
        tx.now,
    )
    return count


async def save_address(tx: Transaction, customer_id: UUID, saved: SavedAddress) -> bool:
    """True when there was such an address; it reads so now."""
    if saved.is_default:
        await tx.execute(
            "UPDATE customers.address SET is_default = false"
            " WHERE tenant_id = $1 AND customer_id = $2 AND is_default AND address_id <> $3",
            customer_id,
            saved.address_id,
        )
    touched = await tx.execute(
        "UPDATE customers.address SET address = $4, is_default = $5"
        " WHERE tenant_id = $1 AND customer_id = $2 AND address_id = $3",
        customer_id,
        saved.address_id,
        msgspec.to_builtins(saved.address),
        saved.is_default,
    )
    return touched == 1


async def delete_addresses(tx: Transaction, customer_id: UUID) -> None:
    """The address book is empty."""
    await tx.execute(
        "DELETE FROM customers.address WHERE tenant_id = $1 AND customer_id = $2", customer_id
    )


async def leave_groups(tx: Transaction, customer_id: UUID) -> list[UUID]:
    """The customer is in no group; those they left come back."""
    rows = await tx.fetch(
        "DELETE FROM customers.group_member WHERE tenant_id = $1 AND customer_id = $2"
        " RETURNING customer_group_id",
        customer_id,
    )
    return [row["customer_group_id"] for row in rows]


async def hand_over(tx: Transaction, from_id: UUID, to_id: UUID) -> None:
    """One customer is gone; addresses, while there is room, and groups are another's now."""
    await tx.execute(
        """
        UPDATE customers.address AS a SET customer_id = $3, is_default = false
        FROM (SELECT address_id, row_number() OVER (ORDER BY is_default DESC, address_id)
                + (SELECT count(*) FROM customers.address
                   WHERE tenant_id = $1 AND customer_id = $3) AS place
              FROM customers.address WHERE tenant_id = $1 AND customer_id = $2) AS moved
        WHERE a.tenant_id = $1 AND a.customer_id = $2 AND a.address_id = moved.address_id
          AND moved.place <= $4
        """,
        from_id,
        to_id,
        MAX_ADDRESSES,
    )
    await tx.execute(
        """
        INSERT INTO customers.group_member (tenant_id, customer_group_id, customer_id)
        SELECT $1, customer_group_id, $3 FROM customers.group_member
        WHERE tenant_id = $1 AND customer_id = $2 ORDER BY customer_group_id
        ON CONFLICT DO NOTHING
        """,
        from_id,
        to_id,
    )
    await tx.execute(
        "DELETE FROM customers.customer WHERE tenant_id = $1 AND customer_id = $2", from_id
    )


async def remove_address(tx: Transaction, customer_id: UUID, address_id: UUID) -> bool:
    """True when there was such an address; it is gone."""
    touched = await tx.execute(
        "DELETE FROM customers.address"
        " WHERE tenant_id = $1 AND customer_id = $2 AND address_id = $3",
        customer_id,
        address_id,
    )
    return touched == 1


async def lock_groups(tx: Transaction) -> None:
    """Until the commit nobody else makes, renames or fills groups of this shop.

    So a code that is taken and a bound that is reached are answers, never failed statements.
    """
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('customers.groups'), $1)")


async def insert_group(tx: Transaction, group: CustomerGroup) -> bool:
    """True when the group is kept, False when its code is taken."""
    touched = await tx.execute(
        f"""
        INSERT INTO customers.customer_group (tenant_id, {_GROUP})
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, code) DO NOTHING
        """,
        *msgspec.structs.astuple(group),
    )
    return touched == 1


async def save_group(tx: Transaction, group: CustomerGroup) -> bool:
    """True when the edit is kept, False when its code belongs to another group."""
    touched = await tx.execute(
        """
        UPDATE customers.customer_group SET code = $3, name = $4, version = $5, updated_at = $6
        WHERE tenant_id = $1 AND customer_group_id = $2
          AND NOT EXISTS (SELECT FROM customers.customer_group AS other
                          WHERE other.tenant_id = $1 AND other.code = $3
                            AND other.customer_group_id <> $2)
        """,
        group.customer_group_id,
        group.code,
        group.name,
        group.version,
        group.updated_at,
    )
    return touched == 1


async def delete_group(tx: Transaction, customer_group_id: UUID) -> bool:
    """True when there was such a group; it is gone, and nobody is in it."""
    touched = await tx.execute(
        "DELETE FROM customers.customer_group WHERE tenant_id = $1 AND customer_group_id = $2",
        customer_group_id,
    )
    return touched == 1


async def all_groups(reader: Reader) -> list[CustomerGroup]:
    """Every group of the shop, by code; there are not many."""
    rows = await reader.read(
        f"SELECT {_GROUP} FROM customers.customer_group WHERE tenant_id = $1 ORDER BY code"
    )
    return [CustomerGroup(**row) for row in rows]


async def find_group(reader: Reader, customer_group_id: UUID) -> CustomerGroup | None:
    """The group, or None when this shop has none such."""
    row = await reader.read_row(
        f"SELECT {_GROUP} FROM customers.customer_group"
        " WHERE tenant_id = $1 AND customer_group_id = $2",
        customer_group_id,
    )
    return None if row is None else CustomerGroup(**row)


async def groups_of(reader: Reader, customer_id: UUID) -> list[UUID]:
    """The groups the customer is in, by id."""
    rows = await reader.read(
        "SELECT customer_group_id FROM customers.group_member"
        " WHERE tenant_id = $1 AND customer_id = $2 ORDER BY customer_group_id",
        customer_id,
    )
    return [row["customer_group_id"] for row in rows]


async def fullest_membership(reader: Reader, customer_ids: Sequence[UUID]) -> int:
    """In how many groups that one of these customers is who is in the most."""
    most: int | None = await reader.read_value(
        "SELECT max(groups) FROM (SELECT count(*) AS groups FROM customers.group_member"
        " WHERE tenant_id = $1 AND customer_id = ANY ($2::uuid[]) GROUP BY customer_id) AS each",
        list(customer_ids),
    )
    return most or 0


async def add_members(
    tx: Transaction, customer_group_id: UUID, customer_ids: Sequence[UUID]
) -> list[UUID]:
    """Those of the customers that exist are in the group; who was not before comes back."""
    rows = await tx.fetch(
        """
        INSERT INTO customers.group_member (tenant_id, customer_group_id, customer_id)
        SELECT $1, $2, customer_id FROM customers.customer
        WHERE tenant_id = $1 AND customer_id = ANY ($3::uuid[]) ORDER BY customer_id
        ON CONFLICT DO NOTHING
        RETURNING customer_id
        """,
        customer_group_id,
        list(customer_ids),
    )
    return [row["customer_id"] for row in rows]


async def remove_members(
    tx: Transaction, customer_group_id: UUID, customer_ids: Sequence[UUID]
) -> list[UUID]:
    """None of the customers is in the group; who was before comes back."""
    rows = await tx.fetch(
        "DELETE FROM customers.group_member WHERE tenant_id = $1 AND customer_group_id = $2"
        " AND customer_id = ANY ($3::uuid[]) RETURNING customer_id",
        customer_group_id,
        list(customer_ids),
    )
    return [row["customer_id"] for row in rows]


async def page_of_members(
    reader: Reader, customer_group_id: UUID, after: UUID, count: int
) -> list[Customer]:
    """At most `count` members after an id, in order."""
    columns = ", ".join(f"c.{name}" for name in Customer.__struct_fields__)
    rows = await reader.read(
        f"""
        SELECT {columns}
        FROM customers.group_member AS m
        JOIN customers.customer AS c ON c.tenant_id = $1 AND c.customer_id = m.customer_id
        WHERE m.tenant_id = $1 AND m.customer_group_id = $2 AND m.customer_id > $3
        ORDER BY m.customer_id LIMIT $4
        """,
        customer_group_id,
        after,
        count,
    )
    return [_customer(row) for row in rows]


_INCOMING = {
    "customer_id": "uuid",
    "email": "text",
    "name": "text",
    "locale": "text",
    "phone": "text",
    "accepts_marketing": "boolean",
    "version": "int8",
    "created_at": "timestamptz",
    "updated_at": "timestamptz",
    # Compared with columns of this collation.
    "email_key": 'text COLLATE "C"',
    "name_sort": 'text COLLATE "C"',
}
assert [*_INCOMING][:-2] == [*Customer.__struct_fields__]


async def merge(tx: Transaction, customers: Sequence[Customer]) -> dict[str, MergedCustomer]:
    """The customers are kept, each e-mail address once; by its key, what became of each.

    Of one who was known, an empty name or telephone number is filled.
    """
    await tx.copy_rows(
        "incoming_customer",
        _INCOMING,
        [
            (*msgspec.structs.astuple(each), email_key(each.email), sort_key(each.name))
            for each in customers
        ],
    )
    names = ", ".join(_INCOMING)
    # In the order of their keys, so that two imports wait for each other instead of for ever.
    created = await tx.fetch(
        f"INSERT INTO customers.customer (tenant_id, {names})"
        f" SELECT $1, {names} FROM pg_temp.incoming_customer ORDER BY email_key"
        " ON CONFLICT (tenant_id, email_key) DO NOTHING RETURNING email_key"
    )
    filled = await tx.fetch(
        """
        UPDATE customers.customer AS c
        SET name = CASE WHEN c.name = '' THEN i.name ELSE c.name END,
            name_sort = CASE WHEN c.name = '' THEN i.name_sort ELSE c.name_sort END,
            phone = CASE WHEN c.phone = '' THEN i.phone ELSE c.phone END,
            version = c.version + 1, updated_at = i.updated_at
        FROM pg_temp.incoming_customer AS i
        WHERE c.tenant_id = $1 AND c.email_key = i.email_key
          AND ((c.name = '' AND i.name <> '') OR (c.phone = '' AND i.phone <> ''))
        RETURNING c.email_key
        """
    )
    rows = await tx.fetch(
        "SELECT c.email_key, c.customer_id FROM customers.customer AS c"
        " JOIN pg_temp.incoming_customer AS i ON i.email_key = c.email_key WHERE c.tenant_id = $1"
    )
    outcomes = {row["email_key"]: "changed" for row in filled}
    outcomes |= {row["email_key"]: "created" for row in created}
    return {
        row["email_key"]: MergedCustomer(
            customer_id=row["customer_id"],
            outcome=outcomes.get(row["email_key"], "unchanged"),  # type: ignore[arg-type]
        )
        for row in rows
    }


async def merge_addresses(
    tx: Transaction, books: Sequence[tuple[UUID, PostalAddress]]
) -> set[UUID]:
    """Addresses are in the books that did not have them, while there is room; whose grew.

    The first address of an empty book is its default.
    """
    await tx.copy_rows(
        "incoming_address",
        {"customer_id": "uuid", "address_id": "uuid", "place": "int4", "address": "jsonb"},
        [
            (customer_id, new_id(), place, msgspec.to_builtins(address))
            for place, (customer_id, address) in enumerate(books)
        ],
    )
    rows = await tx.fetch(
        """
        INSERT INTO customers.address
            (tenant_id, customer_id, address_id, address, is_default, created_at)
        SELECT $1, f.customer_id, f.address_id, f.address, f.known + f.rank = 1, $2
        FROM (
            SELECT i.customer_id, i.address_id, i.address,
                   row_number() OVER (PARTITION BY i.customer_id ORDER BY i.place) AS rank,
                   (SELECT count(*) FROM customers.address AS a
                    WHERE a.tenant_id = $1 AND a.customer_id = i.customer_id) AS known
            FROM (SELECT DISTINCT ON (customer_id, address) * FROM pg_temp.incoming_address
                  ORDER BY customer_id, address, place) AS i
            WHERE NOT EXISTS (
                SELECT FROM customers.address AS a
                WHERE a.tenant_id = $1 AND a.customer_id = i.customer_id
                  AND a.address = i.address)
        ) AS f
        WHERE f.known + f.rank <= $3
        RETURNING customer_id
        """,
        tx.now,
        MAX_ADDRESSES,
    )
    return {row["customer_id"] for row in rows}


def _customer(row: Record) -> Customer:
    return Customer(**{name: row[name] for name in Customer.__struct_fields__})
