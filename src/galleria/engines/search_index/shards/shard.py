"""One part of the index, open in this process to be asked."""

import asyncio
from collections.abc import Collection

from galleria.engines.search_index.embedded.clauses import matches
from galleria.engines.search_index.embedded.failures import engine_failures
from galleria.engines.search_index.embedded.index import TantivyIndex
from galleria.engines.search_index.embedded.queries import tenant_query


class Shard(TantivyIndex):
    """An embedded index that can be asked how much each shop has in it."""

    async def sizes(self, tenant_ids: Collection[int], *, is_exact: bool) -> dict[int, int]:
        """How many documents the shops have; those that are gone since the last merge are among
        them unless it `is_exact`.

        One look-up in a list of terms for each shop and segment, or a walk along the list.
        """
        return await asyncio.to_thread(self._sizes, list(tenant_ids), is_exact)

    async def kept_so_far(self) -> tuple[int, int]:
        """Documents and bytes of the index in the making, as they were kept last."""
        return await asyncio.to_thread(self._kept_so_far)

    def _sizes(self, tenant_ids: list[int], is_exact: bool) -> dict[int, int]:
        searcher = self._reader.searcher(is_fresh=is_exact)
        with engine_failures("looking up sizes"):
            if is_exact:
                return {each: matches(searcher, tenant_query(each)) for each in tenant_ids}
            return {each: searcher.doc_freq("tenant", str(each)) for each in tenant_ids}

    def _kept_so_far(self) -> tuple[int, int]:
        pending = self._folder.pending()
        if pending is None:
            return 0, 0
        with engine_failures("looking at an index in the making"):
            searcher = self._folder.open(pending.generation).searcher()
            return searcher.num_docs, self._folder.size_bytes(pending.generation)
