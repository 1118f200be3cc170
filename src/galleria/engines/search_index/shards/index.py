"""The port on Tantivy, one index for many shops and some with their own."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TypeVar

from galleria.engines.search_index.embedded.documents import PRODUCTS
from galleria.engines.search_index.embedded.folder import IndexFolder
from galleria.engines.search_index.embedded.index import TantivyIndex
from galleria.engines.search_index.embedded.reader import MAX_STALENESS_S
from galleria.engines.search_index.embedded.sampling import EXACT
from galleria.engines.search_index.errors import SearchTimeout, SearchUnavailable
from galleria.engines.search_index.model import (
    IndexStatus,
    SearchQuery,
    SearchResult,
    Suggestions,
    SuggestQuery,
)
from galleria.engines.search_index.placing import SHARED, ShardStatus, Wish
from galleria.engines.search_index.pool import SearchPool
from galleria.engines.search_index.shards.folder import ShardFolder
from galleria.engines.search_index.shards.following import Following
from galleria.engines.search_index.shards.places import PlacesFile
from galleria.engines.search_index.shards.shard import Shard
from galleria.engines.search_index.shards.wishes import Wishes
from galleria.engines.search_index.shards.writer import ShardedWriter
from galleria.engines.search_index.shards.writers import OpenWriters

T = TypeVar("T")

_COUNT_WITHIN_S = 10.0  # an operator's question, not a shopper's
_MOST_SWITCHES = 3  # during one question; a switch takes the time that filling an index takes
_NONE = IndexStatus(documents=0, segments=0, size_bytes=0, needs_rebuild=True, is_readable=False)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What shops' own indexes may take in one process.

    Args:
        most_open: so many are kept open to read, each some file maps; who was asked longest ago
            goes first.
        most_writers: so many are open to write at once, besides one that is being filled.
        heap_bytes: memory that changes of one gather in, at least 15 MB.
        idle_s: a writer that had nothing to do for so long is closed.
    """

    most_open: int = 64
    most_writers: int = 4
    heap_bytes: int = 32_000_000
    idle_s: float = 300.0


BOUNDS = Bounds()


def open_sharded(
    folder: Path,
    *,
    threads: int = 2,
    max_waiting: int = 64,
    writer_heap_bytes: int = 96_000_000,
    exact: int = EXACT,
    bounds: Bounds = BOUNDS,
) -> "ShardedIndex":
    """The index in `folder`, made empty when there has never been one.

    Args:
        folder: as for `open_tantivy`, whose folder is one in which all shops share.
        threads: searches at the same time in this process, whatever part they ask.
        max_waiting: searches that may wait for a thread; further ones are refused.
        writer_heap_bytes: memory that changes of the shared index gather in, at least 15 MB.
        exact: so many hits are counted one by one, and of more a sample.
        bounds: what shops' own indexes may take.
    """
    pool = SearchPool(threads, max_waiting)
    return ShardedIndex(folder, pool, writer_heap_bytes, exact, bounds)


