"""The sender: takes what is due, a little for each endpoint, and sends it all at once.

Any number of workers may send: who claims a delivery moves its time ahead, so others leave it
alone, and should the claimer die it comes due again by itself. An endpoint has few places, one that
is slow or failing fewer still, and those come out of a purse of their own: however many hang, the
others go on.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from galleria.engines.context import SYSTEM, Context, Engines, Tenant
from galleria.foundation.telemetry import logger, metrics
from galleria.platform.webhooks.model.deliveries import Claimed, Tried, by_endpoint
from galleria.platform.webhooks.model.endpoints import WebhooksSettings
from galleria.platform.webhooks.repository import sending as repository
from galleria.platform.webhooks.repository.sending import Lane
from galleria.platform.webhooks.service import ending, expanding, secrets
from galleria.platform.webhooks.service.trying import try_once

RUSH_S = 0.02
IDLE_S = 0.1
LONGEST_IDLE_S = 0.5
# Asking who is due may take this share of the sender's time at most, however many rest.
ASKING_SHARE = 0.05
WRITTEN_EACH_S = 0.05
MOST_WRITTEN = 500  # tries of a shop in one commit
LEASE_S = 15.0  # beyond the try's own deadline
SLOW_S = 1.0
PLACES_OF_SLOW = 2
PLACES_OF_UNKNOWN = 2  # until this worker has seen it answer
SHARE_OF_SLOW = 3  # of all places, one in so many for the slow
_log = logger(__name__)
_tries = metrics.counter(
    "galleria_webhook_tries", "Messages sent to webhooks, by how that ended.", ["outcome"]
)
_under_way = metrics.gauge("galleria_webhooks_under_way", "Messages to webhooks on their way.")

_Result = TypeVar("_Result")
_Key = tuple[int, UUID]  # shop and endpoint


class Sender:
    """See the module. `run` until cancelled; `drain` for tests and short commands."""

    def __init__(self, engines: Engines) -> None:
        settings = engines.settings_of(WebhooksSettings)
        self._engines = engines
        self._fast_places = settings.at_once
        self._slow_places = max(2, settings.at_once // SHARE_OF_SLOW)
        self._places_each = settings.at_once_an_endpoint
        self._under_way: dict[_Key, Counter[float]] = {}  # by when they began
        self._was_slow: dict[_Key, bool] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._tenants: dict[int, Tenant] = {}
        self._ended: dict[int, list[Tried]] = {}
        self._has_ended = asyncio.Event()

    async def run(self) -> None:
        """What is due is sent until this is cancelled; failures of the database are waited out."""
        writing = asyncio.create_task(self._write_for_ever())
        try:
            while True:
                try:
                    began = monotonic()
                    claimed = await self._claim_all()
                    # In a rush the places are filled again as soon as they are free.
                    asking_s = (monotonic() - began) / ASKING_SHARE
                    await asyncio.sleep(
                        RUSH_S if claimed else min(max(IDLE_S, asking_s), LONGEST_IDLE_S)
                    )
                except Exception as error:
                    _log.error("sender_waits", reason=f"{type(error).__name__}: {error}")
                    await asyncio.sleep(1)
        finally:
            for task in (*self._tasks, writing):
                task.cancel()
            await asyncio.gather(*self._tasks, writing, return_exceptions=True)
            # What has been answered is not sent again only because we are told to stop.
            await self.write_down()

    async def drain(self) -> int:
        """All that is due has been tried and written down; how many tries that were."""
        total = 0
        while claimed := await self._claim_all():
            total += claimed
            await asyncio.gather(*self._tasks)
            await self.write_down()
        return total

    async def _claim_all(self) -> int:
        """Something of each endpoint that is due is on its way; how much in all."""
        work = await repository.lanes_with_work(self._engines.sql.home, self._engines.clock.now())
        total = 0
        for tenant_id, endpoint_ids in work.items():
            tenant = await self._tenant(tenant_id)
            if tenant is None:
                continue
            try:
                total += await self._claim(tenant, endpoint_ids)
            except Exception as error:
                # A shop whose secrets cannot be read, say, holds up no other.
                _log.error("shop_not_sent", shop=tenant.slug, reason=repr(error))
        return total

    async def _claim(self, tenant: Tenant, endpoint_ids: Sequence[UUID]) -> int:
        ctx = Context(self._engines, tenant, SYSTEM, request_id="webhooks")
        async with ctx.transaction() as tx:
            lanes = {
                lane.endpoint.endpoint_id: lane for lane in await repository.lanes(tx, endpoint_ids)
            }
            rooms = self._rooms(ctx, list(lanes.values()))
            if not rooms:
                return 0
            wanted = [
                (
                    each,
                    room,
                    ctx.now + timedelta(seconds=lanes[each].endpoint.timeout_s + LEASE_S),
                )
                for each, room in rooms.items()
            ]
            claimed = await repository.claim(tx, wanted)
        keys = {
            each: await secrets.keys_of(ctx, lanes[each].sealed)
            for each in {delivery.endpoint_id for delivery in claimed}
        }
        bodies: asyncio.Task[dict[UUID, str]] | None = None
        if any(delivery.thing_ids for delivery in claimed):
            # While these are read, the other shops' messages and those without go out.
            bodies = self._begin(expanding.bodies_with_things(ctx, claimed))
        for delivery in claimed:
            lane = lanes[delivery.endpoint_id]
            beside = bodies if delivery.thing_ids else None
            self._begin(self._send(tenant, lane, delivery, keys[lane_id(lane)], beside))
        return len(claimed)

    def _begin(self, work: Coroutine[Any, Any, _Result]) -> asyncio.Task[_Result]:
        """The work goes on by itself; it ends with the sender."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _rooms(self, ctx: Context, lanes: list[Lane]) -> dict[UUID, int]:
        """How many more messages each endpoint may have under way; those without room left out."""
        rooms: dict[UUID, int] = {}
        fast, slow = self._left()
        share = max(1, fast // max(1, len(lanes)))
        for lane in lanes:
            key = (ctx.tenant.tenant_id, lane_id(lane))
            busy = self._busy(key)
            if lane.health.is_open(ctx.now):
                continue
            if lane.health.is_tripped:
                # One try tells whether it is well again.
                room = min(1 - busy, 1)
            elif self._is_slow(key) or lane.health.failures_in_row:
                room = min(PLACES_OF_SLOW - busy, slow)
                slow -= max(0, room)
            else:
                places = self._places_each if key in self._was_slow else PLACES_OF_UNKNOWN
                room = min(places - busy, share, fast)
                fast -= max(0, room)
            if room > 0:
                rooms[lane_id(lane)] = room
        return rooms

    def _left(self) -> tuple[int, int]:
        """Places left for endpoints that answer well, and for slow ones."""
        used = [0, 0]
        for key, began in self._under_way.items():
            used[self._is_slow(key)] += began.total()
        return max(0, self._fast_places - used[0]), max(0, self._slow_places - used[1])

    def _busy(self, key: _Key) -> int:
        began = self._under_way.get(key)
        return 0 if began is None else began.total()

    def _is_slow(self, key: _Key) -> bool:
        """True when its last answer took long, or it keeps us waiting right now."""
        began = self._under_way.get(key)
        if began and monotonic() - min(began) > SLOW_S:
            return True
        return self._was_slow.get(key, False)

    async def _send(
        self,
        tenant: Tenant,
        lane: Lane,
        claimed: Claimed,
        keys: list[bytes],
        bodies: asyncio.Task[dict[UUID, str]] | None,
    ) -> None:
        """The message is tried; with things beside the event once `bodies` has it."""
        key = (tenant.tenant_id, lane_id(lane))
        began = monotonic()
        under_way = self._under_way.setdefault(key, Counter())
        under_way[began] += 1
        _under_way.inc()
        try:
            if bodies is not None:
                body = (await bodies)[claimed.delivery_id]
                claimed = msgspec.structs.replace(claimed, body=body)
            tried = await try_once(self._engines, tenant.tenant_id, lane.endpoint, claimed, keys)
        finally:
            _under_way.dec()
            under_way[began] -= 1
            if not under_way[began]:
                del under_way[began]
            if not under_way:
                self._under_way.pop(key, None)
        self._was_slow[key] = monotonic() - began > SLOW_S
        _tries.labels("taken" if tried.outcome.is_success else "failed").inc()
        self._ended.setdefault(tenant.tenant_id, []).append(tried)
        self._has_ended.set()

    async def _write_for_ever(self) -> None:
        while True:
            await self._has_ended.wait()
            await asyncio.sleep(WRITTEN_EACH_S)
            try:
                await self.write_down()
            except Exception as error:
                _log.error("tries_not_written", reason=f"{type(error).__name__}: {error}")
                self._has_ended.set()
                await asyncio.sleep(1)

    async def write_down(self) -> None:
        """Every try that has ended stands in the log, and its delivery knows what became of it."""
        self._has_ended.clear()
        for tenant_id in list(self._ended):
            while tries := self._ended.get(tenant_id, [])[:MOST_WRITTEN]:
                ctx = Context(
                    self._engines, self._tenants[tenant_id], SYSTEM, request_id="webhooks"
                )
                await ending.write(ctx, by_endpoint(tries), random.random)
                # Only now: what could not be written is written with the next ones.
                del self._ended[tenant_id][: len(tries)]
            del self._ended[tenant_id]

    async def _tenant(self, tenant_id: int) -> Tenant | None:
        tenant = self._tenants.get(tenant_id)
        if tenant is None:
            entry = await self._engines.sql.directory.by_id(tenant_id)
            if entry is None:
                return None
            # By the house's clock on purpose, not by a sandbox's own: what leaves the shop is heard
            # by others, who live in real time. Pauses, claims and timestamps are theirs too, and do
            # not pass because somebody moved a test clock.
            tenant = self._tenants[tenant_id] = Tenant(entry.tenant_id, entry.slug)
        return tenant


def lane_id(lane: Lane) -> UUID:
    """The endpoint that a lane leads to."""
    return lane.endpoint.endpoint_id
