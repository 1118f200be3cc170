"""A journal inside one process: nothing to install, and nothing that survives a restart."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable

from galleria.engines.realtime import Topic
from galleria.engines.realtime.journal import (
    KEPT_FOR_S,
    KEPT_MESSAGES,
    Entry,
    Extent,
    Position,
)

MAX_BYTES = 32 * 1024 * 1024
ENTRY_OVERHEAD_BYTES = 250


class MemoryJournal:
    """See the module. Bounded in bytes: the topic that was silent longest goes first.

    A position is (number, milliseconds). Numbers start from the clock, in microseconds, so that
    ids from before a restart lie below all of ours instead of among them.
    """

    def __init__(
        self,
        kept_messages: int = KEPT_MESSAGES,
        kept_for_s: float = KEPT_FOR_S,
        max_bytes: int = MAX_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep as much as the limits allow; `clock` tells seconds since 1970."""
        self.kept_messages = kept_messages
        self._kept_for_s = kept_for_s
        self._max_bytes = max_bytes
        self._clock = clock
        self._number = int(clock() * 1_000_000)
        self._complete_since_ms = int(clock() * 1000)
        self._topics: OrderedDict[Topic, deque[Entry]] = OrderedDict()
        self.used_bytes = 0

    def at_ms(self, position: Position) -> int:
        return position.minor

    async def append(self, topic: Topic, kind: str, payload: bytes) -> Position:
        self._number += 1
        entry = Entry(Position(self._number, self._now_ms()), kind, payload)
        entries = self._topics.setdefault(topic, deque())
        self._topics.move_to_end(topic)
        entries.append(entry)
        self.used_bytes += _size_of(entry)
        if len(entries) > self.kept_messages:
            self.used_bytes -= _size_of(entries.popleft())
        self._forget_old(entries)
        while self.used_bytes > self._max_bytes and len(self._topics) > 1:
            self._forget_topic(next(iter(self._topics)))
        return entry.position

    async def read(self, topic: Topic, start: Position, limit: int) -> list[Entry]:
        entries = self._topics.get(topic, ())
        return [entry for entry in entries if entry.position >= start][:limit]

    async def extent(self, topic: Topic) -> Extent:
        entries = self._topics.get(topic, deque())
        self._forget_old(entries)
        newest = entries[-1].position if entries else None
        return Extent(
            start=newest or Position(self._number, self._now_ms()),
            oldest=entries[0].position if entries else None,
            newest=newest,
            count=len(entries),
            complete_since_ms=max(self._complete_since_ms, self._oldest_kept_ms()),
        )

    async def wakes(self) -> AsyncIterator[Topic | None]:
        yield None
        # There is no other process; what this one publishes, its hub knows.
        await asyncio.Event().wait()

    async def watch(self, topic: Topic) -> None:
        """Nothing to do."""

    async def unwatch(self, topic: Topic) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        self._topics.clear()
        self.used_bytes = 0

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)

    def _oldest_kept_ms(self) -> int:
        return self._now_ms() - int(self._kept_for_s * 1000)

    def _forget_old(self, entries: deque[Entry]) -> None:
        oldest_kept_ms = self._oldest_kept_ms()
        while entries and entries[0].position.minor < oldest_kept_ms:
            self.used_bytes -= _size_of(entries.popleft())

    def _forget_topic(self, topic: Topic) -> None:
        entries = self._topics.pop(topic)
        self.used_bytes -= sum(map(_size_of, entries))
        if entries:
            self._complete_since_ms = max(self._complete_since_ms, entries[-1].position.minor + 1)


def _size_of(entry: Entry) -> int:
    return len(entry.payload) + len(entry.kind) + ENTRY_OVERHEAD_BYTES
