"""The port on Tantivy."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from tantivy import Searcher

from galleria.engines.search_index.embedded.asking import answer, suggestions
from galleria.engines.search_index.embedded.counting import matches
from galleria.engines.search_index.embedded.failures import engine_failures
from galleria.engines.search_index.embedded.folder import IndexFolder, require
from galleria.engines.search_index.embedded.queries import tenant_query
from galleria.engines.search_index.embedded.reader import Reader
from galleria.engines.search_index.embedded.writer import Writer
from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.model import (
    IndexStatus,
    SearchQuery,
    SearchResult,
    Suggestions,
    SuggestQuery,
)
from galleria.engines.search_index.pool import Budget, SearchPool

T = TypeVar("T")

# Generous: these are the operator's questions, not a shopper's.
_STATUS_DEADLINE_S = 10.0


def open_tantivy(
    folder: Path,
    *,
    threads: int = 2,
    max_waiting: int = 64,
    writer_heap_bytes: int = 96_000_000,
) -> "TantivyIndex":
    """The index in `folder`, made empty when there has never been one.

    Args:
        folder: on a local disk; every process of one installation names the same.
        threads: searches at the same time in this process. Short searches do not gain from more:
            run more processes.
        max_waiting: searches that may wait for a thread; further ones are refused.
        writer_heap_bytes: memory the writer gathers documents in, at least 15 MB; twice as much
            during a rebuild.
    """
    return TantivyIndex(IndexFolder(folder), SearchPool(threads, max_waiting), writer_heap_bytes)


class TantivyIndex:
    """The port's SearchIndex, embedded."""

    def __init__(self, folder: IndexFolder, pool: SearchPool, writer_heap_bytes: int) -> None:
        """See `open_tantivy`."""
        folder.ensure()
        self._folder = folder
        self._pool = pool
        self._writer_heap_bytes = writer_heap_bytes
        self._reader = Reader(folder)

    async def search(
        self, tenant_id: int, query: SearchQuery, *, deadline_s: float = 1.0
    ) -> SearchResult:
        """See `port.SearchIndex`."""
        return await self._pool.run(
            lambda budget: self._ask(
                lambda searcher: answer(searcher, tenant_id, query, budget), "searching"
            ),
            deadline_s,
        )

    async def suggest(
        self, tenant_id: int, query: SuggestQuery, *, deadline_s: float = 0.5
    ) -> Suggestions:
        """See `port.SearchIndex`."""
        return await self._pool.run(
            lambda budget: self._ask(
                lambda searcher: suggestions(searcher, tenant_id, query, budget), "suggesting"
            ),
            deadline_s,
        )

    async def count(self, tenant_id: int) -> int:
        """See `port.SearchIndex`."""

        return await self._pool.run(
            lambda _: self._ask(
                lambda searcher: matches(searcher, tenant_query(tenant_id)), "counting"
            ),
            _STATUS_DEADLINE_S,
        )

    async def refresh(self) -> None:
        """See `port.SearchIndex`."""
        await asyncio.to_thread(partial(self._reader.searcher, is_fresh=True))

    async def status(self) -> IndexStatus:
        """See `port.SearchIndex`."""
        return await self._pool.run(self._status, _STATUS_DEADLINE_S)

    async def open_writer(self) -> Writer:
        """See `port.SearchIndex`."""
        return await Writer(self._folder, self._writer_heap_bytes).open()

    async def close(self) -> None:
        """See `port.SearchIndex`."""
        await asyncio.to_thread(self._pool.close)

    def _ask(self, question: Callable[[Searcher], T], doing: str) -> T:
        searcher = self._reader.searcher()
        try:
            with engine_failures(doing):
                return question(searcher)
        except SearchUnavailable:
            self._reader.suspect()
            raise

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
            needs_rebuild=self._folder.is_marked(generation),
        )
