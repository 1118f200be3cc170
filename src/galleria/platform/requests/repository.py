"""SQL of the requests of keys: written in sets, read newest first, and never many of one key."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from galleria.engines.sql import Reader, Record, Transaction
from galleria.foundation.ids import made_at
from galleria.platform.requests.model.kept import (
    KEPT_OF_A_KEY,
    LoggedRequest,
    RequestFilters,
    Written,
)

_COLUMNS = ", ".join(name for name in LoggedRequest.__struct_fields__ if name != "asked_at")
_TYPES = {
    "key_id": "uuid",
    "entry_id": "uuid",
    "status": "int2",
    "duration_ms": "float8",
    "request_bytes": "int8",
    "answer_bytes": "int8",
    "left_out": "int4",
    "sealed": "bytea",
}
_OF_WRITTEN = [name for name in Written.__struct_fields__ if name != "parts"]
_WRITTEN = [*_OF_WRITTEN, "entry_id", "left_out", "sealed"]
_ADD = (
    f"INSERT INTO requests.request (tenant_id, {', '.join(_WRITTEN)}) SELECT $1, * FROM unnest("
    + ", ".join(f"${n}::{_TYPES.get(name, 'text')}[]" for n, name in enumerate(_WRITTEN, 2))
    + ")"
)

NewRow = tuple[Written, UUID, int, bytes]
"""A request, its id here, how many were left out before it, and its encrypted parts."""


async def add(tx: Transaction, rows: Sequence[NewRow]) -> None:
    """The requests are kept, and of each of their keys no more than the last 500."""
    columns: list[list[object]] = [
        [getattr(written, name) for written, *_ in rows] for name in _OF_WRITTEN
    ]
    columns += [[row[place] for row in rows] for place in (1, 2, 3)]
    await tx.execute(_ADD, *columns)
    await tx.execute(
        "DELETE FROM requests.request AS r USING (SELECT k.key_id, (SELECT n.entry_id"
        " FROM requests.request AS n WHERE n.tenant_id = $1 AND n.key_id = k.key_id"
        f" ORDER BY n.entry_id DESC OFFSET {KEPT_OF_A_KEY - 1} LIMIT 1) AS last"
        " FROM unnest($2::uuid[]) AS k (key_id)) AS kept"
        " WHERE r.tenant_id = $1 AND r.key_id = kept.key_id AND r.entry_id < kept.last",
        sorted({written.key_id for written, *_ in rows}),
    )


async def page_before(
    reader: Reader, key_id: UUID, before: UUID, filters: RequestFilters, count: int
) -> list[tuple[UUID, LoggedRequest]]:
    """At most `count` requests of a key made before this one, the newest first."""
    rows = await reader.read(
        f"SELECT entry_id, {_COLUMNS} FROM requests.request"
        " WHERE tenant_id = $1 AND key_id = $2 AND entry_id < $3"
        " AND ($4::int4 = 0 OR status / 100 = $4) AND ($5::text = '' OR method = $5)"
        " AND starts_with(path, $6) AND ($7::text = '' OR code = $7)"
        " ORDER BY entry_id DESC LIMIT $8",
        key_id,
        before,
        filters.status_class,
        filters.method,
        filters.path_prefix,
        filters.code,
        count,
    )
    return [(row["entry_id"], _request_of(row)) for row in rows]


async def find(
    reader: Reader, key_id: UUID, request_id: str
) -> tuple[UUID, LoggedRequest, bytes] | None:
    """The last request of a key with this id, and its encrypted parts."""
    row = await reader.read_row(
        f"SELECT entry_id, {_COLUMNS}, sealed FROM requests.request"
        " WHERE tenant_id = $1 AND key_id = $2 AND request_id = $3 ORDER BY entry_id DESC LIMIT 1",
        key_id,
        request_id,
    )
    return None if row is None else (row["entry_id"], _request_of(row), row["sealed"])


async def forget_before(tx: Transaction, instant: datetime, count: int) -> int:
    """At most `count` requests made before then are gone; how many were."""
    return await tx.execute(
        "DELETE FROM requests.request WHERE tenant_id = $1 AND ctid = ANY(ARRAY("
        "SELECT ctid FROM requests.request WHERE tenant_id = $1 AND entry_id < $2 LIMIT $3))",
        UUID(int=max(0, int(instant.timestamp() * 1000)) << 80),
        count,
    )


async def after(
    reader: Reader, place: tuple[UUID, UUID], count: int
) -> list[tuple[UUID, UUID, LoggedRequest]]:
    """The shop's next requests behind a key and an id, with theirs."""
    rows = await reader.read(
        f"SELECT key_id, entry_id, {_COLUMNS} FROM requests.request WHERE tenant_id = $1"
        " AND (key_id, entry_id) > ($2, $3) ORDER BY key_id, entry_id LIMIT $4",
        *place,
        count,
    )
    return [(row["key_id"], row["entry_id"], _request_of(row)) for row in rows]


async def delete_all(tx: Transaction) -> None:
    """Nothing is kept of this shop's requests."""
    await tx.execute("DELETE FROM requests.request WHERE tenant_id = $1")


def _request_of(row: Record) -> LoggedRequest:
    fields = {name: row[name] for name in LoggedRequest.__struct_fields__ if name != "asked_at"}
    return LoggedRequest(asked_at=made_at(row["entry_id"]), **fields)
