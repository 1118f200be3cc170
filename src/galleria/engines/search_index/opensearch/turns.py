"""Who asks the cluster next, when more questions wait than it should have at once.

As `pool.SearchPool` does for threads: a bounded number wait, the shop that has had least of the
time first, and further questions are refused at once.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import ceil
from time import monotonic

from galleria.engines.search_index.errors import SearchOverloaded, SearchTimeout
from galleria.engines.search_index.fairness import FairQueue

_SHARE_OF_ONE = 0.75  # of the places to wait in: there is always room for somebody else


class Turns:
    """Places at the cluster, of which a tenant takes one a question. For one event loop."""

    def __init__(self, at_once: int, max_waiting: int) -> None:
        self._free = at_once
        self._max_waiting = max_waiting
        self._most_of_one = ceil(max_waiting * _SHARE_OF_ONE)
        self._queue: FairQueue[asyncio.Future[None]] = FairQueue()

    @asynccontextmanager
    async def taken(self, tenant_id: int, timeout_s: float) -> AsyncIterator[None]:
        """A place is this tenant's within the block.

        Raises:
            SearchOverloaded: too many wait, or too many of this tenant's.
            SearchTimeout: none was free in `timeout_s` seconds.
        """
        await self._take(tenant_id, timeout_s)
        began_at_s = monotonic()
        try:
            yield
        finally:
            self._queue.charge(tenant_id, monotonic() - began_at_s)
            self._pass_on()

    async def _take(self, tenant_id: int, timeout_s: float) -> None:
        if self._free > 0:
            self._free -= 1
            return
        if len(self._queue) >= self._max_waiting:
            raise SearchOverloaded("too many searches wait already", retry_after_s=1)
        if self._queue.waiting_of(tenant_id) >= self._most_of_one:
            raise SearchOverloaded("too many searches of this shop wait already", retry_after_s=1)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put(tenant_id, place)
        try:
            await asyncio.wait_for(asyncio.shield(place), timeout_s)
        except BaseException as error:
            self._queue.remove(tenant_id, place)
            if place.done():  # it was given a place just now, and will not use it
                self._pass_on()
            if isinstance(error, TimeoutError):
                raise SearchTimeout(f"no turn within {timeout_s:g} s", retry_after_s=1) from None
            raise

    def _pass_on(self) -> None:
        if self._queue:
            _, place = self._queue.pop()
            place.set_result(None)
        else:
            self._free += 1
