"""Walks every table of the database as its catalog knows them, whatever the rooms say."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

# Tables, partitions, views: whatever rows can be read from.
_RELATIONS = """
SELECT n.nspname || '.' || quote_ident(c.relname) AS name, c.relispartition AS is_partition,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'
               AND NOT a.attisdropped) AS has_tenant,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               AND has_column_privilege('galleria_app', c.oid, a.attnum, 'SELECT')
             ORDER BY a.attnum) AS readable
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1
"""


@dataclass(frozen=True)
class Table:
    """Something rows can be read from; `readable` are the columns the app role may ask for."""

    name: str
    is_partition: bool
    has_tenant: bool
    readable: tuple[str, ...]


async def all_tables(owner: asyncpg.Connection) -> list[Table]:
    """Every table there is, asked as the role that owns them."""
    return [
        Table(row["name"], row["is_partition"], row["has_tenant"], tuple(row["readable"]))
        for row in await owner.fetch(_RELATIONS)
    ]


async def rows_of(owner: asyncpg.Connection, table: Table, tenant_id: int) -> list[dict[str, Any]]:
    """The tenant's rows as JSON objects."""
    assert table.has_tenant, "who owns a row is said by its column"
    rows = await owner.fetch(
        f"SELECT to_jsonb(t) AS row FROM {table.name} t WHERE tenant_id = $1", tenant_id
    )
    return [row["row"] for row in rows]


async def names_of(owner: asyncpg.Connection, tenant_id: int) -> dict[str, set[str]]:
    """Every id the tenant's rows hold, by the column that names it; lists count for their items."""
    found: dict[str, set[str]] = {}
    for table in await all_tables(owner):
        if table.has_tenant and not table.is_partition:
            for row in await rows_of(owner, table, tenant_id):
                for column, value in row.items():
                    for each in _ids_in(value):
                        found.setdefault(column, set()).add(each)
    return found


def _ids_in(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _ids_in(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _ids_in(each)
    elif isinstance(value, str) and len(value) == 36:
        try:
            yield str(UUID(value))
        except ValueError:
            return


def as_json(row: dict[str, Any]) -> str:
    """A row as the text that `jsonb_populate_record` takes."""
    return msgspec.json.encode(row).decode()
