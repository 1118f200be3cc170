"""Writing the index: the one process that does, and the fresh index it may build beside."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Self

from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.model import SearchDocument
from galleria.engines.search_index.opensearch.documents import Written, written
from galleria.engines.search_index.opensearch.indexes import Indexes
from galleria.engines.search_index.opensearch.lock import WriterLock
from galleria.engines.search_index.opensearch.sending import Changes, Sender
from galleria.engines.search_index.opensearch.transport import Transport
from galleria.engines.search_index.preparing import product_key

# More is sent before its commit: it is not seen either, but cannot be taken back.
_MOST_GATHERED_BYTES = 64 << 20


class Writer:
    """The port's IndexWriter. One call is done after the other."""

    def __init__(self, transport: Transport, indexes: Indexes, lock: WriterLock) -> None:
        """Nothing is locked yet; see `open`."""
        self._transport = transport
        self._indexes = indexes
        self._lock = lock
        self._is_closed = False
        self._working = asyncio.Lock()
        self._live = Sender(transport, indexes.live)
        self._fresh: Sender | None = None
        self._is_rebuilding = False
        self._reached: str | None = None
        self._changes = Changes()
        self._mark: str | None = None
        # What changed since the rebuild began: the rebuild's own view of it may be older.
        self._changed: set[str] = set()
        self._changed_tenants: set[int] = set()

    async def open(self) -> Self:
        """Become the writer. Raises SearchWriterBusy."""
        try:
            await self._lock.take()
            try:
                async with self._lock.writing():
                    await self._indexes.ensure()
                    await self._find_half_made()
            except BaseException:
                await self._lock.release()
                raise
        except BaseException:
            await self._transport.close()
            raise
        return self

    async def apply(
        self, tenant_id: int, upserts: Sequence[SearchDocument], deletes: Sequence[str] = ()
    ) -> None:
        """See `port.IndexWriter`."""
        async with self._at_work():
            # Everything that can be wrong with a document shows here, before anything is gathered.
            documents = await _written(tenant_id, upserts)
            keys = dict.fromkeys([product_key(tenant_id, each) for each in deletes])
            keys |= dict.fromkeys(each.key for each in documents)
            self._changes.replace(tenant_id, keys, documents)
            if self._fresh is not None:
                self._changed.update(keys)
            if self._changes.size_bytes >= _MOST_GATHERED_BYTES:
                async with self._or_undo(), self._lock.writing():
                    await self._send()

    async def delete_tenant(self, tenant_id: int) -> None:
        """See `port.IndexWriter`."""
        async with self._at_work():
            self._changes.empty(tenant_id)
            if self._fresh is not None:
                self._changed_tenants.add(tenant_id)

    async def mark(self, position: str) -> None:
        """See `clusters.MarkedWriter`."""
        async with self._at_work():
            self._mark = position

    async def commit(self) -> None:
        """See `port.IndexWriter`."""
        async with self._at_work(), self._or_undo():
            await self._commit()

    async def begin_rebuild(self) -> "FreshIndex":
        """See `port.IndexWriter`."""
        async with self._at_work():
            if self._is_rebuilding:
                raise SearchUnavailable("a rebuild of the search index is under way already")
            if self._fresh is None:
                async with self._lock.writing():
                    live, fresh = self._indexes.live, self._indexes.fresh
                    await self._indexes.remove_all_but(live)
                    await self._indexes.make(fresh, needs_rebuild=False, is_filling=True)
                self._fresh = Sender(self._transport, self._indexes.fresh)
                self._changed.clear()
                self._changed_tenants.clear()
            self._is_rebuilding = True
            return FreshIndex(self, self._reached)

    async def close(self) -> None:
        """See `port.IndexWriter`."""
        async with self._working:
            if self._is_closed:
                return
            self._is_closed = True
            try:
                # What cannot be removed now is removed when the next writer begins.
                with suppress(SearchUnavailable):
                    await self._pause()
                await self._lock.release()
            finally:
                await self._transport.close()

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
    async def _at_work(self) -> AsyncIterator[None]:
        async with self._working:
            if self._is_closed:
                raise SearchUnavailable("this writer is closed")
            yield

    @asynccontextmanager
    async def _or_undo(self) -> AsyncIterator[None]:
        """When the cluster fails inside the block, nothing gathered since the last commit stays.

        What it took of it already is seen after the next commit. Whoever was told that it failed
        sends it again, which puts right whatever of it is there, in a rebuild's index as well.
        """
        try:
            yield
        except SearchUnavailable:
            self._changes, self._mark = Changes(), None
            raise

    async def _commit(self) -> None:
        has_changes = not self._changes.is_empty or self._live.has_unseen
        if not has_changes and self._mark is None:
            return
        async with self._lock.writing():
            if has_changes:
                await self._send()
                await self._indexes.refresh(self._indexes.live)
                self._live.seen()
            if self._mark is not None:
                await self._indexes.mark(self._mark)
                self._mark = None

    async def _send(self) -> None:
        if self._fresh is not None:
            # First, so that it never lacks a change that counts as made. Only what was refreshed
            # can be looked up, and what the rebuild brought is not.
            await self._indexes.refresh(self._indexes.fresh)
            self._fresh.seen()
            await self._fresh.send(self._changes)
        await self._live.send(self._changes)
        self._changes = Changes()

    async def _find_half_made(self) -> None:
        """The index in the making when the last writer ended, if any of it was kept."""
        self._reached = await self._indexes.reached()
        if self._reached is None:
            await self._indexes.remove_all_but(self._indexes.live)
        else:
            await self._indexes.remove_all_but(self._indexes.live, self._indexes.fresh)
            self._fresh = Sender(self._transport, self._indexes.fresh)

    async def _drop_fresh(self) -> None:
        self._fresh, self._reached, self._is_rebuilding = None, None, False
        async with self._lock.writing():
            await self._indexes.remove_all_but(self._indexes.live)

    async def _pause(self) -> None:
        if self._fresh is not None and self._reached is None:
            await self._drop_fresh()
        self._is_rebuilding = False

    # What a rebuild asks for.

    def _rebuilding(self) -> Sender:
        if self._fresh is None or not self._is_rebuilding:
            raise SearchUnavailable("this rebuild of the search index has ended")
        return self._fresh

    async def _add_to_fresh(self, tenant_id: int, documents: Sequence[SearchDocument]) -> None:
        async with self._at_work():
            fresh = self._rebuilding()
            if tenant_id in self._changed_tenants:
                return
            made = await _written(tenant_id, documents)
            wanted = [each for each in made if each.key not in self._changed]
            changes = Changes()
            changes.replace(tenant_id, dict.fromkeys(each.key for each in wanted), wanted)
            async with self._lock.writing():
                await fresh.send(changes, is_new=True)

    async def _finish_rebuild(self) -> None:
        async with self._at_work():
            self._rebuilding()
            async with self._lock.writing():
                await self._indexes.swap()
            self._fresh, self._reached, self._is_rebuilding = None, None, False
            self._live = Sender(self._transport, self._indexes.live)

    async def _keep_rebuild(self, reached: str) -> None:
        async with self._at_work():
            self._rebuilding()
            async with self._lock.writing():
                await self._indexes.keep(reached)
            self._reached = reached

    async def _pause_rebuild(self) -> None:
        async with self._at_work():
            self._rebuilding()
            await self._pause()

    async def _abandon_rebuild(self) -> None:
        async with self._at_work():
            await self._drop_fresh()


