"""The port on a cluster of OpenSearch or Elasticsearch."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from galleria.engines.search_index.errors import SearchTimeout, SearchUnavailable
from galleria.engines.search_index.model import (
    IndexStatus,
    SearchQuery,
    SearchResult,
    Suggestions,
    SuggestQuery,
)
from galleria.engines.search_index.opensearch.address import SearchAddress
from galleria.engines.search_index.opensearch.asking import answer, suggestions
from galleria.engines.search_index.opensearch.clauses import term
from galleria.engines.search_index.opensearch.indexes import Indexes
from galleria.engines.search_index.opensearch.kinds import UsualTraits
from galleria.engines.search_index.opensearch.lock import WriterLock
from galleria.engines.search_index.opensearch.rounds import Rounds
from galleria.engines.search_index.opensearch.transport import Deadline, Transport
from galleria.engines.search_index.opensearch.turns import Turns
from galleria.engines.search_index.opensearch.writer import Writer

# Generous: these are the operator's questions, not a shopper's.
_STATUS_DEADLINE_S = 10.0
_POSITION_WITHIN_S = 5.0  # whoever asks twice a second waits for less
_WRITER_CONNECTIONS = 4


def open_opensearch(
    address: SearchAddress, *, at_once: int = 32, max_waiting: int = 256
) -> "OpenSearchIndex":
    """The index at `address`. Connects at first use.

    Args:
        address: where the cluster is.
        at_once: questions that are with the cluster at the same time, from this process.
        max_waiting: questions that may wait for their turn; further ones are refused.
    """
    return OpenSearchIndex(address, at_once, max_waiting)


class OpenSearchIndex:
    """The port's SearchIndex, distributed."""

    def __init__(self, address: SearchAddress, at_once: int, max_waiting: int) -> None:
        """See `open_opensearch`."""
        self._address = address
        self._transport = Transport(address, at_once + 1)
        self._indexes = Indexes(self._transport, address)
        self._turns = Turns(at_once, max_waiting)
        self._usual = UsualTraits()
        self._is_there = False
        self._finding = asyncio.Lock()

    async def search(
        self, tenant_id: int, query: SearchQuery, *, deadline_s: float = 1.0
    ) -> SearchResult:
        """See `port.SearchIndex`."""
        async with self._rounds(tenant_id, deadline_s) as rounds:
            return await answer(rounds, tenant_id, query, self._usual)

    async def suggest(
        self, tenant_id: int, query: SuggestQuery, *, deadline_s: float = 0.5
    ) -> Suggestions:
        """See `port.SearchIndex`."""
        async with self._rounds(tenant_id, deadline_s) as rounds:
            return await suggestions(rounds, tenant_id, query, self._usual)

    async def count(self, tenant_id: int) -> int:
        """See `port.SearchIndex`."""
        tenant = str(int(tenant_id))
        await self._ensure_soon()
        answered = await self._transport.ask(
            "POST",
            f"/{self._indexes.live}/_count?routing={tenant}",
            msgspec.json.encode({"query": term("tenant", tenant)}),
            timeout_s=_STATUS_DEADLINE_S,
        )
        if not answered.is_found:
            raise SearchUnavailable("the search index is missing; rebuild it")
        return int(answered.json()["count"])

    async def refresh(self) -> None:
        """See `port.SearchIndex`. A commit is seen by every process; this one forgets what it
        remembered of the catalogues."""
        await self._ensure_soon()
        self._usual.forget()

    async def status(self) -> IndexStatus:
        """See `port.SearchIndex`."""
        try:
            async with asyncio.timeout(_STATUS_DEADLINE_S):
                await self._ensure()
                return await self._indexes.status()
        except (SearchUnavailable, TimeoutError):
            return IndexStatus(
                documents=0, segments=0, size_bytes=0, needs_rebuild=True, is_readable=False
            )

    async def position(self) -> str | None:
        """See `clusters.MarkedIndex`."""
        return await self._indexes.position(_POSITION_WITHIN_S)

    async def open_writer(self) -> Writer:
        """See `clusters.MarkedIndex`."""
        # Connections of its own: shoppers do not wait for what is being written.
        transport = Transport(self._address, _WRITER_CONNECTIONS)
        indexes = Indexes(transport, self._address)
        return await Writer(transport, indexes, WriterLock(transport, self._address)).open()

    async def close(self) -> None:
        """See `port.SearchIndex`."""
        await self._transport.close()

    @asynccontextmanager
    async def _rounds(self, tenant_id: int, deadline_s: float) -> AsyncIterator[Rounds]:
        deadline = Deadline(deadline_s)
        async with self._turns.taken(tenant_id, deadline_s):
            await self._ensure_within(deadline.left_s)
            yield Rounds(self._transport, self._indexes.live, tenant_id, deadline)

    async def _ensure_soon(self) -> None:
        await self._ensure_within(_STATUS_DEADLINE_S)

    async def _ensure_within(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._ensure()
        except TimeoutError:
            raise SearchTimeout(f"no index within {seconds:g} s", retry_after_s=1) from None

    async def _ensure(self) -> None:
        """There is an index to ask: one that has never been is made by whoever asks first."""
        if self._is_there:
            return
        async with self._finding:
            if not self._is_there:
                await self._indexes.ensure()
                self._is_there = True
