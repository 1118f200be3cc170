"""Reads the outbox of one cell in commit order and hands each event to the handlers of its tag.

One relay runs per cell, kept by a lease. It never writes: positions are moved by the handlers'
own transactions as the app role, so a relay killed anywhere loses nothing and repeats little.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import msgspec

from galleria.engines.context import Engines, Tenant
from galleria.engines.event_log.dead_letters import due_subjects, retry_subject
from galleria.engines.event_log.delivery import deliver
from galleria.engines.event_log.position import START, Position, position_of
from galleria.engines.event_log.subscription import AnySubscription
from galleria.engines.sql.database import Database
from galleria.foundation.telemetry import logger

PAGE = 5_000  # event headers read at once, about 1 MB
AT_ONCE = 4  # handlers running at the same time, each on a connection of the app pool
IDLE_S = 0.1  # how long an idle relay waits; the price of an event's way when nothing else runs
RETRY_EACH_S = 0.5
_log = logger(__name__)

_PAGE = """
SELECT tenant_id, tag, log_epoch, xact_id, sequence, occurred_at
FROM event_log.outbox
WHERE (log_epoch, xact_id, sequence) > ($1, $2, $3)
  AND (log_epoch < (SELECT log_epoch FROM event_log.epoch)
       OR xact_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
ORDER BY log_epoch, xact_id, sequence LIMIT $4
"""
_REGISTER = """
INSERT INTO event_log.handler (handler, log_epoch, xact_id, sequence)
SELECT name, f.log_epoch, f.xact_id, f.sequence
FROM unnest($1::text[]) AS name, event_log.frontier AS f
ON CONFLICT DO NOTHING
"""
_OLDEST = """
SELECT occurred_at FROM event_log.outbox
WHERE (log_epoch, xact_id, sequence) > (
    (SELECT log_epoch FROM event_log.frontier),
    (SELECT xact_id FROM event_log.frontier),
    (SELECT sequence FROM event_log.frontier)
)  -- not a join with the frontier: that reads the whole log
ORDER BY log_epoch, xact_id, sequence LIMIT 1
"""
_FRONTIER = "SELECT log_epoch, xact_id, sequence FROM event_log.frontier"
_SAVE_FRONTIER = "UPDATE event_log.frontier SET log_epoch = $1, xact_id = $2, sequence = $3"


class Lag(msgspec.Struct, frozen=True):
    """How far behind the relay is: age of the oldest event not handed out, 0 when none waits."""

    lag_s: float
    parked: int
    dead: int


async def measure_lag(database: Database, now: datetime) -> Lag:
    """The cell's lag and its parked and dead events."""
    async with database.relay() as connection:
        oldest = await connection.fetchval(_OLDEST)
        counts = await connection.fetchrow(
            "SELECT count(*) FILTER (WHERE NOT is_dead) AS parked,"
            " count(*) FILTER (WHERE is_dead) AS dead FROM event_log.dead_letter"
        )
    assert counts is not None, "an aggregate has one row"
    lag_s = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
    return Lag(lag_s, counts["parked"], counts["dead"])


@dataclass(frozen=True)
class _Work:
    subscription: AnySubscription
    tenant: Tenant


class Relay:
    """See the module. `run` until cancelled; `drain` for tests and short commands."""

    def __init__(self, engines: Engines, subscriptions: Sequence[AnySubscription]) -> None:
        names = [subscription.handler for subscription in subscriptions]
        assert len(names) == len(set(names)), "a handler has one tag and one name"
        self._engines = engines
        self._by_handler = {subscription.handler: subscription for subscription in subscriptions}
        self._by_tag: dict[str, list[AnySubscription]] = defaultdict(list)
        for subscription in subscriptions:
            for tag in subscription.tags:
                self._by_tag[tag].append(subscription)
        self._starts: dict[str, Position] = {}
        self._frontier = START
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Events are handed out until this task is cancelled; failures are waited out."""
        next_retry_at = 0.0
        loop = asyncio.get_running_loop()
        is_ready = False
        while True:
            try:
                if not is_ready:
                    await self.prepare()
                    is_ready = True
                moved = await self.step()
                if loop.time() >= next_retry_at:
                    await self.retry_parked()
                    next_retry_at = loop.time() + RETRY_EACH_S
                if not moved:
                    await asyncio.sleep(IDLE_S)
            except Exception as error:
                _log.error("relay_waits", reason=f"{type(error).__name__}: {error}")
                is_ready = False
                await asyncio.sleep(1)

    async def drain(self) -> int:
        """Everything committed so far has been handed out; how many events that were."""
        await self.prepare()
        total = 0
        while moved := await self.step():
            total += moved
        return total

    async def prepare(self) -> None:
        """Handlers are registered and the stored frontier is known."""
        async with self._engines.sql.home.relay() as connection:
            await connection.execute(_REGISTER, list(self._by_handler))
            rows = await connection.fetch(
                "SELECT handler, log_epoch, xact_id, sequence FROM event_log.handler"
            )
            frontier = await connection.fetchrow(_FRONTIER)
        assert frontier is not None, "the migration wrote the row"
        self._starts = {row["handler"]: position_of(row) for row in rows}
        self._frontier = position_of(frontier)

    async def step(self) -> int:
        """One page has been handed out and the frontier stored; 0 when nothing was there."""
        async with self._engines.sql.home.relay() as connection:
            rows = await connection.fetch(_PAGE, *self._frontier, PAGE)
        if not rows:
            return 0
        upto = position_of(rows[-1])
        async with asyncio.TaskGroup() as group:
            for work in await self._group(rows):
                group.create_task(self._hand_out(work, upto))
        async with self._engines.sql.home.relay() as connection:
            await connection.execute(_SAVE_FRONTIER, *upto)
        self._frontier = upto
        return len(rows)

    async def retry_parked(self) -> int:
        """Parked events that are due have been tried; how many went through."""
        done = 0
        for tenant_id, handler, subject_id in await due_subjects(self._engines, datetime.now(UTC)):
            subscription = self._by_handler.get(handler)
            tenant = await self._tenant(tenant_id)
            if subscription is not None and tenant is not None:
                done += await retry_subject(self._engines, subscription, tenant, subject_id)
        return done

    async def _group(self, rows: list[asyncpg.Record]) -> list[_Work]:
        pairs = dict.fromkeys(
            (row["tenant_id"], subscription.handler)
            for row in rows
            for subscription in self._by_tag.get(row["tag"], ())
        )
        work: list[_Work] = []
        for tenant_id, handler in pairs:
            tenant = await self._tenant(tenant_id)
            if tenant is not None:
                work.append(_Work(self._by_handler[handler], tenant))
        return work

    async def _tenant(self, tenant_id: int) -> Tenant | None:
        entry = await self._engines.sql.directory.by_id(tenant_id)
        return None if entry is None else Tenant(entry.tenant_id, entry.slug)

    async def _hand_out(self, work: _Work, upto: Position) -> None:
        async with self._at_once:
            await deliver(
                self._engines,
                work.subscription,
                work.tenant,
                self._starts[work.subscription.handler],
                upto,
            )
