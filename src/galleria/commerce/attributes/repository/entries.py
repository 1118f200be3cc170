"""Attributes, sets, product types and metafield definitions: tables of one shape.

Each has an id, a name that is unique within the shop, and the fields of its struct.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from galleria.commerce.attributes.model.attributes import Attribute
from galleria.commerce.attributes.model.metafields import MetafieldDefinition
from galleria.commerce.attributes.model.product_types import ProductType
from galleria.commerce.attributes.model.sets import AttributeSet
from galleria.engines.sql import Reader, Record, Transaction

Entry = TypeVar("Entry", bound=msgspec.Struct)


@dataclass(frozen=True)
class Table(Generic[Entry]):
    """Where entries of a struct live: the table, its id (the first field) and its unique name."""

    name: str
    struct: type[Entry]
    sort: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns beside the tenant, the id first."""
        return self.struct.__struct_fields__

    @property
    def columns(self) -> str:
        """The same, for a statement."""
        return ", ".join(self.fields)

    def read(self, row: Record) -> Entry:
        """The entry in a row."""
        return msgspec.convert(dict(row), self.struct)

    def values(self, entry: Entry) -> list[Any]:
        """What is written for an entry."""
        return [getattr(entry, name) for name in self.fields]


ATTRIBUTES = Table("attributes.attribute", Attribute, ("code",))
SETS = Table("attributes.attribute_set", AttributeSet, ("handle",))
PRODUCT_TYPES = Table("attributes.product_type", ProductType, ("handle",))
DEFINITIONS = Table(
    "attributes.metafield_definition", MetafieldDefinition, ("owner_kind", "namespace", "code")
)


async def everything(reader: Reader, table: Table[Entry]) -> list[Entry]:
    """All entries by id: what a snapshot is made of."""
    rows = await reader.read(
        f"SELECT {table.columns} FROM {table.name} WHERE tenant_id = $1 ORDER BY {table.fields[0]}"
    )
    return [table.read(row) for row in rows]


async def find(reader: Reader, table: Table[Entry], entry_id: int | UUID) -> Entry | None:
    """The entry of this id, or None."""
    row = await reader.read_row(
        f"SELECT {table.columns} FROM {table.name} WHERE tenant_id = $1 AND {table.fields[0]} = $2",
        entry_id,
    )
    return table.read(row) if row else None


async def find_named(reader: Reader, table: Table[Entry], name: Sequence[str]) -> Entry | None:
    """The entry whose unique columns say this, or None."""
    where = " AND ".join(f"{column} = ${at}" for at, column in enumerate(table.sort, 2))
    row = await reader.read_row(
        f"SELECT {table.columns} FROM {table.name} WHERE tenant_id = $1 AND {where}", *name
    )
    return table.read(row) if row else None


async def add(tx: Transaction, table: Table[Entry], entry: Entry) -> None:
    """The entry is there."""
    places = ", ".join(f"${at}" for at in range(2, len(table.fields) + 2))
    await tx.execute(
        f"INSERT INTO {table.name} (tenant_id, {table.columns}) VALUES ($1, {places})",
        *table.values(entry),
    )


async def save(tx: Transaction, table: Table[Entry], entry: Entry) -> None:
    """The row says what the entry says."""
    fields = ", ".join(f"{name} = ${at}" for at, name in enumerate(table.fields[1:], 3))
    await tx.execute(
        f"UPDATE {table.name} SET {fields} WHERE tenant_id = $1 AND {table.fields[0]} = $2",
        *table.values(entry),
    )


async def delete(tx: Transaction, table: Table[Entry], entry_id: UUID) -> None:
    """The entry is gone."""
    await tx.execute(
        f"DELETE FROM {table.name} WHERE tenant_id = $1 AND {table.fields[0]} = $2", entry_id
    )


