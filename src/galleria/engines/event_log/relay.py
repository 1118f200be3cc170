"""Reads the outbox of one cell in commit order and hands each event to the handlers of its tag.

One relay runs per cell, kept by a lease. It writes only how far it has come: positions are moved
by the handlers' own transactions as the app role, so a relay killed anywhere loses nothing and
repeats little. A watcher that is slow with one tenant keeps no other waiting; a handler does, for
as long as its transaction is open.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from galleria.engines.context import Engines, Tenant, tenant_of
from galleria.engines.event_log.dead_letters import due_subjects, retry_subject
from galleria.engines.event_log.delivery import deliver
from galleria.engines.event_log.position import START, Position, position_of
from galleria.engines.event_log.subscription import AnySubscription
from galleria.foundation.telemetry import logger

PAGE = 5_000  # event headers read at once, about 1 MB
AT_ONCE = 4  # handlers running at the same time, each on a connection of the app pool
IDLE_S = 0.1  # how long an idle relay waits; the price of an event's way when nothing else runs
RETRY_EACH_S = 0.5
MOST_PAGES = 1_000  # read ahead of the slowest handler, then it is waited for
_log = logger(__name__)

_PAGE = """
SELECT tenant_id, tag, log_epoch, xact_id, sequence
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
_FRONTIER = "SELECT log_epoch, xact_id, sequence FROM event_log.frontier"
_SAVE_FRONTIER = "UPDATE event_log.frontier SET log_epoch = $1, xact_id = $2, sequence = $3"

_Pair = tuple[int, str]  # tenant and handler


@dataclass
class _Errand:
    """A handler on its way through one tenant's events, as far as `upto`."""

    subscription: AnySubscription
    tenant: Tenant
    upto: Position


@dataclass(frozen=True)
class _Page:
    """A stretch of the log up to a position, and who has not come to its end yet."""

    upto: Position
    waiting: set[_Pair]


