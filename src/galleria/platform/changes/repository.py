"""All SQL of the history."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Record, Transaction
from galleria.platform.changes.model.changes import BulkChunk, Change
from galleria.platform.changes.model.packing import pack, unpack

_CHANGE_FIELDS = tuple(
    name for name in Change.__struct_fields__ if name not in ("differences", "bulk_id")
)
_CHANGE = ", ".join(_CHANGE_FIELDS)
_CHUNK_FIELDS = BulkChunk.__struct_fields__
_CHUNK = ", ".join(_CHUNK_FIELDS)
# Above every version there will be: a history without a cursor starts here.
_ABOVE_ALL = 2**63 - 1

_INSERT = f"""
WITH former AS (
    UPDATE changes.change SET superseded_at = $8
    WHERE tenant_id = $1 AND subject_kind = $3 AND subject_id = $4 AND version = (
        SELECT max(version) FROM changes.change
        WHERE tenant_id = $1 AND subject_kind = $3 AND subject_id = $4 AND version < $5)
)
INSERT INTO changes.change (tenant_id, {_CHANGE}, packed)
VALUES ($1, $2, $3, $4, $5, $6, $8, $9, $10, $11, $12, $7)
ON CONFLICT (tenant_id, subject_kind, subject_id, version) DO NOTHING
"""


class Header(msgspec.Struct, frozen=True):
    """A chunk of bulk work that may hold a thing: when it was, and its filter."""

    change_id: UUID
    bloom: bytes


async def add_change(tx: Transaction, change: Change) -> bool:
    """True when the change is kept and the version before it superseded; False when it was there.

    Raises:
        ChangeTooLarge: see `packing.pack`.
    """
    head = (change.change_id, change.subject_kind, change.subject_id, change.version, change.act)
    tail = (change.at, change.actor_kind, change.actor_id, change.request_id, change.note)
    return await tx.execute(_INSERT, *head, pack(change.differences), *tail) == 1


async def changes_before(
    reader: Reader, subject_kind: str, subject_id: str, before: int | None, count: int
) -> list[Change]:
    """At most `count` changes of a thing with a version below `before`, the newest first."""
    rows = await reader.read(
        f"SELECT {_CHANGE}, packed FROM changes.change WHERE tenant_id = $1"
        " AND subject_kind = $2 AND subject_id = $3 AND version < $4"
        " ORDER BY version DESC LIMIT $5",
        subject_kind,
        subject_id,
        _ABOVE_ALL if before is None else before,
        count,
    )
    return [_change(row) for row in rows]


async def add_chunk(
    tx: Transaction, chunk: BulkChunk, span: tuple[UUID, UUID], bloom: bytes
) -> bool:
    """True when the chunk is kept, False when one of this number was. `span` is of its ids."""
    places = ", ".join(f"${place}" for place in range(2, len(_CHUNK_FIELDS) + 5))
    touched = await tx.execute(
        f"INSERT INTO changes.bulk_change (tenant_id, {_CHUNK}, least_id, greatest_id, bloom)"
        f" VALUES ($1, {places}) ON CONFLICT (tenant_id, bulk_id, chunk) DO NOTHING",
        *msgspec.structs.astuple(chunk),
        *span,
        bloom,
    )
    return touched == 1


async def headers_before(
    reader: Reader, subject_kind: str, subject_id: UUID, before: UUID, count: int
) -> list[Header]:
    """At most `count` chunks older than `before` whose ids reach around this one, newest first."""
    rows = await reader.read(
        "SELECT change_id, bloom FROM changes.bulk_change WHERE tenant_id = $1"
        " AND subject_kind = $2 AND change_id < $4 AND least_id <= $3 AND greatest_id >= $3"
        " ORDER BY change_id DESC LIMIT $5",
        subject_kind,
        subject_id,
        before,
        count,
    )
    return [Header(row["change_id"], row["bloom"]) for row in rows]


async def chunks_with(
    reader: Reader, subject_kind: str, change_ids: Sequence[UUID]
) -> list[BulkChunk]:
    """These chunks whole, the newest first."""
    rows = await reader.read(
        f"SELECT {_CHUNK} FROM changes.bulk_change WHERE tenant_id = $1"
        " AND subject_kind = $2 AND change_id = ANY ($3::uuid[]) ORDER BY change_id DESC",
        subject_kind,
        list(change_ids),
    )
    return [BulkChunk(**row) for row in rows]


async def chunks_of(reader: Reader, bulk_id: UUID, below: int, count: int) -> list[BulkChunk]:
    """At most `count` chunks of a bulk act with a number under `below`, the last one first."""
    rows = await reader.read(
        f"SELECT {_CHUNK} FROM changes.bulk_change WHERE tenant_id = $1"
        " AND bulk_id = $2 AND chunk < $3 ORDER BY chunk DESC LIMIT $4",
        bulk_id,
        below,
        count,
    )
    return [BulkChunk(**row) for row in rows]


async def repack_chunk(tx: Transaction, chunk: BulkChunk, packed: bytes) -> None:
    """The chunk says this instead. Its filter stays: it may hold more than is there."""
    await tx.execute(
        "UPDATE changes.bulk_change SET packed = $4, subject_count = subject_count - 1"
        " WHERE tenant_id = $1 AND bulk_id = $2 AND chunk = $3",
        chunk.bulk_id,
        chunk.chunk,
        packed,
    )


async def delete_changes(tx: Transaction, subject_kind: str, subject_id: str) -> int:
    """No single change of the thing is known any more; how many there were comes back."""
    return await tx.execute(
        "DELETE FROM changes.change WHERE tenant_id = $1 AND subject_kind = $2 AND subject_id = $3",
        subject_kind,
        subject_id,
    )


async def delete_superseded(tx: Transaction, until: datetime, count: int) -> int:
    """At most `count` versions that were superseded by then are gone; how many comes back."""
    return await tx.execute(
        """
        DELETE FROM changes.change AS c USING (
            SELECT subject_kind, subject_id, version FROM changes.change
            WHERE tenant_id = $1 AND superseded_at < $2
            ORDER BY superseded_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS old
        WHERE c.tenant_id = $1 AND c.subject_kind = old.subject_kind
          AND c.subject_id = old.subject_id AND c.version = old.version
        """,
        until,
        count,
    )


async def delete_chunks(tx: Transaction, until: datetime, count: int) -> int:
    """At most `count` chunks of bulk work done by then are gone; how many comes back."""
    return await tx.execute(
        """
        DELETE FROM changes.bulk_change WHERE tenant_id = $1 AND (bulk_id, chunk) IN (
            SELECT bulk_id, chunk FROM changes.bulk_change
            WHERE tenant_id = $1 AND at < $2 ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED)
        """,
        until,
        count,
    )


async def delete_everything(tx: Transaction) -> None:
    """The shop has no history any more."""
    await tx.execute("DELETE FROM changes.change WHERE tenant_id = $1")
    await tx.execute("DELETE FROM changes.bulk_change WHERE tenant_id = $1")


async def all_changes_after(
    reader: Reader, after: tuple[str, str, int], count: int
) -> list[Change]:
    """At most `count` changes that follow (subject_kind, subject_id, version), in that order."""
    rows = await reader.read(
        f"SELECT {_CHANGE}, packed FROM changes.change WHERE tenant_id = $1"
        " AND (subject_kind, subject_id, version) > ($2::text, $3::text, $4::bigint)"
        " ORDER BY subject_kind, subject_id, version LIMIT $5",
        *after,
        count,
    )
    return [_change(row) for row in rows]


async def all_chunks_after(reader: Reader, after: tuple[UUID, int], count: int) -> list[BulkChunk]:
    """At most `count` chunks that follow (bulk_id, chunk), in that order."""
    rows = await reader.read(
        f"SELECT {_CHUNK} FROM changes.bulk_change WHERE tenant_id = $1"
        " AND (bulk_id, chunk) > ($2::uuid, $3::int4) ORDER BY bulk_id, chunk LIMIT $4",
        *after,
        count,
    )
    return [BulkChunk(**row) for row in rows]


def _change(row: Record) -> Change:
    fields = {name: row[name] for name in _CHANGE_FIELDS}
    return Change(**fields, differences=unpack(row["packed"]))
