"""An index that is open in this process: asked in threads, followed, and looked after."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from galleria.engines.search_index.embedded.failures import engine_failures
from galleria.engines.search_index.embedded.folder import IndexFolder, require
from galleria.engines.search_index.embedded.form import DocumentT
from galleria.engines.search_index.embedded.reader import Reader, Snapshot
from galleria.engines.search_index.embedded.writer import Writer
from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.model import IndexStatus
from galleria.engines.search_index.pool import Budget, SearchPool

T = TypeVar("T")

# Generous: these are the operator's questions, not a shopper's.
STATUS_DEADLINE_S = 10.0


class OpenIndex(Generic[DocumentT]):
    """What every kind of index can do in the process that opened it."""

    def __init__(
        self,
        folder: IndexFolder[DocumentT],
        pool: SearchPool,
        writer_heap_bytes: int,
    ) -> None:
        """Ready to be asked; made empty when there has never been one."""
        folder.ensure()
        self._folder = folder
        self._pool = pool
        self._writer_heap_bytes = writer_heap_bytes
        self._reader = Reader(folder)

    async def refresh(self) -> None:
        """See `port.SearchIndex`."""
        await asyncio.to_thread(partial(self._reader.searcher, is_fresh=True))

    async def status(self) -> IndexStatus:
        """See `port.SearchIndex`."""
        return await self._pool.run(self._status, STATUS_DEADLINE_S)

    async def position(self) -> str | None:
        """What the last commit that was marked left behind; see `Writer.mark`.

        Raises:
            SearchUnavailable: the files cannot be read.
        """
        return await asyncio.to_thread(self._position)

    async def open_writer(self) -> Writer[DocumentT]:
        """See `port.SearchIndex`."""
        return await Writer(self._folder, self._writer_heap_bytes).open()

    async def close(self) -> None:
        """See `port.SearchIndex`."""
        await asyncio.to_thread(self._pool.close)

    async def _ask(
        self,
        tenant_id: int,
        question: Callable[[Snapshot, Budget], T],
        doing: str,
        deadline_s: float,
    ) -> T:
        """The answer, found in a thread. Raises: as `SearchIndex.search`."""

        def ask(budget: Budget) -> T:
            snapshot = self._reader.snapshot()
            try:
                with engine_failures(doing):
                    return question(snapshot, budget)
            except SearchUnavailable:
                self._reader.suspect()
                raise

        return await self._pool.run(ask, deadline_s, tenant_id)

    def _position(self) -> str | None:
        with engine_failures("reading the position"):
            current, found, seen = self._folder.current(), None, None
            while current is not None and current != seen:  # a swap removes what we look at
                found, seen = self._folder.position(current.generation), current
                current = self._folder.current()
            return found

    def _status(self, _: Budget) -> IndexStatus:
        current = self._folder.current()
        try:
            searcher = self._reader.searcher(is_fresh=True)
            generation = require(current).generation
        except SearchUnavailable:
            return IndexStatus(
                documents=0, segments=0, size_bytes=0, needs_rebuild=True, is_readable=False
            )
        return IndexStatus(
            documents=searcher.num_docs,
            segments=searcher.num_segments,
            size_bytes=self._folder.size_bytes(generation),
            needs_rebuild=(
                self._folder.is_marked(generation) or self._folder.pending() is not None
            ),
        )
