"""Hands events of one tenant to one handler, at least once, and parks what it cannot take.

The handler runs in the transaction that moves its position, a watcher before it. When a batch
fails, its events are given one by one: the failing event is parked with its error, later events of
the same subject wait behind it, and all others go on at once.
"""

from datetime import timedelta
from itertools import accumulate
from typing import NamedTuple

import asyncpg
import msgspec

from galleria.engines.context import SYSTEM, Context, Engines, Tenant
from galleria.engines.event_log.position import (
    Position,
    lock_position,
    move_position,
    next_events,
    park_events,
    position_of,
)
from galleria.engines.event_log.subscription import AnySubscription
from galleria.engines.sql.transaction import Transaction
from galleria.foundation.events import Envelope
from galleria.foundation.telemetry import logger

MOST_ATTEMPTS = 8
# A batch is as many events as a handler asks for, and fewer of large ones: an event of bulk work
# names 500 things, and a handler has thirty seconds for all of a batch. This is some ten of those.
MOST_BATCH_LENGTH = 200_000
FIRST_RETRY_S = 0.5  # doubles each time: 8 tries take about a minute
_log = logger(__name__)


class _Batch(NamedTuple):
    """The next events of a handler; `is_last` when there are no more for now, `has_told` once
    taking them has led to events of its own.
    """

    rows: list[asyncpg.Record]
    is_last: bool
    has_told: bool = False


class HandlerFailed(Exception):
    """The handler raised; carries what it raised."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(repr(cause))
        self.reason = f"{type(cause).__name__}: {cause}"[:2000]


def context_for(engines: Engines, tenant: Tenant, rows: list[asyncpg.Record]) -> Context:
    """The context a handler runs in: the house itself, in the tenant, caused by the last event."""
    ctx = Context(engines, tenant, SYSTEM, request_id=rows[-1]["request_id"])
    ctx.caused_by = rows[-1]["event_id"]
    return ctx


async def deliver(
    engines: Engines,
    subscription: AnySubscription,
    tenant: Tenant,
    start: Position,
    upto: Position,
) -> bool:
    """The handler has come to `upto` with this tenant; True when it told of something itself."""
    has_told = False
    while True:
        try:
            batch = await _deliver_batch(engines, subscription, tenant, start, upto)
        except HandlerFailed as failed:
            _log.warning(
                "handler_failed_on_batch",
                handler=subscription.handler,
                tenant_id=tenant.tenant_id,
                reason=failed.reason,
            )
            batch = await _deliver_singly(engines, subscription, tenant, start, upto)
        has_told = has_told or batch.has_told
        if batch.is_last:
            return has_told


async def _deliver_batch(
    engines: Engines,
    subscription: AnySubscription,
    tenant: Tenant,
    start: Position,
    upto: Position,
) -> _Batch:
    ctx = Context(engines, tenant, SYSTEM, request_id="relay")
    if subscription.watch is not None:
        async with ctx.transaction() as tx:
            batch = await _next_batch(tx, subscription, start, upto)
        await _show(ctx, subscription, _free(batch.rows))
        async with ctx.transaction() as tx:
            await _park_blocked(tx, subscription, batch.rows)
            await _move_beyond(tx, subscription, batch, upto)
        return batch
    async with ctx.transaction() as tx:
        batch = await _next_batch(tx, subscription, start, upto)
        await _take(ctx, tx, subscription, batch.rows)
        await _move_beyond(tx, subscription, batch, upto)
    return batch._replace(has_told=tx.has_told)


async def _next_batch(
    tx: Transaction, subscription: AnySubscription, start: Position, upto: Position
) -> _Batch:
    """The events after the handler's position, which is locked until the commit."""
    handler, tags = subscription.handler, subscription.tags
    position = await lock_position(tx, handler, start)
    rows = await next_events(tx, handler, tags, position, upto, subscription.at_once)
    lengths = accumulate(len(row["payload"]) for row in rows)
    count = sum(length <= MOST_BATCH_LENGTH for length in lengths)
    # The first one is taken however large it is.
    taken = rows[: max(count, 1)]
    return _Batch(taken, len(taken) == len(rows) < subscription.at_once)


async def _move_beyond(
    tx: Transaction, subscription: AnySubscription, batch: _Batch, upto: Position
) -> None:
    reached = upto if batch.is_last else position_of(batch.rows[-1])
    await move_position(tx, subscription.handler, reached)


