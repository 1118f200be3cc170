"""One writer for all clusters: what it commits is in every cluster that is whole."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from time import time
from types import TracebackType
from typing import Self, TypeVar

from galleria.engines.search_index.clusters.marked import MarkedIndex, MarkedWriter
from galleria.engines.search_index.clusters.marks import (
    Mark,
    Standing,
    mark_in,
    standing,
    text_of,
)
from galleria.engines.search_index.errors import (
    InvalidSearchDocument,
    SearchUnavailable,
    SearchWriterBusy,
)
from galleria.engines.search_index.model import SearchDocument
from galleria.engines.search_index.port import Rebuild
from galleria.foundation.telemetry import logger

T = TypeVar("T")

_log = logger(__name__)


class ClusteredWriter:
    """The port's IndexWriter over several clusters.

    Calls are done one after the other, each to its end even when its caller goes away: half a call
    would be in one cluster and not in another.
    """

    def __init__(self, indexes: Mapping[str, MarkedIndex]) -> None:
        """Nothing is locked or opened yet; see `open`."""
        self._indexes = indexes
        self._writers: dict[str, MarkedWriter] = {}
        self._members: set[str] = set()
        self._number = self._floor = 0
        self._is_doubtful = False
        self._rebuilds: dict[str, Rebuild[SearchDocument]] = {}
        self._turn = asyncio.Lock()
        self._is_closed = False

    async def open(self) -> Self:
        """Become the writer. Raises as `ClusteredSearch.open_writer`."""
        try:
            for name in self._indexes:
                await self._open(name)
            await self._take_over(standing(list(self._indexes), await self._marks()))
        except BaseException:
            await self._close_all()
            raise
        return self

    async def apply(
        self, tenant_id: int, upserts: Sequence[SearchDocument], deletes: Sequence[str] = ()
    ) -> None:
        """See `port.IndexWriter`. A document that one cluster takes and another refuses makes the
        other one fall behind."""
        await self._in_turn(
            lambda: self._write(lambda each: each.apply(tenant_id, upserts, deletes))
        )

    async def delete_tenant(self, tenant_id: int) -> None:
        """See `port.IndexWriter`."""
        await self._in_turn(lambda: self._write(lambda each: each.delete_tenant(tenant_id)))

    async def commit(self) -> None:
        """Make all changes durable in one cluster at least. Those that fail are behind from now on:
        they are neither written nor asked until a rebuild has finished.

        Raises:
            SearchUnavailable: no cluster took it; the changes since the last commit are to be
                applied again, to all.
        """
        await self._in_turn(self._commit)

    async def begin_rebuild(self) -> "FreshIndexes":
        """Begin a fresh index in every cluster that can be reached, also in those behind; or go on
        with those that an earlier process left half made, where they lack nothing."""
        return FreshIndexes(self, await self._in_turn(self._begin_rebuild))

    async def close(self) -> None:
        """See `port.IndexWriter`."""
        if not self._is_closed:
            await self._in_turn(self._close)

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

    async def _in_turn(self, work: Callable[[], Awaitable[T]]) -> T:
        async def alone() -> T:
            async with self._turn:
                if self._is_closed:
                    raise SearchUnavailable("this writer is closed")
                return await work()

        task = asyncio.ensure_future(alone())
        task.add_done_callback(_looked_at)
        return await asyncio.shield(task)

    # Beginning.

    async def _open(self, name: str) -> None:
        """Open one cluster for writing, if it can be reached. Raises SearchWriterBusy."""
        try:
            self._writers[name] = await self._indexes[name].open_writer()
        except SearchWriterBusy:
            raise
        except Exception as error:  # whatever it is, the others go on
            _log.warning("search_cluster_not_writable", cluster=name, why=repr(error)[:500])

    async def _marks(self) -> dict[str, Mark | None]:
        """Where the clusters stand that can be read."""
        found: dict[str, Mark | None] = {}
        for name, index in self._indexes.items():
            try:
                found[name] = mark_in(await index.position())
            except Exception as error:  # as above
                _log.warning("search_cluster_silent", cluster=name, why=repr(error)[:500])
        if not found:
            raise SearchUnavailable("no search cluster can be reached")
        return found

    async def _take_over(self, before: Standing) -> None:
        latest = before.latest or Mark(0, 0, ())
        self._number, self._floor = latest.number, latest.floor
        self._is_doubtful = before.is_doubtful
        self._members = set(before.whole & self._writers.keys())
        if not self._members:
            raise SearchUnavailable("no search cluster that is whole can be written")
        if self._is_doubtful and not latest.is_doubtful:
            _log.error("search_clusters_doubtful", whole=sorted(self._members))
            await self._commit()  # so that whoever looks knows it from now on

    # Writing.

    async def _write(self, do: Callable[[MarkedWriter], Awaitable[None]]) -> None:
        failures = await self._each(self._members | self._rebuilds.keys(), do)
        lost = {name for name in self._members if name in failures}
        if lost == self._members:
            await self._nobody_took_it(failures)
        await self._without(failures)

    async def _commit(self) -> None:
        """Until all members have the same mark: who fails is not in the next one."""
        await self._without(
            await self._each(self._rebuilds.keys() - self._members, lambda each: each.commit())
        )
        while True:
            self._number = max(self._number + 1, int(time() * 1000))
            members = tuple(sorted(self._members))
            mark = text_of(Mark(self._number, self._floor, members, self._is_doubtful))

            async def commit(writer: MarkedWriter, mark: str = mark) -> None:
                await writer.mark(mark)
                await writer.commit()

            failures = await self._each(members, commit)
            if not failures:
                self._floor = self._number
                return
            if len(failures) == len(members):
                await self._nobody_took_it(failures)
            await self._without(failures)

    async def _nobody_took_it(self, failures: Mapping[str, Exception]) -> None:
        """Say so. What no member has, none of them misses."""
        refusals = {
            name: each for name, each in failures.items() if isinstance(each, InvalidSearchDocument)
        }
        refused = self._members & refusals.keys()
        if refused:
            # The others have lost what they had gathered since the last commit, and these have not.
            await self._without({n: e for n, e in failures.items() if n not in refusals})
            raise refusals[min(refused)]
        await self._end_rebuild()
        raise SearchUnavailable("no search cluster could be written: " + _said(failures))

    async def _without(self, failures: Mapping[str, Exception]) -> None:
        """Go on without clusters that failed: they have missed something."""
        for name, error in failures.items():
            if name in self._members:
                _log.error("search_cluster_falls_behind", cluster=name, why=str(error))
            self._members.discard(name)
        await self._end_rebuild(failures)

    async def _each(
        self, names: Iterable[str], do: Callable[[MarkedWriter], Awaitable[None]]
    ) -> dict[str, Exception]:
        """Do it in all these clusters at once; which of them failed, and how."""
        names = sorted(names)
        outcomes = await asyncio.gather(
            *(do(self._writers[name]) for name in names), return_exceptions=True
        )
        return _failures(dict(zip(names, outcomes, strict=True)))

    # Rebuilding.

    async def _begin_rebuild(self) -> str | None:
        """How far an earlier one had come, in all clusters alike."""
        if self._rebuilds:
            raise SearchUnavailable("a rebuild of the search clusters is under way already")
        for name in self._indexes.keys() - self._members:
            await self._reopen(name)
        for name in self._writers:
            try:
                self._rebuilds[name] = await self._fresh_in(name)
            except Exception as error:  # as above
                _log.warning("search_cluster_not_rebuilt", cluster=name, why=repr(error)[:500])
        if not self._rebuilds:
            raise SearchUnavailable("no search cluster can be rebuilt")
        reached = {each.reached for each in self._rebuilds.values()}
        # Who has come further gets the same once more, which does no harm.
        return reached.pop() if len(reached) == 1 else None

    async def _fresh_in(self, name: str) -> Rebuild[SearchDocument]:
        fresh = await self._writers[name].begin_rebuild()
        is_current = name in self._members and not self._is_doubtful
        if fresh.reached is not None and not is_current:
            # What was kept lacks what the cluster has missed since.
            await fresh.abandon()
            fresh = await self._writers[name].begin_rebuild()
        return fresh

    async def _reopen(self, name: str) -> None:
        """Whatever it failed of, it begins anew; it is left out when it still cannot be reached."""
        with suppress(SearchUnavailable):
            if (writer := self._writers.pop(name, None)) is not None:
                await writer.close()
        with suppress(SearchWriterBusy):
            await self._open(name)

    async def _rebuilding(
        self, do: Callable[[Rebuild[SearchDocument]], Awaitable[None]]
    ) -> dict[str, Exception]:
        if not self._rebuilds:
            raise SearchUnavailable("this rebuild of the search clusters has ended")
        names = sorted(self._rebuilds)
        outcomes = await asyncio.gather(
            *(do(self._rebuilds[name]) for name in names), return_exceptions=True
        )
        return _failures(dict(zip(names, outcomes, strict=True)))

    async def _add(self, tenant_id: int, documents: Sequence[SearchDocument]) -> None:
        failures = await self._rebuilding(lambda each: each.add(tenant_id, documents))
        for error in failures.values():
            if isinstance(error, InvalidSearchDocument):
                raise error
        await self._go_on_without(failures)

    async def _keep(self, reached: str) -> None:
        await self._go_on_without(await self._rebuilding(lambda each: each.keep(reached)))

    async def _go_on_without(self, failures: Mapping[str, Exception]) -> None:
        await self._end_rebuild(failures)
        if not self._rebuilds:
            raise SearchUnavailable("no search cluster is being rebuilt: " + _said(failures))

    async def _pause(self) -> None:
        await self._rebuilding(lambda each: each.pause())
        self._rebuilds.clear()

    async def _finish_rebuild(self) -> None:
        failures = await self._rebuilding(lambda each: each.finish())
        whole = self._rebuilds.keys() - failures.keys()
        await self._end_rebuild(failures)
        self._rebuilds.clear()
        if not whole:
            raise SearchUnavailable("no search cluster was rebuilt: " + _said(failures))
        _log.info("search_clusters_rebuilt", clusters=sorted(whole))
        self._members, self._is_doubtful = set(whole), False
        await self._commit()

    async def _end_rebuild(self, names: Iterable[str] | None = None) -> None:
        """Throw the fresh indexes of these clusters away, of all unless told."""
        for name in list(self._rebuilds if names is None else names):
            if (rebuild := self._rebuilds.pop(name, None)) is not None:
                with suppress(SearchUnavailable):
                    await rebuild.abandon()

    # Ending.

    async def _close(self) -> None:
        self._is_closed = True
        self._rebuilds.clear()  # what was kept of them stays for the next writer
        await self._close_all()

    async def _close_all(self) -> None:
        for name in list(self._writers):
            with suppress(SearchUnavailable):
                await self._writers.pop(name).close()


class FreshIndexes:
    """The port's Rebuild: a fresh index in each cluster."""

    def __init__(self, writer: ClusteredWriter, reached: str | None) -> None:
        """Made by `ClusteredWriter.begin_rebuild`."""
        self._writer = writer
        self.reached = reached

    async def add(self, tenant_id: int, documents: Sequence[SearchDocument]) -> None:
        """See `port.Rebuild`."""
        await self._writer._in_turn(lambda: self._writer._add(tenant_id, documents))

    async def keep(self, reached: str) -> None:
        """See `port.Rebuild`."""
        await self._writer._in_turn(lambda: self._writer._keep(reached))

    async def pause(self) -> None:
        """See `port.Rebuild`."""
        await self._writer._in_turn(self._writer._pause)

    async def finish(self) -> None:
        """See `port.Rebuild`. Clusters that fail here are behind; one at least does not."""
        await self._writer._in_turn(self._writer._finish_rebuild)

    async def abandon(self) -> None:
        """See `port.Rebuild`."""
        await self._writer._in_turn(self._writer._end_rebuild)


def _failures(outcomes: Mapping[str, BaseException | None]) -> dict[str, Exception]:
    """Those that failed. What no engine raises, such as the end of the process, goes on."""
    failed: dict[str, Exception] = {}
    for name, outcome in outcomes.items():
        if isinstance(outcome, Exception):
            failed[name] = outcome
        elif outcome is not None:
            raise outcome
    return failed


def _said(failures: Mapping[str, Exception]) -> str:
    return "; ".join(f"{name}: {error}" for name, error in sorted(failures.items()))[:500]


def _looked_at(task: "asyncio.Task[T]") -> None:
    """Nobody may be left who asks how it ended, and that is no reason for a warning."""
    if not task.cancelled():
        task.exception()
