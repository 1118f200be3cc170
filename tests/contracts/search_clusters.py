"""Real indexes as clusters, whose faults a test can choose."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from galleria.engines.search_index import (
    IndexStatus,
    Rebuild,
    SearchDocument,
    SearchQuery,
    SearchResult,
    SearchUnavailable,
    Suggestions,
    SuggestQuery,
    rebuilding,
)
from galleria.engines.search_index.clusters import (
    ClusteredSearch,
    ClusterPolicy,
    MarkedIndex,
    MarkedWriter,
)
from galleria.engines.search_index.embedded import open_tantivy
from tests.contracts.search_shops import document, question

HEAP_BYTES = 15_000_000


class Faults:
    """What is the matter with a cluster at present, and what it was asked meanwhile."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.delay_s: Callable[[], float] = lambda: 0.0
        self.is_gone = False  # nothing answers, not even with a refusal
        self.write_error: Exception | None = None
        self.write_delay_s = self.look_delay_s = 0.0
        self.finish_error: Exception | None = None
        self.asked = self.writes = self.looks = 0

    async def before_answer(self) -> None:
        """Count the question, and be late or fail."""
        self.asked += 1
        await self.reach()
        await asyncio.sleep(self.delay_s())
        if self.error is not None:
            raise self.error

    async def before_write(self) -> None:
        """Count the write, and be late or fail."""
        self.writes += 1
        await asyncio.sleep(self.write_delay_s)
        if self.write_error is not None:
            raise self.write_error

    async def reach(self) -> None:
        """Wait for ever where nothing answers."""
        if self.is_gone:
            await asyncio.sleep(3600)


class FaultyIndex:
    """A real index behind faults."""

    def __init__(self, index: MarkedIndex, faults: Faults) -> None:
        self.index = index
        self.faults = faults

    async def search(
        self, tenant_id: int, query: SearchQuery, *, deadline_s: float = 1.0
    ) -> SearchResult:
        """Late, or not at all."""
        await self.faults.before_answer()
        return await self.index.search(tenant_id, query, deadline_s=deadline_s)

    async def suggest(
        self, tenant_id: int, query: SuggestQuery, *, deadline_s: float = 0.5
    ) -> Suggestions:
        """Late, or not at all."""
        await self.faults.before_answer()
        return await self.index.suggest(tenant_id, query, deadline_s=deadline_s)

    async def count(self, tenant_id: int) -> int:
        """Late, or not at all."""
        await self.faults.before_answer()
        return await self.index.count(tenant_id)

    async def position(self) -> str | None:
        """Where a cluster is reached at all."""
        self.faults.looks += 1
        await asyncio.sleep(self.faults.look_delay_s)
        await self.faults.reach()
        if isinstance(self.faults.error, ConnectionError):
            raise SearchUnavailable("connection refused")
        return await self.index.position()

    async def refresh(self) -> None:
        """As the index."""
        await self.index.refresh()

    async def status(self) -> IndexStatus:
        """As the index; as the port has it, one that cannot be reached cannot be read."""
        if isinstance(self.faults.error, ConnectionError):
            return IndexStatus(
                documents=0, segments=0, size_bytes=0, needs_rebuild=True, is_readable=False
            )
        return await self.index.status()

    async def open_writer(self) -> "FaultyWriter":
        """A writer with the same faults."""
        if isinstance(self.faults.write_error, ConnectionError):
            raise SearchUnavailable("connection refused")
        return FaultyWriter(await self.index.open_writer(), self.faults)

    async def close(self) -> None:
        """As the index."""
        await self.index.close()


class FaultyWriter:
    """A real writer behind faults."""

    def __init__(self, writer: MarkedWriter, faults: Faults) -> None:
        self.writer = writer
        self.faults = faults

    async def apply(
        self, tenant_id: int, upserts: Sequence[SearchDocument], deletes: Sequence[str] = ()
    ) -> None:
        """As the writer, unless it fails."""
        await self.faults.before_write()
        await self.writer.apply(tenant_id, upserts, deletes)

    async def delete_tenant(self, tenant_id: int) -> None:
        """As the writer, unless it fails."""
        await self.faults.before_write()
        await self.writer.delete_tenant(tenant_id)

    async def mark(self, position: str) -> None:
        """As the writer."""
        await self.writer.mark(position)

    async def commit(self) -> None:
        """As the writer, unless it fails."""
        await self.faults.before_write()
        await self.writer.commit()

    async def begin_rebuild(self) -> Rebuild[SearchDocument]:
        """As the writer, unless it fails."""
        await self.faults.before_write()
        return FaultyRebuild(await self.writer.begin_rebuild(), self.faults)

    async def close(self) -> None:
        """As the writer."""
        await self.writer.close()

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


