"""A place in the log, and the statements that read and move it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import asyncpg

from galleria.engines.sql.transaction import Transaction


class Position(NamedTuple):
    """Order of the log: epoch first, then transaction, then sequence."""

    log_epoch: int
    xact_id: int
    sequence: int


START = Position(0, 0, 0)


def position_of(row: asyncpg.Record) -> Position:
    """The position columns of any row of the log."""
    return Position(row["log_epoch"], row["xact_id"], row["sequence"])


_LOCK = """
SELECT log_epoch, xact_id, sequence FROM event_log.position
WHERE tenant_id = $1 AND handler = $2 FOR UPDATE
"""
_ADD = """
INSERT INTO event_log.position (tenant_id, handler, log_epoch, xact_id, sequence, updated_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""
_MOVE = """
UPDATE event_log.position
SET log_epoch = $3, xact_id = $4, sequence = $5, updated_at = $6
WHERE tenant_id = $1 AND handler = $2
  AND (log_epoch, xact_id, sequence) < ($3, $4, $5)
"""
_EVENTS = """
SELECT log_epoch, xact_id, sequence, event_id, tag, subject_id, occurred_at, actor, request_id,
       caused_by, payload,
       EXISTS (SELECT 1 FROM event_log.dead_letter AS parked
               WHERE parked.tenant_id = $1 AND parked.handler = $2
                 AND parked.subject_id = outbox.subject_id) AS is_blocked
FROM event_log.outbox
WHERE tenant_id = $1 AND tag = ANY ($3::text[])
  AND (log_epoch, xact_id, sequence) > ($4, $5, $6)
  AND (log_epoch, xact_id, sequence) <= ($7, $8, $9)
ORDER BY log_epoch, xact_id, sequence LIMIT $10
"""
_PARK = """
INSERT INTO event_log.dead_letter
    (tenant_id, handler, event_id, log_epoch, xact_id, sequence, tag, subject_id, occurred_at,
     actor, request_id, caused_by, payload, reason, attempts, due_at, parked_at)
SELECT tenant_id, $2, event_id, log_epoch, xact_id, sequence, tag, subject_id, occurred_at,
       actor, request_id, caused_by, payload, $4, $5, $6, $7
FROM event_log.outbox
WHERE tenant_id = $1 AND event_id = ANY ($3::uuid[])
  AND (log_epoch, xact_id, sequence) >= ($8, $9, $10)
ON CONFLICT DO NOTHING
"""


async def lock_position(tx: Transaction, handler: str, start: Position) -> Position:
    """The handler's position with this tenant, locked until the commit; `start` when it is new."""
    row = await tx.fetch_row(_LOCK, handler)
    if row is None:
        await tx.execute(_ADD, handler, *start, tx.now)
        row = await tx.fetch_row(_LOCK, handler)
        assert row is not None, "the row was added by this or a concurrent transaction"
    return position_of(row)


async def move_position(tx: Transaction, handler: str, position: Position) -> None:
    """The handler has come to `position`; it never goes back."""
    await tx.execute(_MOVE, handler, *position, tx.now)


async def next_events(
    tx: Transaction, handler: str, tags: Sequence[str], after: Position, upto: Position, limit: int
) -> list[asyncpg.Record]:
    """The tenant's next events of these tags with whether their subject is parked, in order."""
    return await tx.fetch(_EVENTS, handler, list(tags), *after, *upto, limit)


async def park_events(
    tx: Transaction,
    handler: str,
    rows: list[asyncpg.Record],
    *,
    reason: str,
    attempts: int,
    due_at: Any,
) -> None:
    """The events wait in dead letters; only the head of a subject has an instant `due_at`."""
    first = min(position_of(row) for row in rows)
    await tx.execute(
        _PARK, handler, [row["event_id"] for row in rows], reason, attempts, due_at, tx.now, *first
    )
