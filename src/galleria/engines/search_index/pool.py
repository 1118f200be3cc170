"""Threads that search, with a bounded queue, fair turns and a deadline.

Searching is CPU work outside the event loop. A queue without a bound answers everybody too late;
this one refuses at once what it could not answer in time, and no tenant takes another's.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from math import ceil
from threading import Semaphore
from time import monotonic
from typing import Any, NamedTuple, TypeVar, cast

from galleria.engines.search_index.errors import SearchOverloaded, SearchTimeout, SearchUnavailable
from galleria.engines.search_index.fairness import FairQueue

T = TypeVar("T")

# Work stops beginning new steps here, so that what it has still arrives before the deadline.
_SOFT_SHARE = 0.8
_SHARE_OF_ONE = 0.75  # of the places to wait in: there is always room for somebody else


class Budget:
    """The time one search may still begin new work in, and who does some of it at the same time."""

    __slots__ = ("_beside", "_ends_at_s", "began_at_s")

    def __init__(self, deadline_s: float, beside: "Beside | None" = None) -> None:
        """Begin now, for four fifths of `deadline_s` seconds."""
        self.began_at_s = monotonic()
        self._ends_at_s = self.began_at_s + deadline_s * _SOFT_SHARE
        self._beside = beside

    @property
    def is_spent(self) -> bool:
        """True when no further step should begin."""
        return monotonic() >= self._ends_at_s

    @property
    def took_ms(self) -> float:
        """Milliseconds since the search was asked for, waiting included."""
        return (monotonic() - self.began_at_s) * 1000

    def aside(self, work: Callable[[], T]) -> Callable[[], T]:
        """What waits for the result of `work`, which is done once: meanwhile where a thread is
        idle, and otherwise when the result is first asked for."""
        return cache(work if self._beside is None else self._beside.begin(work))


class Beside:
    """Threads that lend a hand to searches while nobody else wants the processors."""

    def __init__(self, threads: int, is_idle: Callable[[], bool]) -> None:
        """At most `threads` at once, and only while `is_idle`."""
        self._executor = ThreadPoolExecutor(max(1, threads), thread_name_prefix="search-beside")
        self._free = Semaphore(threads)
        self._is_idle = is_idle

    def begin(self, work: Callable[[], T]) -> Callable[[], T]:
        """See `Budget.aside`."""
        if not self._is_idle() or not self._free.acquire(blocking=False):
            return work
        try:
            doing = self._executor.submit(work)
        except RuntimeError:  # closed meanwhile
            self._free.release()
            return work
        doing.add_done_callback(lambda _: self._free.release())
        return doing.result

    def close(self) -> None:
        """Finish what runs."""
        self._executor.shutdown(wait=True)


class _Job(NamedTuple):
    """Work that was asked for, and where its result is awaited."""

    work: Callable[[Budget], Any]
    budget: Budget
    outcome: "Future[Any]"


class SearchPool:
    """Runs searches in threads, in fair turns. Use it from one event loop."""

    def __init__(self, threads: int, max_waiting: int) -> None:
        """Run at most `threads` at once; refuse beyond `max_waiting` more, and earlier when most of
        those are one tenant's."""
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="search")
        self._threads = threads
        self._max_waiting = max_waiting
        self._most_of_one = ceil(max_waiting * _SHARE_OF_ONE)
        self._queue: FairQueue[_Job] = FairQueue()
        self._running = 0
        self._is_closed = False
        self._beside = Beside(threads - 1, self._has_idle_threads)

    async def run(self, work: Callable[[Budget], T], deadline_s: float, tenant_id: int = 0) -> T:
        """What `work` returns, called in a thread with its budget.

        Who has had least of the threads' time comes first: a tenant that asks for much waits behind
        itself.

        Raises:
            SearchOverloaded: the queue is full, or full of this tenant's; `work` was not and will
                not be called.
            SearchUnavailable: the pool is closed.
            SearchTimeout: `deadline_s` passed. Work not begun by then never begins; work under
                way keeps its place until it ends, since a thread cannot be stopped.
        """
        if self._is_closed:
            raise SearchUnavailable("search is shutting down")
        self._refuse_too_many(tenant_id)
        job = _Job(work, Budget(deadline_s, self._beside), Future())
        self._queue.put(tenant_id, job)
        self._begin_next()
        try:
            return cast(T, await asyncio.wait_for(asyncio.wrap_future(job.outcome), deadline_s))
        except TimeoutError:
            raise SearchTimeout(f"no result within {deadline_s:g} s", retry_after_s=1) from None
        finally:
            self._queue.remove(tenant_id, job)

    def close(self) -> None:
        """Finish what runs, drop what waits."""
        self._is_closed = True
        while self._queue:
            self._queue.pop()[1].outcome.cancel()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._beside.close()

    def _has_idle_threads(self) -> bool:
        return self._running < self._threads and not self._queue

    def _refuse_too_many(self, tenant_id: int) -> None:
        if self._running < self._threads:
            return
        if len(self._queue) >= self._max_waiting:
            raise SearchOverloaded("too many searches wait already", retry_after_s=1)
        if self._queue.waiting_of(tenant_id) >= self._most_of_one:
            raise SearchOverloaded("too many searches of this shop wait already", retry_after_s=1)

    def _begin_next(self) -> None:
        while self._running < self._threads and self._queue:
            tenant_id, job = self._queue.pop()
            if job.outcome.set_running_or_notify_cancel():
                self._running += 1
                loop = asyncio.get_running_loop()
                self._executor.submit(self._do, loop, tenant_id, job)

    def _do(self, loop: asyncio.AbstractEventLoop, tenant_id: int, job: _Job) -> None:
        began_at_s = monotonic()
        try:
            result = job.work(job.budget)
        except BaseException as error:  # the engine's panics are no Exception
            job.outcome.set_exception(error)
        else:
            job.outcome.set_result(result)
        took_s = monotonic() - began_at_s
        _tell(loop, partial(self._ended, tenant_id, took_s))

    def _ended(self, tenant_id: int, took_s: float) -> None:
        self._running -= 1
        self._queue.charge(tenant_id, took_s)
        if not self._is_closed:
            self._begin_next()


def _tell(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    # The loop is gone when the process ends during a search; then nobody counts any more.
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback)