class FreshIndex:
    """The port's Rebuild."""

    def __init__(self, writer: Writer, reached: str | None) -> None:
        """Made by `Writer.begin_rebuild`."""
        self._writer = writer
        self.reached = reached

    async def add(self, tenant_id: int, documents: Sequence[SearchDocument]) -> None:
        """See `port.Rebuild`."""
        await self._writer._add_to_fresh(tenant_id, documents)

    async def keep(self, reached: str) -> None:
        """See `port.Rebuild`."""
        await self._writer._keep_rebuild(reached)

    async def pause(self) -> None:
        """See `port.Rebuild`."""
        await self._writer._pause_rebuild()

    async def finish(self) -> None:
        """See `port.Rebuild`."""
        await self._writer._finish_rebuild()

    async def abandon(self) -> None:
        """See `port.Rebuild`."""
        await self._writer._abandon_rebuild()


async def _written(tenant_id: int, documents: Sequence[SearchDocument]) -> list[Written]:
    """The documents as they travel, the last one said of each part of a product.

    In a thread: taking apart the words of a thousand products would hold the loop up.
    """

    def write() -> list[Written]:
        made = [written(tenant_id, each) for each in documents]
        return list({each.document_id: each for each in made}.values())

    return await asyncio.to_thread(write) if documents else []
