"""Parts of the index made anew beside the present ones: one alone, or all together."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec

from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.model import SearchDocument
from galleria.engines.search_index.port import Rebuild
from galleria.engines.search_index.shards.state import Written
from galleria.engines.search_index.shards.writers import SHARED_FOLDER


class Remake:
    """The port's Rebuild, of some parts; a document goes into the part its shop lies in."""

    def __init__(self, state: Written, folders: Sequence[str]) -> None:
        """Of the parts in these folders, once `begin` was called."""
        self._state = state
        self._folders = folders
        self._fresh: Mapping[str, Rebuild[SearchDocument]] = {}
        self._kept = ""  # which says nothing, and all is done again
        self.reached: str | None = None

    async def begin(self) -> None:
        """Every part has a fresh index beside it, in which changes are noted from now on."""
        state, fresh = self._state, {}
        if SHARED_FOLDER in self._folders:
            await self._call_off_moves_in()
        for name in self._folders:
            state.writers.held.add(name)
            fresh[name] = await (await state.writers.of(name)).begin_rebuild()
        # They are kept one after another, so a kill may leave them apart: then all is done again,
        # which is safe.
        reached = {each.reached for each in fresh.values()}
        self.reached = (reached.pop() or None) if len(reached) == 1 else None
        self._kept = self.reached or ""
        self._fresh = fresh

    async def add(self, tenant_id: int, documents: Sequence[SearchDocument]) -> None:
        """See `port.Rebuild`; of a shop that lies in another part nothing is taken."""
        self._state.check(self)
        fresh = self._fresh.get(self._state.places.folder_of(tenant_id))
        if fresh is not None:
            await fresh.add(tenant_id, documents)

    async def keep(self, reached: str) -> None:
        """See `port.Rebuild`."""
        self._state.check(self)
        for each in self._fresh.values():
            await each.keep(reached)
        self._kept = reached

    async def pause(self) -> None:
        """See `port.Rebuild`."""
        self._state.check(self)
        self._state.end(self)
        for each in self._fresh.values():
            with suppress(SearchUnavailable):  # one that has taken its place already has ended
                await each.pause()

    async def finish(self) -> None:
        """See `port.Rebuild`; after a kill in the midst of it the next writer goes on."""
        state = self._state
        # What takes its time is done while changes still come in.
        await self.keep(self._kept)
        async with state.order:
            state.check(self)
            if len(self._fresh) > 1:
                for each in self._fresh.values():
                    await each.keep(self._kept)
                await state.note(msgspec.structs.replace(state.places, is_finishing=True))
            for each in self._fresh.values():
                await each.finish()
            if state.places.is_finishing:
                await state.note(msgspec.structs.replace(state.places, is_finishing=False))
            state.end(self)

    async def abandon(self) -> None:
        """See `port.Rebuild`."""
        self._state.check(self)
        self._state.end(self)
        for each in self._fresh.values():
            await each.abandon()

    async def _call_off_moves_in(self) -> None:
        """A fresh shared index lacks what had come of shops on their way into it."""
        for tenant_id, moving in self._state.places.moving.items():
            if not moving.folder:
                await self._state.call_off(tenant_id)


async def roll_forward(state: Written) -> None:
    """A rebuild of everything that was complete takes its place, if its process was killed as it
    did."""
    for name in [*state.places.own.values(), SHARED_FOLDER]:
        pending = state.writers.folder(name).pending()
        if pending is not None and pending.reached is not None:
            writer = await state.writers.of(name)
            await (await writer.begin_rebuild()).finish()
    await state.note(msgspec.structs.replace(state.places, is_finishing=False))