async def page(
    reader: Reader,
    table: Table[Entry],
    after: Sequence[str],
    count: int,
    only: Mapping[str, str],
) -> list[Entry]:
    """At most `count` entries after this name, by name; those whose columns say `only`."""
    names = len(table.sort)
    row = ", ".join(f"${at}::text" for at in range(2, names + 2))
    where = [
        f"({', '.join(table.sort)}) > ({row})",
        *(f"{column} = ${at}" for at, column in enumerate(only, names + 3)),
    ]
    rows = await reader.read(
        f"SELECT {table.columns} FROM {table.name} WHERE tenant_id = $1 AND {' AND '.join(where)}"
        f" ORDER BY {', '.join(table.sort)} LIMIT ${names + 2}",
        *after,
        count,
        *only.values(),
    )
    return [table.read(row) for row in rows]


async def in_namespace(reader: Reader, namespace: str) -> list[MetafieldDefinition]:
    """The metafields of this namespace; owners of a kind have 250 at most."""
    rows = await reader.read(
        f"SELECT {DEFINITIONS.columns} FROM attributes.metafield_definition"
        " WHERE tenant_id = $1 AND namespace = $2",
        namespace,
    )
    return [DEFINITIONS.read(row) for row in rows]


async def last_number(tx: Transaction) -> int:
    """The greatest number an attribute has, 0 when there is none. The names are locked."""
    number: int = await tx.fetch_value(
        "SELECT coalesce(max(attribute_id), 0) FROM attributes.attribute WHERE tenant_id = $1"
    )
    return number


async def add_attributes(tx: Transaction, attributes: Iterable[Attribute]) -> None:
    """All of them are there, in one statement."""
    await tx.copy_rows(
        "incoming_attribute",
        {
            "attribute_id": "int4",
            "code": "text",
            "label": "text",
            "labels": "jsonb",
            "kind": "text",
            "decimals": "int4",
            "unit": "text",
            "reference_kind": "text",
            "minimum": "float8",
            "maximum": "float8",
            "is_filterable": "boolean",
            "is_searchable": "boolean",
            "is_axis": "boolean",
            "is_archived": "boolean",
            "position": "int4",
            "version": "int8",
        },
        [ATTRIBUTES.values(each) for each in attributes],
    )
    await tx.execute(
        f"INSERT INTO attributes.attribute (tenant_id, {ATTRIBUTES.columns})"
        f" SELECT $1, {ATTRIBUTES.columns} FROM incoming_attribute"
    )


async def types_with_axis(reader: Reader, attribute_id: int) -> list[ProductType]:
    """The product types whose variants differ by this attribute: there are some dozens at most."""
    rows = await reader.read(
        f"SELECT {PRODUCT_TYPES.columns} FROM attributes.product_type"
        " WHERE tenant_id = $1 AND $2::int4 = ANY (axes)",
        attribute_id,
    )
    return [PRODUCT_TYPES.read(row) for row in rows]


async def product_types_of(reader: Reader, ids: Sequence[UUID]) -> list[ProductType]:
    """The product types of these ids."""
    rows = await reader.read(
        f"SELECT {PRODUCT_TYPES.columns} FROM attributes.product_type"
        " WHERE tenant_id = $1 AND product_type_id = ANY ($2::uuid[])",
        list(ids),
    )
    return [PRODUCT_TYPES.read(row) for row in rows]


async def product_type_ids(reader: Reader, handles: Sequence[str]) -> dict[str, UUID]:
    """The id of each product type that exists, by handle."""
    rows = await reader.read(
        "SELECT handle, product_type_id FROM attributes.product_type"
        " WHERE tenant_id = $1 AND handle = ANY ($2::text[])",
        list(handles),
    )
    return {row["handle"]: row["product_type_id"] for row in rows}


async def is_set_used(reader: Reader, attribute_set_id: UUID) -> bool:
    """Whether a product type names the set."""
    found: bool = await reader.read_value(
        "SELECT EXISTS (SELECT FROM attributes.product_type"
        " WHERE tenant_id = $1 AND attribute_set_id = $2) AS found",
        attribute_set_id,
    )
    return found
