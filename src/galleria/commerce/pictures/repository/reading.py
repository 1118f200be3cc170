"""Wanted pictures in lists, and those that are to be tried again."""

from datetime import datetime
from uuid import UUID

from galleria.commerce.pictures.model import Picture
from galleria.engines.sql import Reader, Transaction

_COLUMNS = ", ".join(Picture.__struct_fields__)


async def find(reader: Reader, picture_id: UUID) -> Picture | None:
    """The picture with this id."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM pictures.wanted WHERE tenant_id = $1 AND picture_id = $2",
        picture_id,
    )
    return None if row is None else Picture(**dict(row))


async def page(reader: Reader, state: str, after: tuple[str, UUID], limit: int) -> list[Picture]:
    """At most `limit` pictures in this state, by host and id, behind `after`."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM pictures.wanted WHERE tenant_id = $1 AND state = $2"
        " AND (host, picture_id) > ($3, $4) ORDER BY host, picture_id LIMIT $5",
        state,
        *after,
        limit,
    )
    return [Picture(**dict(row)) for row in rows]


_AGAIN = """
UPDATE pictures.wanted AS w
SET state = 'waiting', tries = 0, next_try_at = $2, reason_code = NULL, reason = NULL,
    updated_at = $2
FROM (SELECT picture_id FROM pictures.wanted
      WHERE tenant_id = $1 AND state = 'failed' AND {which}
      ORDER BY picture_id FOR UPDATE) AS f
WHERE w.tenant_id = $1 AND w.picture_id = f.picture_id
RETURNING w.request_id
"""


async def retry_one(tx: Transaction, picture_id: UUID) -> list[str]:
    """The picture is due now, should it have failed; its request when it had."""
    rows = await tx.fetch(_AGAIN.format(which="picture_id = $3"), tx.now, picture_id)
    return [row["request_id"] for row in rows]


async def retry_some(tx: Transaction, failed_before: datetime, most: int) -> list[str]:
    """At most so many pictures that failed before then are due now; their requests."""
    which = """picture_id IN (SELECT picture_id FROM pictures.wanted
        WHERE tenant_id = $1 AND state = 'failed' AND updated_at <= $3 LIMIT $4)"""
    rows = await tx.fetch(_AGAIN.format(which=which), tx.now, failed_before, most)
    return [row["request_id"] for row in rows]
