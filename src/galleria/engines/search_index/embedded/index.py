"""The port on Tantivy."""

from pathlib import Path

from galleria.engines.search_index.embedded.asking import answer, suggestions
from galleria.engines.search_index.embedded.clauses import matches
from galleria.engines.search_index.embedded.documents import PRODUCTS
from galleria.engines.search_index.embedded.folder import IndexFolder
from galleria.engines.search_index.embedded.opened import STATUS_DEADLINE_S, OpenIndex
from galleria.engines.search_index.embedded.queries import tenant_query
from galleria.engines.search_index.embedded.sampling import EXACT
from galleria.engines.search_index.model import (
    SearchDocument,
    SearchQuery,
    SearchResult,
    Suggestions,
    SuggestQuery,
)
from galleria.engines.search_index.pool import SearchPool


def open_tantivy(
    folder: Path,
    *,
    threads: int = 2,
    max_waiting: int = 64,
    writer_heap_bytes: int = 96_000_000,
    exact: int = EXACT,
) -> "TantivyIndex":
    """The index in `folder`, made empty when there has never been one.

    Args:
        folder: on a local disk; every process of one installation names the same.
        threads: searches at the same time in this process. Short searches do not gain from more:
            run more processes.
        max_waiting: searches that may wait for a thread; further ones are refused.
        writer_heap_bytes: memory the writer gathers documents in, at least 15 MB; twice as much
            during a rebuild.
        exact: so many hits are counted one by one, and of more a sample.
    """
    pool = SearchPool(threads, max_waiting)
    return TantivyIndex(IndexFolder(folder, PRODUCTS), pool, writer_heap_bytes, exact)


class TantivyIndex(OpenIndex[SearchDocument]):
    """The port's SearchIndex, embedded."""

    def __init__(
        self,
        folder: IndexFolder[SearchDocument],
        pool: SearchPool,
        writer_heap_bytes: int,
        exact: int = EXACT,
    ) -> None:
        """See `open_tantivy`."""
        super().__init__(folder, pool, writer_heap_bytes)
        self._exact = exact

    async def search(
        self, tenant_id: int, query: SearchQuery, *, deadline_s: float = 1.0
    ) -> SearchResult:
        """See `port.SearchIndex`."""
        return await self._ask(
            tenant_id,
            lambda snapshot, budget: answer(snapshot, tenant_id, query, budget, self._exact),
            "searching",
            deadline_s,
        )

    async def suggest(
        self, tenant_id: int, query: SuggestQuery, *, deadline_s: float = 0.5
    ) -> Suggestions:
        """See `port.SearchIndex`."""
        return await self._ask(
            tenant_id,
            lambda snapshot, budget: suggestions(snapshot, tenant_id, query, budget),
            "suggesting",
            deadline_s,
        )

    async def count(self, tenant_id: int) -> int:
        """See `port.SearchIndex`."""
        return await self._ask(
            tenant_id,
            lambda snapshot, _: matches(snapshot.searcher, tenant_query(tenant_id)),
            "counting",
            STATUS_DEADLINE_S,
        )