async def _deliver_singly(
    engines: Engines,
    subscription: AnySubscription,
    tenant: Tenant,
    start: Position,
    upto: Position,
) -> _Batch:
    """One batch, each event in a transaction of its own; what fails is parked."""
    ctx = Context(engines, tenant, SYSTEM, request_id="relay")
    async with ctx.transaction() as tx:
        batch = await _next_batch(tx, subscription, start, upto)
    for row in batch.rows:
        await _deliver_one(engines, subscription, tenant, row)
    return batch


async def _deliver_one(
    engines: Engines, subscription: AnySubscription, tenant: Tenant, row: asyncpg.Record
) -> None:
    before = position_of(row)
    try:
        ctx = Context(engines, tenant, SYSTEM, request_id="relay")
        async with ctx.transaction() as tx:
            # Read again: an event parked a moment ago blocks its subject.
            rows = await next_events(
                tx,
                subscription.handler,
                subscription.tags,
                before._replace(sequence=before.sequence - 1),
                before,
                1,
            )
            await _take(ctx, tx, subscription, rows)
            await move_position(tx, subscription.handler, before)
    except HandlerFailed as failed:
        ctx = Context(engines, tenant, SYSTEM, request_id="relay")
        async with ctx.transaction() as tx:
            await park_events(
                tx,
                subscription.handler,
                [row],
                reason=failed.reason,
                attempts=1,
                due_at=ctx.now + timedelta(seconds=FIRST_RETRY_S),
            )
            await move_position(tx, subscription.handler, before)


async def _take(
    ctx: Context, tx: Transaction, subscription: AnySubscription, rows: list[asyncpg.Record]
) -> None:
    """The open events are handled and the blocked ones parked, all in this transaction.

    Raises:
        HandlerFailed: the handler, or the reading of a payload, raised.
    """
    await _park_blocked(tx, subscription, rows)
    if free := _free(rows):
        await call_handler(ctx, tx, subscription, free)


async def _park_blocked(
    tx: Transaction, subscription: AnySubscription, rows: list[asyncpg.Record]
) -> None:
    blocked = [row for row in rows if row["is_blocked"]]
    if blocked:
        await park_events(
            tx,
            subscription.handler,
            blocked,
            reason="waits behind an earlier event of the same subject",
            attempts=0,
            due_at=None,
        )


def _free(rows: list[asyncpg.Record]) -> list[asyncpg.Record]:
    return [row for row in rows if not row["is_blocked"]]


async def call_handler(
    ctx: Context, tx: Transaction, subscription: AnySubscription, rows: list[asyncpg.Record]
) -> None:
    """The handler has taken these events.

    Raises:
        HandlerFailed: whatever went wrong in it.
    """
    if subscription.handle is None:
        await _show(ctx, subscription, rows)
        return
    ctx.caused_by = rows[-1]["event_id"]
    ctx.request_id = rows[-1]["request_id"]
    tx.follow(ctx.caused_by)
    try:
        batch = [envelope_of(subscription, ctx.tenant, row) for row in rows]
        await subscription.handle(ctx, tx, batch)
        await tx.write_events()
    except Exception as error:
        raise HandlerFailed(error) from error


async def _show(ctx: Context, subscription: AnySubscription, rows: list[asyncpg.Record]) -> None:
    """The watcher has seen these events. Raises HandlerFailed."""
    if not rows:
        return
    assert subscription.watch is not None, "its caller has looked"
    ctx.request_id = rows[-1]["request_id"]
    try:
        batch = [envelope_of(subscription, ctx.tenant, row) for row in rows]
        await subscription.watch(ctx, batch)
    except Exception as error:
        raise HandlerFailed(error) from error


def envelope_of(
    subscription: AnySubscription, tenant: Tenant, row: asyncpg.Record
) -> Envelope[object]:
    """The event as its handler sees it: just the fields the handler's struct names."""
    return Envelope(
        event_id=row["event_id"],
        tag=row["tag"],
        tenant_id=tenant.tenant_id,
        subject_id=row["subject_id"],
        occurred_at=row["occurred_at"],
        actor=row["actor"],
        request_id=row["request_id"],
        caused_by=row["caused_by"],
        payload=msgspec.json.decode(row["payload"], type=subscription.payload),
    )
