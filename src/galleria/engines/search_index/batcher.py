"""Group commits: many small changes become durable together.

A commit costs about as much for one product as for a thousand, so changes wait for each other, a
second at the most, and each caller waits until its own are durable. Only then may it move its
position in the event log: what a crash loses is delivered again.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Generic, TypeVar

from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.port import IndexWriter

DocumentT = TypeVar("DocumentT")

# Long enough for the changes of one event batch to meet, too short for a merchant to notice.
_GATHER_S = 0.02


class CommitBatcher(Generic[DocumentT]):
    """Commits for all callers of one writer. Use it from one event loop."""

    def __init__(
        self,
        writer: IndexWriter[DocumentT],
        *,
        max_delay_s: float = 1.0,
        max_documents: int = 10_000,
    ) -> None:
        """Commit once in `max_delay_s`, or when `max_documents` have gathered; soon when idle."""
        self._writer = writer
        self._max_delay_s = max_delay_s
        self._max_documents = max_documents
        self._documents = 0
        self._committed_at_s = -max_delay_s
        self._waiting: list[asyncio.Future[None]] = []
        # Held from a change's first document to its place among the waiting, and during commits:
        # a commit never divides a call, nor resolves one that it did not contain.
        self._writing = asyncio.Lock()
        self._is_full = asyncio.Event()
        self._timer: asyncio.Task[None] | None = None

    @property
    def writer(self) -> IndexWriter[DocumentT]:
        """The writer itself, for a rebuild."""
        return self._writer

    async def apply(
        self, tenant_id: int, upserts: Sequence[DocumentT], deletes: Sequence[str] = ()
    ) -> None:
        """Apply the changes and return when they are durable; see `IndexWriter.apply`.

        Raises:
            InvalidSearchDocument: the engine cannot take one of them; nobody else is affected.
            SearchUnavailable: they are not in the index; apply them again.
        """
        async with self._writing:
            try:
                await self._writer.apply(tenant_id, upserts, deletes)
            except SearchUnavailable as error:
                # The engine undid everything since the last commit, not only this call's part.
                self._settle(error)
                raise
            durable = asyncio.get_running_loop().create_future()
            self._waiting.append(durable)
            self._documents += len(upserts) + len(deletes)
            if self._documents >= self._max_documents:
                self._is_full.set()
            if self._timer is None:
                self._timer = asyncio.create_task(self._commit_when_due())
        await durable

    async def flush(self) -> None:
        """Commit now, for everyone who waits."""
        async with self._writing:
            await self._commit()

    async def close(self) -> None:
        """Commit what waits. The writer stays open: it belongs to whoever opened it."""
        timer = self._timer
        if timer is not None:
            self._is_full.set()
            await timer

    async def _commit_when_due(self) -> None:
        delay_s = max(_GATHER_S, self._committed_at_s + self._max_delay_s - monotonic())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_full.wait(), delay_s)
        async with self._writing:
            self._timer = None
            await self._commit()

    async def _commit(self) -> None:
        if not self._waiting:
            return
        # Whatever ends the commit, nobody may wait for ever or believe what did not happen.
        outcome: SearchUnavailable | None = SearchUnavailable("the commit was broken off")
        try:
            await self._writer.commit()
            outcome = None
        except SearchUnavailable as error:
            outcome = error
        finally:
            self._committed_at_s = monotonic()
            self._settle(outcome)

    def _settle(self, error: SearchUnavailable | None) -> None:
        waiting, self._waiting = self._waiting, []
        self._documents = 0
        self._is_full.clear()
        for durable in waiting:
            if durable.done():
                continue
            if error is None:
                durable.set_result(None)
            else:
                durable.set_exception(SearchUnavailable(error.detail))
