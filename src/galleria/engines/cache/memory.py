"""The embedded cache: one process, bounded in entries and in bytes, least recently used out first.

Counters and budgets have bounds of their own, so that a flood of values cannot push a rate limit's
count out.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from time import monotonic
from typing import NamedTuple

from galleria.engines.cache import Budget, CacheKey, Taken
from galleria.engines.cache.buckets import Buckets

DEFAULT_MAX_ENTRIES = 100_000
DEFAULT_MAX_BYTES = 64 * 1024 * 1024
ENTRY_OVERHEAD_BYTES = 300  # dict slot, linked-list node, tuple and string headers in CPython 3.11


class _Value(NamedTuple):
    expires_at: float
    data: bytes


class _Counter(NamedTuple):
    expires_at: float
    reached: int


class MemoryCache:
    """See the module. `used_bytes` never exceeds the bound, not even during a `set`."""

    def __init__(
        self,
        max_entries: int = DEFAULT_MAX_ENTRIES,
        max_bytes: int = DEFAULT_MAX_BYTES,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Start empty.

        Args:
            max_entries: values kept at most; as many counters and as many budgets beside them.
            max_bytes: keys, values and bookkeeping together, counters not counted.
            clock: seconds, never going back.
        """
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._clock = clock
        self._values: OrderedDict[str, _Value] = OrderedDict()
        self._counters: OrderedDict[str, _Counter] = OrderedDict()
        self._buckets = Buckets(max_entries, clock)
        self.used_bytes = 0

    @property
    def is_shared(self) -> bool:
        return False

    async def get(self, key: CacheKey) -> bytes | None:
        return self._live_value(key.text)

    async def get_many(self, keys: Sequence[CacheKey]) -> dict[CacheKey, bytes]:
        found = ((key, self._live_value(key.text)) for key in keys)
        return {key: data for key, data in found if data is not None}

    async def set(self, key: CacheKey, value: bytes, ttl_s: float) -> None:
        assert ttl_s > 0, "a value lives for more than no time"
        self._forget(key.text)
        size_bytes = _size_of(key.text, value)
        if size_bytes > self._max_bytes:
            return
        while self._values and (
            len(self._values) >= self._max_entries or self.used_bytes + size_bytes > self._max_bytes
        ):
            self._forget(next(iter(self._values)))
        self._values[key.text] = _Value(self._clock() + ttl_s, value)
        self.used_bytes += size_bytes

    async def delete(self, *keys: CacheKey) -> None:
        for key in keys:
            self._forget(key.text)
            self._counters.pop(key.text, None)

    async def incr(self, key: CacheKey, ttl_s: float, amount: int = 1) -> int:
        assert ttl_s > 0, "a counter lives for more than no time"
        now = self._clock()
        counter = self._counters.get(key.text)
        if counter is None or counter.expires_at <= now:
            counter = _Counter(now + ttl_s, 0)
        counter = _Counter(counter.expires_at, counter.reached + amount)
        self._counters[key.text] = counter
        self._counters.move_to_end(key.text)
        if len(self._counters) > self._max_entries:
            self._counters.popitem(last=False)
        return counter.reached

    async def take(self, budgets: Sequence[Budget], cost: float = 1.0) -> Taken:
        return self._buckets.take(budgets, cost)

    async def close(self) -> None:
        self._values.clear()
        self._counters.clear()
        self._buckets.clear()
        self.used_bytes = 0

    def _live_value(self, text: str) -> bytes | None:
        value = self._values.get(text)
        if value is None:
            return None
        if value.expires_at <= self._clock():
            self._forget(text)
            return None
        self._values.move_to_end(text)
        return value.data

    def _forget(self, text: str) -> None:
        value = self._values.pop(text, None)
        if value is not None:
            self.used_bytes -= _size_of(text, value.data)


def _size_of(text: str, data: bytes) -> int:
    return len(text) + len(data) + ENTRY_OVERHEAD_BYTES