class Relay:
    """See the module. `run` until cancelled; `drain` for tests and short commands."""

    def __init__(
        self,
        engines: Engines,
        subscriptions: Sequence[AnySubscription],
        idle_s: float = IDLE_S,
    ) -> None:
        """Hand out to `subscriptions`, looking for news every `idle_s` seconds."""
        names = [subscription.handler for subscription in subscriptions]
        assert len(names) == len(set(names)), "a handler has one tag and one name"
        self._engines = engines
        self._idle_s = idle_s
        self._by_handler = {subscription.handler: subscription for subscription in subscriptions}
        self._by_tag: dict[str, list[AnySubscription]] = defaultdict(list)
        for subscription in subscriptions:
            for tag in subscription.tags:
                self._by_tag[tag].append(subscription)
        self._starts: dict[str, Position] = {}
        self._read_to = START
        self._pages: deque[_Page] = deque()
        self._errands: dict[_Pair, _Errand] = {}
        # Errands that led to new events, and how many of them had when a page was last found: what
        # was told is seen only when every transaction that began before has ended.
        self._told = 0
        self._told_when_found = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Events are handed out until this task is cancelled; failures are waited out."""
        try:
            while True:
                try:
                    await self.prepare()
                    await self._go_on()
                except Exception as error:
                    _log.error("relay_waits", reason=f"{type(error).__name__}: {error}")
                    await self._call_off()
                    await asyncio.sleep(1)
        finally:
            await self._call_off()

    async def _go_on(self) -> None:
        """Events are handed out until something fails."""
        loop = asyncio.get_running_loop()
        next_retry_at = 0.0
        while True:
            moved = await self._read_page()
            await self._wait_for_errands(self._idle_s)
            if loop.time() >= next_retry_at:
                await self.retry_parked()
                next_retry_at = loop.time() + RETRY_EACH_S
            if not moved and not self._tasks:
                await asyncio.sleep(self._idle_s)

    async def drain(self) -> int:
        """Everything committed so far has been handed out; how many events that were."""
        await self.prepare()
        total = 0
        try:
            while moved := await self._read_page():
                total += moved
                await self._wait_for_errands(None)
        finally:
            await self._call_off()
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
        self._read_to = position_of(frontier)
        self._pages.clear()

    async def _read_page(self) -> int:
        """Who takes events of the next page is sent on their way; how many events it has."""
        if len(self._pages) >= MOST_PAGES:
            return 0
        told = self._told
        async with self._engines.sql.home.relay() as connection:
            rows = await connection.fetch(_PAGE, *self._read_to, PAGE)
        if not rows:
            return 0
        self._told_when_found = told
        upto = position_of(rows[-1])
        errands = await self._errands_for(rows, upto)
        self._pages.append(_Page(upto, set(errands)))
        for pair, errand in errands.items():
            if (running := self._errands.get(pair)) is not None:
                running.upto = upto
            else:
                self._errands[pair] = errand
                self._tasks.add(asyncio.create_task(self._run_errand(pair, errand)))
        self._read_to = upto
        await self._save_frontier()
        return len(rows)

    async def _errands_for(
        self, rows: list[asyncpg.Record], upto: Position
    ) -> dict[_Pair, _Errand]:
        pairs = dict.fromkeys(
            (row["tenant_id"], subscription.handler)
            for row in rows
            for subscription in self._by_tag.get(row["tag"], ())
        )
        errands = {}
        for tenant_id, handler in pairs:
            tenant = await self._tenant(tenant_id)
            if tenant is not None:
                errands[tenant_id, handler] = _Errand(self._by_handler[handler], tenant, upto)
        return errands

    async def _run_errand(self, pair: _Pair, errand: _Errand) -> None:
        """The handler has come as far as it was sent, also when it was sent farther meanwhile."""
        start = self._starts[errand.subscription.handler]
        reached = START
        while reached < errand.upto:
            target = errand.upto
            async with self._at_once:
                self._told += await deliver(
                    self._engines, errand.subscription, errand.tenant, start, target
                )
            reached = target
            for page in self._pages:
                if page.upto <= reached:
                    page.waiting.discard(pair)
        del self._errands[pair]

    async def _wait_for_errands(self, timeout_s: float | None) -> None:
        """The errands have ended, or one has while something new was told, or the time is over;
        without a time they have all ended. The frontier is where all have been.

        Raises:
            Exception: whatever one of them ended with.
        """
        loop = asyncio.get_running_loop()
        until = None if timeout_s is None else loop.time() + timeout_s
        while self._tasks:
            left = None if until is None else until - loop.time()
            if left is not None and left <= 0:
                break
            done, self._tasks = await asyncio.wait(
                self._tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()
            if until is not None and self._told > self._told_when_found:
                break
        await self._save_frontier()

    async def _save_frontier(self) -> None:
        reached = None
        while self._pages and not self._pages[0].waiting:
            reached = self._pages.popleft().upto
        if reached is not None:
            async with self._engines.sql.home.relay() as connection:
                await connection.execute(_SAVE_FRONTIER, *reached)

    async def _call_off(self) -> None:
        """No errand runs any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self._errands.clear()

    async def retry_parked(self) -> int:
        """Parked events that are due have been tried; how many went through."""
        done = 0
        for tenant_id, handler, subject_id in await due_subjects(self._engines, datetime.now(UTC)):
            subscription = self._by_handler.get(handler)
            tenant = await self._tenant(tenant_id)
            # A handler on an errand could park an event behind one that is just being taken.
            if (tenant_id, handler) in self._errands:
                continue
            if subscription is not None and tenant is not None:
                done += await retry_subject(self._engines, subscription, tenant, subject_id)
        return done

    async def _tenant(self, tenant_id: int) -> Tenant | None:
        entry = await self._engines.sql.directory.by_id(tenant_id)
        return None if entry is None else tenant_of(entry)
