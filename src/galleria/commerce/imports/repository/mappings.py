"""Mappings of tables, and the one each import goes by."""

from uuid import UUID

import msgspec

from galleria.commerce.imports.model.mappings import Mapping, MappingDocument
from galleria.engines.sql import Reader, Record, Transaction

_COLUMNS = ", ".join(Mapping.__struct_fields__)


def _mapping(row: Record) -> Mapping:
    fields = {name: row[name] for name in Mapping.__struct_fields__}
    fields["document"] = msgspec.convert(row["document"], MappingDocument)
    return Mapping(**fields)


async def add(tx: Transaction, mapping: Mapping) -> None:
    """The mapping is kept."""
    await tx.execute(
        f"INSERT INTO imports.mapping (tenant_id, {_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        mapping.mapping_id,
        mapping.name,
        msgspec.to_builtins(mapping.document),
        mapping.version,
        mapping.created_at,
        mapping.updated_at,
    )


async def find(reader: Reader, mapping_id: UUID) -> Mapping | None:
    """The mapping, or None."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM imports.mapping WHERE tenant_id = $1 AND mapping_id = $2",
        mapping_id,
    )
    return _mapping(row) if row else None


async def lock(tx: Transaction, mapping_id: UUID) -> Mapping | None:
    """The mapping, locked until the commit."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM imports.mapping WHERE tenant_id = $1 AND mapping_id = $2"
        " FOR UPDATE",
        mapping_id,
    )
    return _mapping(row) if row else None


async def save(tx: Transaction, mapping: Mapping) -> None:
    """The row says what the mapping says."""
    await tx.execute(
        "UPDATE imports.mapping SET name = $3, document = $4, version = $5, updated_at = $6"
        " WHERE tenant_id = $1 AND mapping_id = $2",
        mapping.mapping_id,
        mapping.name,
        msgspec.to_builtins(mapping.document),
        mapping.version,
        mapping.updated_at,
    )


async def remove(tx: Transaction, mapping_id: UUID) -> bool:
    """True when there was such a mapping; it is gone."""
    touched = await tx.execute(
        "DELETE FROM imports.mapping WHERE tenant_id = $1 AND mapping_id = $2", mapping_id
    )
    return touched == 1


async def before(reader: Reader, mapping_id: UUID, count: int) -> list[Mapping]:
    """At most `count` mappings older than one, newest first."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM imports.mapping WHERE tenant_id = $1 AND mapping_id < $2"
        " ORDER BY mapping_id DESC LIMIT $3",
        mapping_id,
        count,
    )
    return [_mapping(row) for row in rows]


async def keep_for_run(tx: Transaction, run_id: UUID, document: MappingDocument) -> None:
    """The import goes by this mapping, whatever becomes of it in the shop's list."""
    await tx.execute(
        "UPDATE imports.run SET mapping = $3 WHERE tenant_id = $1 AND run_id = $2",
        run_id,
        msgspec.to_builtins(document),
    )


async def mapping_of_run(reader: Reader, run_id: UUID) -> MappingDocument | None:
    """What the import goes by; None when it goes by a format."""
    found = await reader.read_value(
        "SELECT mapping FROM imports.run WHERE tenant_id = $1 AND run_id = $2", run_id
    )
    return None if found is None else msgspec.convert(found, MappingDocument)
