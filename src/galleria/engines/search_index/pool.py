"""Threads that search, with a bounded queue and a deadline.

Searching is CPU work outside the event loop. A queue without a bound answers everybody too late;
this one refuses at once what it could not answer in time.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import TypeVar

from galleria.engines.search_index.errors import SearchOverloaded, SearchTimeout, SearchUnavailable

T = TypeVar("T")

# Work stops beginning new steps here, so that what it has still arrives before the deadline.
_SOFT_SHARE = 0.8


class Budget:
    """The time one search may still begin new work in."""

    __slots__ = ("_ends_at_s", "began_at_s")

    def __init__(self, deadline_s: float) -> None:
        """Begin now, for four fifths of `deadline_s` seconds."""
        self.began_at_s = monotonic()
        self._ends_at_s = self.began_at_s + deadline_s * _SOFT_SHARE

    @property
    def is_spent(self) -> bool:
        """True when no further step should begin."""
        return monotonic() >= self._ends_at_s

    @property
    def took_ms(self) -> float:
        """Milliseconds since the search was asked for, waiting included."""
        return (monotonic() - self.began_at_s) * 1000


class SearchPool:
    """Runs searches in threads. Use it from one event loop."""

    def __init__(self, threads: int, max_waiting: int) -> None:
        """Run at most `threads` at once; refuse beyond `max_waiting` more."""
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="search")
        self._places = threads + max_waiting
        self._taken = 0
        self._is_closed = False

    async def run(self, work: Callable[[Budget], T], deadline_s: float) -> T:
        """What `work` returns, called in a thread with its budget.

        Raises:
            SearchOverloaded: the queue is full; `work` was not and will not be called.
            SearchUnavailable: the pool is closed.
            SearchTimeout: `deadline_s` passed. Work not begun by then never begins; work under
                way keeps its place until it ends, since a thread cannot be stopped.
        """
        if self._is_closed:
            raise SearchUnavailable("search is shutting down")
        if self._taken >= self._places:
            raise SearchOverloaded("too many searches wait already", retry_after_s=1)
        loop = asyncio.get_running_loop()
        self._taken += 1
        running = self._executor.submit(work, Budget(deadline_s))
        running.add_done_callback(lambda _: _tell(loop, self._give_back))
        try:
            return await asyncio.wait_for(_outcome(running), deadline_s)
        except TimeoutError:
            raise SearchTimeout(f"no result within {deadline_s:g} s", retry_after_s=1) from None

    def close(self) -> None:
        """Finish what runs, drop what waits."""
        self._is_closed = True
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _give_back(self) -> None:
        self._taken -= 1


async def _outcome(running: Future[T]) -> T:
    return await asyncio.wrap_future(running)


def _tell(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    # The loop is gone when the process ends during a search; then nobody counts any more.
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback)
