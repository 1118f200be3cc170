"""What must hold nobody up and may be lost: noted in memory, written down in sets a moment later.

Whoever notes something waits for nothing. About once a second everything noted so far goes to its
writer, by shop, and once more when the process ends; one that is killed loses what it noted last.
There is room for so many notes, of one shop for half of them: while the database is away, or in a
flood, further ones are dropped and counted.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from galleria.foundation.errors import GalleriaError
from galleria.foundation.telemetry import logger, metrics

if TYPE_CHECKING:
    from galleria.engines.context import Context

MOST_WAITING = 20_000  # some kilobytes each
WRITTEN_EACH_S = 1.0
AT_ONCE = 5_000  # notes of one write: some 100 ms
LAST_CHANCE_S = 5.0  # at the end of a process whose database is away
_log = logger(__name__)
_dropped = metrics.counter(
    "galleria_notes_dropped", "Notes of searches and the like that there was no room for."
)

Write: TypeAlias = "Callable[[Context, Sequence[Any]], Awaitable[None]]"
_Note: TypeAlias = "tuple[Context, Write, Any]"
_Gathered: TypeAlias = "tuple[int, Write, Hashable]"
ItemT = TypeVar("ItemT")


class Notebook:
    """See the module. One for all shops of a process."""

    def __init__(
        self, most_waiting: int = MOST_WAITING, written_each_s: float = WRITTEN_EACH_S
    ) -> None:
        """Room for so many notes; `start` begins to write them down."""
        self.dropped_count = 0
        self._most_waiting = most_waiting
        self._written_each_s = written_each_s
        self._waiting: deque[_Note] = deque()
        self._waiting_of: Counter[int] = Counter()
        self._gathering: dict[_Gathered, Any] = {}
        self._writing = asyncio.Lock()
        self._running: asyncio.Task[None] | None = None

    def note(self, ctx: "Context", write: Write, item: object) -> bool:
        """`write` will be given the item with others of its shop; False when there is no room."""
        of_shop = self._waiting_of[ctx.tenant.tenant_id]
        if len(self._waiting) >= self._most_waiting or of_shop >= (self._most_waiting + 1) // 2:
            self._drop(1)
            return False
        self._add((ctx, write, item))
        return True

    def gather(
        self, ctx: "Context", write: Write, subject: Hashable, make: Callable[[], ItemT]
    ) -> ItemT | None:
        """The item about `subject` that waits for `write`, to be added to; None without room.

        What is used a thousand times a second is one note that counts, not a thousand notes.
        """
        name = (ctx.tenant.tenant_id, write, subject)
        item: ItemT | None = self._gathering.get(name)
        if item is None:
            made = make()
            if self.note(ctx, write, made):
                self._gathering[name] = item = made
        return item

    def start(self) -> None:
        """From now on notes are written down by themselves."""
        self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        """All that was noted is written down, if the database answers; nothing more is."""
        if self._running is not None:
            async with self._writing:  # not in the middle of a write
                self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None
        with suppress(TimeoutError):
            await asyncio.wait_for(self.write_down(), LAST_CHANCE_S)
        self._drop(len(self._waiting))
        self._waiting.clear()
        self._waiting_of.clear()
        self._gathering.clear()

    async def write_down(self) -> None:
        """What was noted before the call is with its writers, in the order it was noted."""
        async with self._writing:
            left = len(self._waiting)
            while left > 0:
                portion = [self._take() for _ in range(min(left, AT_ONCE))]
                left -= len(portion)
                # From here on what comes is counted anew: these are being written.
                self._gathering.clear()
                await self._write(portion)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._written_each_s)
            await self.write_down()

    async def _write(self, portion: "Sequence[_Note]") -> None:
        """Each shop's notes are written, wait for better times, or are given up for good."""
        sets: dict[tuple[int, Write], list[_Note]] = {}
        for note in portion:
            sets.setdefault((note[0].tenant.tenant_id, note[1]), []).append(note)
        for (_, write), notes in sets.items():
            try:
                await write(notes[0][0], [item for _, _, item in notes])
            except GalleriaError as error:
                _log.warning("notes_wait", reason=error.code, count=len(notes))
                room = max(0, self._most_waiting - len(self._waiting))
                for note in notes[:room]:
                    self._add(note)
                self._drop(len(notes[room:]))
            except Exception as error:
                _log.error("notes_lost", reason=repr(error), count=len(notes))
                self._drop(len(notes))

    def _add(self, note: "_Note") -> None:
        self._waiting.append(note)
        self._waiting_of[note[0].tenant.tenant_id] += 1

    def _take(self) -> "_Note":
        note = self._waiting.popleft()
        tenant_id = note[0].tenant.tenant_id
        self._waiting_of[tenant_id] -= 1
        if not self._waiting_of[tenant_id]:
            del self._waiting_of[tenant_id]
        return note

    def _drop(self, count: int) -> None:
        if count and not self.dropped_count:
            _log.warning("notes_dropped", waiting=len(self._waiting))
        self.dropped_count += count
        _dropped.inc(count)
