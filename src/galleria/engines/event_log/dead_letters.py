"""Events a handler could not take: tried again, looked at, replayed or dropped by a person."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from galleria.engines.context import SYSTEM, Context, Engines, Tenant
from galleria.engines.event_log.delivery import (
    FIRST_RETRY_S,
    MOST_ATTEMPTS,
    HandlerFailed,
    call_handler,
    context_for,
)
from galleria.engines.event_log.subscription import AnySubscription
from galleria.foundation.errors import NotFound
from galleria.foundation.telemetry import logger

_log = logger(__name__)


class DeadLetterNotFound(NotFound):
    code = "dead_letter_not_found"
    title = "No such dead letter"


class DeadLetter(msgspec.Struct, frozen=True):
    """One parked event. `is_dead` when the last try has been made; `due_at` of the next try."""

    handler: str
    event_id: UUID
    tag: str
    subject_id: str
    occurred_at: datetime
    payload: str
    reason: str
    attempts: int
    due_at: datetime | None
    is_dead: bool
    parked_at: datetime


_COLUMNS = ", ".join(DeadLetter.__struct_fields__)
_DUE = """
SELECT DISTINCT tenant_id, handler, subject_id FROM event_log.dead_letter
WHERE NOT is_dead AND due_at <= $1 LIMIT $2
"""
_HEAD = """
SELECT log_epoch, xact_id, sequence, event_id, tag, subject_id, occurred_at, actor, request_id,
       caused_by, payload, attempts, is_dead
FROM event_log.dead_letter
WHERE tenant_id = $1 AND handler = $2 AND subject_id = $3
ORDER BY log_epoch, xact_id, sequence LIMIT 1 FOR UPDATE
"""
_DROP = "DELETE FROM event_log.dead_letter WHERE tenant_id = $1 AND handler = $2 AND event_id = $3"
_FAILED = """
UPDATE event_log.dead_letter SET attempts = $4, reason = $5, due_at = $6, is_dead = $7
WHERE tenant_id = $1 AND handler = $2 AND event_id = $3
"""
_REPLAY = """
UPDATE event_log.dead_letter SET attempts = 0, is_dead = false, due_at = $4
WHERE tenant_id = $1 AND handler = $2 AND event_id = $3
"""
_WAKE_HEAD = """
UPDATE event_log.dead_letter SET due_at = $4
WHERE tenant_id = $1 AND handler = $2 AND event_id = (
    SELECT event_id FROM event_log.dead_letter
    WHERE tenant_id = $1 AND handler = $2 AND subject_id = $3
    ORDER BY log_epoch, xact_id, sequence LIMIT 1)
"""


async def due_subjects(
    engines: Engines, at: datetime, limit: int = 100
) -> list[tuple[int, str, str]]:
    """(tenant_id, handler, subject_id) of parked events whose next try is due."""
    async with engines.sql.home.relay() as connection:
        rows = await connection.fetch(_DUE, at, limit)
    return [(row["tenant_id"], row["handler"], row["subject_id"]) for row in rows]


async def retry_subject(
    engines: Engines, subscription: AnySubscription, tenant: Tenant, subject_id: str
) -> int:
    """The subject's parked events are tried in order until one fails; how many went through."""
    done = 0
    while await _retry_head(engines, subscription, tenant, subject_id):
        done += 1
    return done


async def _retry_head(
    engines: Engines, subscription: AnySubscription, tenant: Tenant, subject_id: str
) -> bool:
    ctx = Context(engines, tenant, SYSTEM, request_id="relay")
    try:
        async with ctx.transaction() as tx:
            row = await tx.fetch_row(_HEAD, subscription.handler, subject_id)
            if row is None or row["is_dead"]:
                return False
            await call_handler(ctx, tx, subscription, [row])
            await tx.execute(_DROP, subscription.handler, row["event_id"])
        return True
    except HandlerFailed as failed:
        assert row is not None, "only a parked event can fail"
        attempts = row["attempts"] + 1
        is_dead = attempts >= MOST_ATTEMPTS
        again = context_for(engines, tenant, [row])
        due_at = None if is_dead else again.now + timedelta(seconds=FIRST_RETRY_S * 2**attempts)
        async with again.transaction() as tx:
            await tx.execute(
                _FAILED,
                subscription.handler,
                row["event_id"],
                attempts,
                failed.reason,
                due_at,
                is_dead,
            )
        if is_dead:
            _log.error("event_dead", handler=subscription.handler, event_id=str(row["event_id"]))
        return False


async def list_dead_letters(ctx: Context, limit: int = 100) -> list[DeadLetter]:
    """The tenant's parked events, latest first."""
    rows = await ctx.read(
        f"SELECT {_COLUMNS} FROM event_log.dead_letter WHERE tenant_id = $1"
        " ORDER BY parked_at DESC, event_id LIMIT $2",
        limit,
    )
    return [DeadLetter(**dict(row)) for row in rows]


async def replay_dead_letter(ctx: Context, handler: str, event_id: UUID) -> None:
    """The event is tried again at once, with all its tries before it.

    Raises:
        DeadLetterNotFound: this tenant has no such parked event.
    """
    async with ctx.transaction() as tx:
        if not await tx.execute(_REPLAY, handler, event_id, ctx.now):
            raise DeadLetterNotFound(f"no dead letter {event_id} of {handler}")


async def drop_dead_letter(ctx: Context, handler: str, event_id: UUID) -> None:
    """The event is given up, and the next of its subject is tried.

    Raises:
        DeadLetterNotFound: this tenant has no such parked event.
    """
    async with ctx.transaction() as tx:
        subject_id = await tx.fetch_value(
            "SELECT subject_id FROM event_log.dead_letter"
            " WHERE tenant_id = $1 AND handler = $2 AND event_id = $3",
            handler,
            event_id,
        )
        if subject_id is None:
            raise DeadLetterNotFound(f"no dead letter {event_id} of {handler}")
        await tx.execute(_DROP, handler, event_id)
        await tx.execute(_WAKE_HEAD, handler, subject_id, ctx.now)