class FaultyRebuild:
    """A real rebuild behind faults."""

    def __init__(self, rebuild: Rebuild[SearchDocument], faults: Faults) -> None:
        self.rebuild = rebuild
        self.faults = faults
        self.reached = rebuild.reached

    async def add(self, tenant_id: int, documents: Sequence[SearchDocument]) -> None:
        """As the rebuild, unless it fails."""
        await self.faults.before_write()
        await self.rebuild.add(tenant_id, documents)

    async def keep(self, reached: str) -> None:
        """As the rebuild, unless it fails."""
        await self.faults.before_write()
        await self.rebuild.keep(reached)

    async def pause(self) -> None:
        """As the rebuild."""
        await self.rebuild.pause()

    async def finish(self) -> None:
        """As the rebuild, unless it fails."""
        await self.faults.before_write()
        if self.faults.finish_error is not None:
            raise self.faults.finish_error
        await self.rebuild.finish()

    async def abandon(self) -> None:
        """As the rebuild."""
        await self.rebuild.abandon()


class Fleet:
    """Clusters in folders, which any number of processes may open."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        self.faults = {name: Faults() for name in names}

    def open(
        self,
        *,
        near: Sequence[str] = (),
        drained: Sequence[str] = (),
        policy: ClusterPolicy | None = None,
    ) -> ClusteredSearch:
        """The clusters as one more process sees them: nothing is shared but the folders."""
        indexes = {
            name: FaultyIndex(self.alone(name), faults) for name, faults in self.faults.items()
        }
        return ClusteredSearch(indexes, near=near, drained=drained, policy=policy)

    def alone(self, name: str) -> MarkedIndex:
        """One of them for itself."""
        return open_tantivy(self.folder / name, writer_heap_bytes=HEAP_BYTES, max_waiting=500)

    def forget(self) -> None:
        """Nothing has been asked or written so far."""
        for each in self.faults.values():
            each.asked = each.writes = each.looks = 0

    @property
    def asked(self) -> dict[str, int]:
        """How many questions each cluster got."""
        return {name: each.asked for name, each in self.faults.items()}


@asynccontextmanager
async def opened(
    fleet: Fleet,
    *,
    near: Sequence[str] = (),
    drained: Sequence[str] = (),
    policy: ClusterPolicy | None = None,
) -> AsyncIterator[ClusteredSearch]:
    """The clusters as one more process sees them, until the block ends."""
    search = fleet.open(near=near, drained=drained, policy=policy)
    try:
        yield search
    finally:
        await search.close()


async def fill(fleet: Fleet, *titles: str) -> None:
    """Every cluster holds just these products of tenant 1, by a rebuild."""
    async with (
        opened(fleet) as search,
        await search.open_writer() as writer,
        rebuilding(writer) as fresh,
    ):
        await fresh.add(1, [document(each, each) for each in titles])
    fleet.forget()


async def found(search: ClusteredSearch, *, deadline_s: float = 5.0) -> list[str]:
    """The ids of all products of tenant 1."""
    answer = await search.search(1, question(limit=100), deadline_s=deadline_s)
    return sorted(hit.product_id for hit in answer.hits)


async def found_by_each(fleet: Fleet) -> dict[str, list[str]]:
    """What each cluster holds for itself."""
    held: dict[str, list[str]] = {}
    for name in fleet.faults:
        index = fleet.alone(name)
        await index.refresh()
        answer = await index.search(1, question(limit=100), deadline_s=30)
        held[name] = sorted(hit.product_id for hit in answer.hits)
        await index.close()
    return held


async def states(search: ClusteredSearch) -> dict[str, str]:
    """How the clusters are, by name."""
    return {each.name: each.state.value for each in await search.cluster_status()}


class Times:
    """How long questions took."""

    def __init__(self) -> None:
        self.taken_s: list[float] = []

    async def ask(self, search: ClusteredSearch, *, deadline_s: float = 1.0) -> SearchResult:
        """One question, timed."""
        began_s = monotonic()
        try:
            return await search.search(1, question(), deadline_s=deadline_s)
        finally:
            self.taken_s.append(monotonic() - began_s)

    def share_s(self, share: float) -> float:
        """Within how long that share of the answers came."""
        return sorted(self.taken_s)[int(share * (len(self.taken_s) - 1))]
