"""Places and connections of each kind of call, so that no slow host uses up everybody's.

A lane is what one shop calls for one purpose. It has a pool of its own, kept a few seconds after
its last call: what a pool costs grows with the square of its connections (httpcore looks through
all of them for every request), and no shop is answered through another's connection.
"""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpcore
import msgspec

from galleria.engines.outbound.transport import GuardedBackend

MOST_AT_ONCE = 200  # calls of all lanes
MOST_RESTING = 64  # lanes without a call whose connections are kept
MOST_KEPT_EACH = 10  # connections without a call

_Key = tuple[int, str]  # shop and purpose


class LaneRules(msgspec.Struct, frozen=True, kw_only=True):
    """What each lane may have: calls under way at once; the next ones wait, within their deadline.
    A connection without a call is kept for `keep_alive_s` seconds.
    """

    places: int = 20
    keep_alive_s: float = 5.0


class _Lane:
    def __init__(self, pool: httpcore.AsyncConnectionPool, places: int) -> None:
        self.pool = pool
        self.places = asyncio.Semaphore(places)
        self.users = 0
        self.ending: asyncio.TimerHandle | None = None


class Lanes:
    """See the module."""

    def __init__(self, backend: GuardedBackend, trust: ssl.SSLContext, rules: LaneRules) -> None:
        """Connect by `backend`, to whom `trust` lets us."""
        self._rules = rules
        self._backend = backend
        self._trust = trust
        self._lanes: dict[_Key, _Lane] = {}
        self._resting: OrderedDict[_Key, None] = OrderedDict()
        self._all = asyncio.Semaphore(MOST_AT_ONCE)
        self._closing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def place(
        self, tenant_id: int, purpose: str
    ) -> AsyncIterator[httpcore.AsyncConnectionPool]:
        """A place in a lane, waited for if need be, with what to send through."""
        key = (tenant_id, purpose)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane(self._new_pool(), self._rules.places)
        self._wake(key, lane)
        lane.users += 1
        try:
            async with lane.places, self._all:
                yield lane.pool
        finally:
            lane.users -= 1
            if lane.users == 0:
                self._rest(key, lane)

    async def close(self) -> None:
        """All connections are closed."""
        lanes, self._lanes = self._lanes, {}
        self._resting.clear()
        for lane in lanes.values():
            if lane.ending is not None:
                lane.ending.cancel()
            await lane.pool.aclose()
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _new_pool(self) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            ssl_context=self._trust,
            max_connections=self._rules.places,
            max_keepalive_connections=min(self._rules.places, MOST_KEPT_EACH),
            keepalive_expiry=self._rules.keep_alive_s,
            network_backend=self._backend,
        )

    def _wake(self, key: _Key, lane: _Lane) -> None:
        self._resting.pop(key, None)
        if lane.ending is not None:
            lane.ending.cancel()
            lane.ending = None

    def _rest(self, key: _Key, lane: _Lane) -> None:
        if self._lanes.get(key) is not lane:
            return  # all are closed already
        lane.ending = asyncio.get_running_loop().call_later(
            self._rules.keep_alive_s, self._end, key
        )
        self._resting[key] = None
        if len(self._resting) > MOST_RESTING:
            self._end(next(iter(self._resting)))

    def _end(self, key: _Key) -> None:
        lane = self._lanes.pop(key)
        self._wake(key, lane)
        task = asyncio.create_task(lane.pool.aclose())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
