"""One part of the index, open in this process to be asked."""

import asyncio
from collections.abc import Collection

from galleria.engines.search_index.embedded.index import TantivyIndex


class Shard(TantivyIndex):
    """An embedded index that can be asked how much each shop has in it."""

    async def sizes(self, tenant_ids: Collection[int]) -> dict[int, int]:
        """How many documents the shops have, those that are gone since the last merge among them.

        One look-up in a list of terms for each shop and segment.
        """
        return await asyncio.to_thread(self._sizes, list(tenant_ids))

    def _sizes(self, tenant_ids: list[int]) -> dict[int, int]:
        searcher = self._reader.searcher()
        return {each: searcher.doc_freq("tenant", str(each)) for each in tenant_ids}
