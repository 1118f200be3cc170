"""The one writer of an index in parts."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Self

import msgspec

from galleria.engines.search_index.embedded.folder import IndexFolder
from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.model import SearchDocument
from galleria.engines.search_index.placing import SHARED
from galleria.engines.search_index.port import Rebuild
from galleria.engines.search_index.shards.moving import MoveIn, MoveOut
from galleria.engines.search_index.shards.places import ABSENT, Places, PlacesFile, owner_of
from galleria.engines.search_index.shards.remaking import Remake, roll_forward
from galleria.engines.search_index.shards.state import Written
from galleria.engines.search_index.shards.writers import SHARED_FOLDER, OpenWriters
from galleria.foundation.telemetry import logger

_LOOKED_EACH_S = 5.0  # for writers that are idle, and whether the file of places is as it was
_log = logger(__name__)


class ShardedWriter:
    """The port's IndexWriter, and `placing.PlacingWriter`. Use it from one event loop.

    A shop's changes are durable together, those of several shops one part after another: a commit
    that fails, or a kill, may leave some of them made, and none is ever told as made that is not.
    """

    def __init__(self, file: PlacesFile, writers: OpenWriters, idle_s: float) -> None:
        """Nothing is locked or opened yet; see `open`. Writers idle for so long are closed."""
        self._file = file
        self._writers = writers
        self._idle_s = idle_s
        self._state = Written(file, writers)
        self._changed: set[int] | None = None
        self._is_closed = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def own(self) -> Mapping[int, str]:
        """See `placing.PlacingWriter`."""
        return self._state.places.own

    @property
    def moving(self) -> Mapping[int, bool]:
        """See `placing.PlacingWriter`."""
        return {key: bool(each.folder) for key, each in self._state.places.moving.items()}

    async def open(self) -> Self:
        """Become the writer, and clear up what a killed one left. Raises SearchWriterBusy."""
        await self._writers.open()
        try:
            await self._take_over()
        except BaseException:
            await self._writers.close()
            raise
        self._tasks = [
            asyncio.create_task(self._keep_house()),
            asyncio.create_task(asyncio.to_thread(self._look_through)),
        ]
        return self

    def take_changed(self) -> frozenset[int] | None:
        """See `placing.PlacingWriter`."""
        changed, self._changed = self._changed, set()
        return None if changed is None else frozenset(changed)

    def look_again(self, changed: frozenset[int] | None) -> None:
        """See `placing.PlacingWriter`."""
        both = changed is not None and self._changed is not None
        self._changed = {*(changed or ()), *(self._changed or ())} if both else None

    async def apply(
        self, tenant_id: int, upserts: Sequence[SearchDocument], deletes: Sequence[str] = ()
    ) -> None:
        """See `port.IndexWriter`."""
        state = self._state
        async with state.order, state.undoing():
            self._check_open()
            self._note_changed(tenant_id)
            for name in state.places.targets(tenant_id):
                await (await self._writers.touch(name)).apply(tenant_id, upserts, deletes)
            changed = state.changed.get(tenant_id)
            if changed is not None:
                changed.update(each.product_id for each in upserts)
                changed.update(deletes)

    async def delete_tenant(self, tenant_id: int) -> None:
        """See `port.IndexWriter`."""
        state = self._state
        async with state.order, state.undoing():
            self._check_open()
            self._note_changed(tenant_id)
            for name in state.places.targets(tenant_id):
                await (await self._writers.touch(name)).delete_tenant(tenant_id)
            if tenant_id in state.changed:
                state.changed[tenant_id] = None

    async def commit(self) -> None:
        """See `port.IndexWriter`."""
        async with self._state.order:
            self._check_open()
            async with self._state.undoing():
                await self._state.commit()
            await self._state.settle_later()

    async def begin_rebuild(self) -> Rebuild[SearchDocument]:
        """See `port.IndexWriter`. Shops keep the places they have; moves left half made are called
        off."""
        state = self._state
        remake = Remake(state, [*self.own.values(), SHARED_FOLDER])
        async with self._beginning(remake):
            for tenant_id in list(state.places.moving):
                await state.call_off(tenant_id)
            await remake.begin()
        return remake

    async def begin_rebuild_of(self, tenant_id: int) -> Rebuild[SearchDocument]:
        """See `placing.PlacingWriter`."""
        if tenant_id != SHARED and tenant_id not in self.own:
            raise SearchUnavailable(f"shop {tenant_id} has no search index of its own")
        remake = Remake(self._state, [self._state.places.folder_of(tenant_id)])
        async with self._beginning(remake):
            await remake.begin()
        return remake

    async def begin_move(self, tenant_id: int, *, to_own: bool) -> Rebuild[SearchDocument]:
        """See `placing.PlacingWriter`."""
        state = self._state
        move = MoveOut(state, tenant_id) if to_own else MoveIn(state, tenant_id)
        async with self._beginning(move):
            if (tenant_id in self.own) is to_own or tenant_id == SHARED:
                raise SearchUnavailable(f"the search index of shop {tenant_id} lies there already")
            if not to_own and await asyncio.to_thread(self._is_shared_due):
                raise SearchUnavailable("the shared search index is to be rebuilt first")
            # What is still to be removed must not be taken for what the move brings.
            await state.settle()
            await move.begin()
        return move

    async def forget_tenant(self, tenant_id: int) -> None:
        """See `placing.PlacingWriter`."""
        state = self._state
        async with self._beginning(self):
            folders = {*state.places.targets(tenant_id)} - {SHARED_FOLDER}
            without = state.places.without(tenant_id)
            leaving = (*without.leaving, tenant_id)
            await state.note(msgspec.structs.replace(without, leaving=leaving))
            for name in folders:
                await state.drop(name)
            await state.settle()
            state.end(self)

    async def close(self) -> None:
        """See `port.IndexWriter`."""
        if self._is_closed:
            return
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        async with self._state.order:
            self._is_closed = True
            await self._writers.close()

    async def __aenter__(self) -> Self:
        """The writer itself."""
        return self

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        await self.close()

    @asynccontextmanager
    async def _beginning(self, what: object) -> AsyncIterator[None]:
        """`what` is under way, unless the block fails."""
        async with self._state.order:
            self._check_open()
            self._state.begin(what)
            try:
                if self._state.places.is_finishing:
                    await roll_forward(self._state)
                yield
            except BaseException:
                self._state.end(what)
                raise

    def _is_shared_due(self) -> bool:
        """The shared index is to be rebuilt, or is being."""
        folder = self._writers.folder(SHARED_FOLDER)
        current = folder.current()
        is_marked = current is None or folder.is_marked(current.generation)
        return is_marked or folder.pending() is not None

    def _check_open(self) -> None:
        if self._is_closed:
            raise SearchUnavailable("this writer is closed")

    def _note_changed(self, tenant_id: int) -> None:
        if self._changed is not None:
            self._changed.add(tenant_id)

    async def _take_over(self) -> None:
        try:
            self._state.take(await asyncio.to_thread(self._file.read))
        except SearchUnavailable as error:
            await self._find_places(error)
        if self._file.signature() == ABSENT:
            await self._state.note(self._state.places)
        swept = await asyncio.to_thread(self._file.sweep, self._state.places)
        if swept:
            _log.info("search_folders_swept", folders=swept)
        if self._state.places.is_finishing:
            await roll_forward(self._state)
        await self._state.settle()

    async def _find_places(self, why: SearchUnavailable) -> None:
        """The file is lost: who has a whole index of its own is told by the folders, and all is
        made anew, since nobody knows what else the file said."""
        _log.error("search_places_lost", why=why.detail)
        own: dict[int, str] = {}
        for name in sorted(self._file.names()):
            folder = self._writers.folder(name)
            current = folder.current()
            if current is not None and not folder.is_marked(current.generation):
                own[owner_of(name)] = name
        await self._state.note(Places(own=own))
        for name in [SHARED_FOLDER, *own.values()]:
            folder = self._writers.folder(name)
            current = folder.current()
            if current is not None:
                await asyncio.to_thread(folder.mark, current.generation)

    def _look_through(self) -> None:
        """Shops' own indexes that are of an earlier format, or damaged, ask to be made anew; the
        shared one did as it opened."""
        for name in list(self._state.places.own.values()):
            with suppress(SearchUnavailable, OSError):
                _look_into(name, self._writers.folder(name))

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(min(self._idle_s / 4, _LOOKED_EACH_S))
            async with self._state.order:
                self._writers.close_idle(self._idle_s)
                with suppress(SearchUnavailable):
                    await self._state.mend()


def _look_into(name: str, folder: IndexFolder[SearchDocument]) -> None:
    current = folder.current()
    if current is None:  # which the status of the index tells by itself
        return
    if current.format < folder.form.format:
        folder.mark(current.generation)
        return
    before = folder.signature(current.generation)
    damage = folder.damage_of(current.generation)
    if damage is not None and folder.signature(current.generation) == before:
        _log.error("search_index_damaged", folder=name, damage=damage)
        folder.mark(current.generation)
