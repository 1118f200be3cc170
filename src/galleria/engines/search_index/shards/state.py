"""What the writer, its moves and its rebuilds share: who lies where, and whose turn it is."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from galleria.engines.search_index.embedded.failures import engine_failures
from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.shards.places import ABSENT, Places, PlacesFile
from galleria.engines.search_index.shards.writers import SHARED_FOLDER, OpenWriters
from galleria.foundation.telemetry import logger

_log = logger(__name__)


class Written:
    """An index in parts, open for writing."""

    def __init__(self, file: PlacesFile, writers: OpenWriters) -> None:
        """Of nobody yet; the places are read when the writer opens."""
        self.file = file
        self.writers = writers
        self.places = Places()
        self._noted = ABSENT
        # One change, commit or switch at a time: a shop never moves between two halves of one.
        self.order = asyncio.Lock()
        self._under_way: object | None = None
        # What changed of a shop since its move into the shared index began; None: all of it.
        self.changed: dict[int, set[str] | None] = {}

    async def note(self, places: Places) -> None:
        """Let this hold, durably. Raises SearchUnavailable: it does not."""
        with engine_failures("noting where shops lie"):
            await asyncio.to_thread(self.file.write, places)
        self.places, self._noted = places, self.file.signature()

    async def mend(self) -> None:
        """What was noted last is what the file says, whatever became of it meanwhile."""
        if self.file.signature() != self._noted:
            _log.error("search_places_mended")
            await self.note(self.places)

    def take(self, places: Places) -> None:
        """The file says this."""
        self.places, self._noted = places, self.file.signature()

    @asynccontextmanager
    async def undoing(self) -> AsyncIterator[None]:
        """When an engine fails inside the block, nothing since the last commit stays, and what was
        under way has ended."""
        try:
            yield
        except SearchUnavailable:
            await self.writers.undo()
            self.end(self._under_way)
            raise

    async def commit(self) -> None:
        """All that was touched is durable; what is being filled first."""
        touched = self.writers.touched
        first = {each.folder for each in self.places.moving.values()} & touched
        for name in sorted(first):
            await (await self.writers.of(name)).commit()
        await self._commit_each(touched - first)
        self.writers.touched.clear()

    async def _commit_each(self, names: Iterable[str]) -> None:
        writers = [await self.writers.of(name) for name in sorted(names)]
        done = await asyncio.gather(*(each.commit() for each in writers), return_exceptions=True)
        for outcome in done:
            if outcome is not None:
                raise outcome

    # What is under way: one rebuild or move at a time.

    def begin(self, what: object) -> None:
        """`what` is under way. Raises SearchUnavailable when something else is."""
        if self._under_way is not None:
            raise SearchUnavailable("a rebuild of the search index is under way already")
        self._under_way = what

    def check(self, what: object) -> None:
        """Pass while `what` is under way. Raises SearchUnavailable when it has ended."""
        if self._under_way is not what:
            raise SearchUnavailable("this rebuild of the search index has ended")

    def end(self, what: object | None) -> None:
        """`what` is under way no longer."""
        if what is not None and self._under_way is what:
            self._under_way = None
            self.writers.held.clear()
            self.changed.clear()

    # What is left over of a move.

    async def settle(self) -> None:
        """Nobody who has moved out has documents in the shared index any more."""
        if not self.places.leaving:
            return
        for tenant_id in self.places.leaving:
            await self.writers.shared.delete_tenant(tenant_id)
        await self.writers.shared.commit()
        # What others had changed in it meanwhile is durable now as well, which does no harm.
        self.writers.touched.discard(SHARED_FOLDER)
        await self.note(_with_leaving(self.places, ()))

    async def settle_later(self) -> None:
        """As `settle`; what fails is tried again with the next commit."""
        with suppress(SearchUnavailable):
            async with self.undoing():
                await self.settle()

    async def drop(self, name: str) -> None:
        """A folder that belongs to nobody any more is gone."""
        await self.writers.shut(name)
        await asyncio.to_thread(self.file.remove, name)

    async def call_off(self, tenant_id: int) -> None:
        """A move is undone: the shop stays where it is answered from."""
        moving = self.places.moving[tenant_id]
        if moving.folder:
            await self.note(self.places.with_moving(tenant_id, None))
            await self.drop(moving.folder)
            return
        await self.writers.shared.delete_tenant(tenant_id)
        await self.writers.shared.commit()
        self.writers.touched.discard(SHARED_FOLDER)
        await self.note(self.places.with_moving(tenant_id, None))


def _with_leaving(places: Places, leaving: tuple[int, ...]) -> Places:
    return Places(
        own=places.own,
        moving=places.moving,
        leaving=leaving,
        is_finishing=places.is_finishing,
    )
