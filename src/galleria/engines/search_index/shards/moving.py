"""A shop on its way: out of the shared index into its own, or back.

Both are filled beside the index that answers. What changes meanwhile goes to both, and a document
that is brought for a product changed meanwhile is left out, since it may be older. One rename of
the file of places is the switch; what was there before is removed after it.
"""

from collections.abc import Sequence

from galleria.engines.search_index.model import SearchDocument
from galleria.engines.search_index.port import Rebuild
from galleria.engines.search_index.shards.places import Moving
from galleria.engines.search_index.shards.state import Written
from galleria.engines.search_index.shards.writers import SHARED_FOLDER
from galleria.foundation.telemetry import logger

_log = logger(__name__)


class MoveOut:
    """The port's Rebuild: a shop comes into an index of its own."""

    def __init__(self, state: Written, tenant_id: int) -> None:
        """Begun by `begin`."""
        self._state = state
        self._tenant_id = tenant_id
        self._fresh: Rebuild[SearchDocument] | None = None
        self._kept = ""  # which says nothing, and all is read again
        self.reached: str | None = None

    async def begin(self) -> None:
        """The folder is noted before it is there, so that a killed move leaves nothing unknown."""
        state, tenant_id = self._state, self._tenant_id
        moving = state.places.moving.get(tenant_id)
        if moving is None:
            moving = Moving(state.file.new_folder(tenant_id, state.places))
            await state.note(state.places.with_moving(tenant_id, moving))
        writer = await state.writers.of(moving.folder)
        state.writers.held.add(moving.folder)
        self._fresh = await writer.begin_rebuild()
        self.reached = self._fresh.reached or None
        self._kept = self.reached or ""

    async def add(self, tenant_id: int, documents: Sequence[SearchDocument]) -> None:
        """See `port.Rebuild`."""
        assert tenant_id == self._tenant_id, "one shop moves"
        await self._filling().add(tenant_id, documents)

    async def keep(self, reached: str) -> None:
        """See `port.Rebuild`."""
        await self._filling().keep(reached)
        self._kept = reached

    async def pause(self) -> None:
        """See `port.Rebuild`."""
        fresh = self._filling()
        self._state.end(self)
        await fresh.pause()

    async def finish(self) -> None:
        """The shop is answered from its own index, and the shared one has nothing of it."""
        state, tenant_id = self._state, self._tenant_id
        await self.keep(self._kept)  # what takes its time, while changes still come in
        async with state.order:
            await self._filling().finish()
            await state.note(state.places.moved_out(tenant_id))
            state.end(self)
            await state.settle_later()
        _log.info("search_shop_has_its_own_index", tenant_id=tenant_id)

    async def abandon(self) -> None:
        """The shop stays in the shared index."""
        async with self._state.order:
            self._filling()
            self._state.end(self)
            await self._state.call_off(self._tenant_id)

    def _filling(self) -> Rebuild[SearchDocument]:
        self._state.check(self)
        assert self._fresh is not None, "it has begun"
        return self._fresh


class MoveIn:
    """The port's Rebuild: a shop comes back into the shared index, where nobody looks for it
    yet."""

    def __init__(self, state: Written, tenant_id: int) -> None:
        """Begun by `begin`."""
        self._state = state
        self._tenant_id = tenant_id
        self.reached: str | None = None

    async def begin(self) -> None:
        """What an earlier move left there without keeping it is removed."""
        state, tenant_id = self._state, self._tenant_id
        moving = state.places.moving.get(tenant_id)
        self.reached = None if moving is None else moving.reached
        state.changed[tenant_id] = set()
        if moving is None:
            await state.note(state.places.with_moving(tenant_id, Moving()))
            await state.writers.shared.delete_tenant(tenant_id)
            state.writers.touched.add(SHARED_FOLDER)

    async def add(self, tenant_id: int, documents: Sequence[SearchDocument]) -> None:
        """See `port.Rebuild`."""
        assert tenant_id == self._tenant_id, "one shop moves"
        state = self._state
        async with state.order, state.undoing():
            state.check(self)
            changed = state.changed[tenant_id]
            if changed is None:
                return
            wanted = [each for each in documents if each.product_id not in changed]
            await (await state.writers.touch(SHARED_FOLDER)).apply(tenant_id, wanted)

    async def keep(self, reached: str) -> None:
        """See `port.Rebuild`."""
        state = self._state
        async with state.order, state.undoing():
            state.check(self)
            await state.commit()
            moving = Moving(reached=reached)
            await state.note(state.places.with_moving(self._tenant_id, moving))

    async def pause(self) -> None:
        """See `port.Rebuild`."""
        self._state.check(self)
        self._state.end(self)

    async def finish(self) -> None:
        """The shop is answered from the shared index, and its own is gone."""
        state, tenant_id = self._state, self._tenant_id
        async with state.order:
            async with state.undoing():
                state.check(self)
                await state.commit()
                folder = state.places.folder_of(tenant_id)
                await state.note(state.places.without(tenant_id))
            state.end(self)
            await state.drop(folder)
        _log.info("search_shop_shares_the_index", tenant_id=tenant_id)

    async def abandon(self) -> None:
        """The shop stays in its own index."""
        async with self._state.order:
            self._state.check(self)
            self._state.end(self)
            await self._state.call_off(self._tenant_id)
