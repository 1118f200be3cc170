"""Files that came in, and exports that go out."""

from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce.catalog import ProductFilter
from galleria.commerce.imports.model.runs import Export, StoredFile
from galleria.engines.sql import Reader, Record, Transaction

_FILE = ", ".join(StoredFile.__struct_fields__)
_EXPORT = ", ".join(Export.__struct_fields__)


async def add_file(tx: Transaction, file: StoredFile) -> None:
    """The file is known."""
    await tx.execute(
        "INSERT INTO imports.file (tenant_id, file_id, name, size_bytes, sha256, uploaded_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        file.file_id,
        file.name,
        file.size_bytes,
        file.sha256,
        file.uploaded_at,
    )


async def find_file(reader: Reader, file_id: UUID) -> StoredFile | None:
    """The file, or None."""
    row = await reader.read_row(
        f"SELECT {_FILE} FROM imports.file WHERE tenant_id = $1 AND file_id = $2", file_id
    )
    return StoredFile(**row) if row else None


async def idle_files(reader: Reader, before: datetime, limit: int) -> list[UUID]:
    """Files older than this, whose bytes are there, and which no open import reads."""
    rows = await reader.read(
        """
        SELECT f.file_id FROM imports.file AS f
        WHERE f.tenant_id = $1 AND f.uploaded_at < $2 AND f.removed_at IS NULL
          AND NOT EXISTS (SELECT FROM imports.run AS r
                          WHERE r.tenant_id = $1 AND r.file_id = f.file_id
                            AND r.state IN ('waiting', 'running', 'paused'))
        ORDER BY f.file_id LIMIT $3
        """,
        before,
        limit,
    )
    return [row["file_id"] for row in rows]


async def mark_file_removed(tx: Transaction, file_id: UUID) -> None:
    """The file's bytes are gone."""
    await tx.execute(
        "UPDATE imports.file SET removed_at = $3 WHERE tenant_id = $1 AND file_id = $2",
        file_id,
        tx.now,
    )


async def add_export(tx: Transaction, export: Export) -> None:
    """The export is asked for."""
    await tx.execute(
        "INSERT INTO imports.export"
        " (tenant_id, export_id, state, format, is_packed, requested_at, wanted)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        export.export_id,
        export.state,
        export.format,
        export.is_packed,
        export.requested_at,
        msgspec.to_builtins(export.wanted),
    )


def _export(row: Record) -> Export:
    wanted = msgspec.convert(row["wanted"], ProductFilter)
    return Export(**{**row, "wanted": wanted})


async def find_export(reader: Reader, export_id: UUID) -> Export | None:
    """The export, or None."""
    row = await reader.read_row(
        f"SELECT {_EXPORT} FROM imports.export WHERE tenant_id = $1 AND export_id = $2", export_id
    )
    return _export(row) if row else None


async def exports_before(reader: Reader, before: UUID, count: int) -> list[Export]:
    """At most `count` exports older than one, newest first."""
    rows = await reader.read(
        f"SELECT {_EXPORT} FROM imports.export WHERE tenant_id = $1 AND export_id < $2"
        " ORDER BY export_id DESC LIMIT $3",
        before,
        count,
    )
    return [_export(row) for row in rows]


async def save_export(tx: Transaction, export: Export) -> None:
    """The row says what the export says."""
    await tx.execute(
        "UPDATE imports.export SET state = $3, product_count = $4, size_bytes = $5,"
        " finished_at = $6, removed_at = $7, total_count = $8"
        " WHERE tenant_id = $1 AND export_id = $2",
        export.export_id,
        export.state,
        export.product_count,
        export.size_bytes,
        export.finished_at,
        export.removed_at,
        export.total_count,
    )


async def old_exports(reader: Reader, before: datetime, limit: int) -> list[Export]:
    """Exports finished before this whose bytes are there."""
    rows = await reader.read(
        f"SELECT {_EXPORT} FROM imports.export WHERE tenant_id = $1 AND finished_at < $2"
        " AND removed_at IS NULL AND state = 'done' ORDER BY export_id LIMIT $3",
        before,
        limit,
    )
    return [_export(row) for row in rows]