class ShardedIndex:
    """The port's SearchIndex, and `placing.PlacedIndex`."""

    def __init__(
        self,
        folder: Path,
        pool: SearchPool,
        writer_heap_bytes: int,
        exact: int,
        bounds: Bounds,
    ) -> None:
        """See `open_sharded`."""
        shared = IndexFolder(folder, PRODUCTS)
        self._pool = pool
        self._writer_heap_bytes = writer_heap_bytes
        self._exact = exact
        self._bounds = bounds
        self._shared = Shard(shared, pool, writer_heap_bytes, exact)
        self._file = PlacesFile(folder)
        self._following = Following(self._file, MAX_STALENESS_S)
        self._wishes = Wishes(folder)
        self._open: OrderedDict[str, Shard] = OrderedDict()
        self._opening = Lock()

    async def search(
        self, tenant_id: int, query: SearchQuery, *, deadline_s: float = 1.0
    ) -> SearchResult:
        """See `port.SearchIndex`."""
        return await self._ask(
            tenant_id,
            lambda index, left_s: index.search(tenant_id, query, deadline_s=left_s),
            deadline_s,
        )

    async def suggest(
        self, tenant_id: int, query: SuggestQuery, *, deadline_s: float = 0.5
    ) -> Suggestions:
        """See `port.SearchIndex`."""
        return await self._ask(
            tenant_id,
            lambda index, left_s: index.suggest(tenant_id, query, deadline_s=left_s),
            deadline_s,
        )

    async def count(self, tenant_id: int) -> int:
        """See `port.SearchIndex`."""
        return await self._ask(tenant_id, lambda index, _: index.count(tenant_id), _COUNT_WITHIN_S)

    async def refresh(self) -> None:
        """See `port.SearchIndex`."""
        self._following.look()
        await self._shared.refresh()
        places, _ = self._following.known()
        with self._opening:
            opened = [self._open[name] for name in places.own.values() if name in self._open]
        for each in opened:
            await each.refresh()

    async def status(self) -> IndexStatus:
        """See `port.SearchIndex`: all parts together. One that cannot be read is to be rebuilt."""
        parts = [each for each in await self.shards() if not each.is_filling]
        return IndexStatus(
            documents=sum(each.documents for each in parts),
            segments=sum(each.segments for each in parts),
            size_bytes=sum(each.size_bytes for each in parts),
            needs_rebuild=any(each.needs_rebuild for each in parts),
            is_readable=all(each.is_readable for each in parts),
        )

    async def shards(self) -> list[ShardStatus]:
        """See `placing.PlacedIndex`."""
        for _ in range(_MOST_SWITCHES):
            before = self._following.look()
            found = await self._look_at_all()
            if self._following.look() == before:  # else one may be gone that was looked for
                break
        return found

    async def _look_at_all(self) -> list[ShardStatus]:
        places, _ = self._following.known()
        named = {SHARED: ""} | dict(sorted(places.own.items()))
        found = [_told(key, await self._status(name)) for key, name in named.items()]
        for tenant_id, moving in sorted(places.moving.items()):
            if moving.folder:
                found.append(await self._filling(tenant_id, moving.folder))
        return found

    async def own_of(self) -> Mapping[int, str]:
        """See `placing.PlacedIndex`."""
        self._following.look()
        return self._following.known()[0].own

    async def sizes(self, tenant_ids: Collection[int], *, is_exact: bool = False) -> dict[int, int]:
        """See `placing.PlacedIndex`."""
        own = await self.own_of()
        shared = [each for each in tenant_ids if each not in own]
        found = await self._shared.sizes(shared, is_exact=is_exact)
        for tenant_id in own.keys() & set(tenant_ids):
            found |= await self._part(own[tenant_id]).sizes([tenant_id], is_exact=True)
        return found

    async def wish(self, tenant_id: int, wish: Wish) -> None:
        """See `placing.PlacedIndex`."""
        await asyncio.to_thread(self._wishes.note, tenant_id, wish)

    async def wishes(self) -> Mapping[int, Wish]:
        """See `placing.PlacedIndex`."""
        return await asyncio.to_thread(self._wishes.all)

    async def open_writer(self) -> ShardedWriter:
        """See `port.SearchIndex`."""
        bounds = self._bounds
        writers = OpenWriters(
            self._file, self._writer_heap_bytes, bounds.heap_bytes, bounds.most_writers
        )
        return await ShardedWriter(self._file, writers, bounds.idle_s).open()

    async def close(self) -> None:
        """See `port.SearchIndex`."""
        await asyncio.to_thread(self._pool.close)

    async def _ask(
        self,
        tenant_id: int,
        question: Callable[[TantivyIndex, float], Awaitable[T]],
        deadline_s: float,
    ) -> T:
        """The answer of the part that the shop lies in. Raises: as `SearchIndex.search`.

        A shop's documents leave a part only after the file of places has changed. So an answer
        holds if the file is, after it, what it was before; else the question is asked again.
        """
        ends_at_s = monotonic() + deadline_s
        for is_last in (*(False,) * _MOST_SWITCHES, True):
            places, before = self._following.known()
            try:
                index = self._part(places.folder_of(tenant_id))
                answer = await question(index, ends_at_s - monotonic())
                if self._following.look() == before:
                    return answer
            except SearchTimeout:
                raise
            except SearchUnavailable:
                if is_last or self._following.look() == before:
                    raise
            if ends_at_s <= monotonic():
                raise SearchTimeout(f"no result within {deadline_s:g} s", retry_after_s=1)
        raise SearchUnavailable("the shop's index is being moved")

    def _part(self, folder: str) -> Shard:
        """The part in a folder, opened when it is not. Raises SearchUnavailable."""
        if not folder:
            return self._shared
        with self._opening:
            part = self._open.get(folder)
            if part is None:
                path = self._file.folder(folder)
                part = Shard(ShardFolder(path), self._pool, self._bounds.heap_bytes, self._exact)
                self._open[folder] = part
                if len(self._open) > self._bounds.most_open:
                    self._open.popitem(last=False)  # searches under way keep what they have open
            else:
                self._open.move_to_end(folder)
            return part

    async def _filling(self, tenant_id: int, folder: str) -> ShardStatus:
        documents, size_bytes = 0, 0
        with suppress(SearchUnavailable):  # it is not there yet, or no longer
            documents, size_bytes = await self._part(folder).kept_so_far()
        return ShardStatus(
            tenant_id=tenant_id,
            documents=documents,
            segments=0,
            size_bytes=size_bytes,
            needs_rebuild=False,
            is_filling=True,
        )

    async def _status(self, folder: str) -> IndexStatus:
        try:
            part = self._part(folder)
        except SearchUnavailable:  # lost; one that is merely busy says so by itself
            return _NONE
        return await part.status()


def _told(tenant_id: int, status: IndexStatus) -> ShardStatus:
    return ShardStatus(
        tenant_id=tenant_id,
        documents=status.documents,
        segments=status.segments,
        size_bytes=status.size_bytes,
        needs_rebuild=status.needs_rebuild,
        is_readable=status.is_readable,
    )
