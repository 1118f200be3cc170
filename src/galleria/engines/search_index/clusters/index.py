"""Several search clusters as one index."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from time import monotonic
from typing import TypeVar

from galleria.engines.search_index.clusters.asking import Asker
from galleria.engines.search_index.clusters.cluster import Cluster, Question
from galleria.engines.search_index.clusters.following import Following
from galleria.engines.search_index.clusters.marked import MarkedIndex
from galleria.engines.search_index.clusters.model import ClusterPolicy, ClusterStatus
from galleria.engines.search_index.clusters.writer import ClusteredWriter
from galleria.engines.search_index.errors import (
    SearchClusterNotFound,
    SearchTimeout,
    SearchUnavailable,
)
from galleria.engines.search_index.model import (
    IndexStatus,
    SearchQuery,
    SearchResult,
    Suggestions,
    SuggestQuery,
)
from galleria.foundation.telemetry import logger

T = TypeVar("T")

MOST_CLUSTERS = 8
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_COUNT_WITHIN_S = 10.0  # an operator's question, not a shopper's

_log = logger(__name__)


def is_name(text: str) -> bool:
    """True when a cluster may be called so."""
    return _NAME.fullmatch(text) is not None


class ClusteredSearch:
    """The port's SearchIndex over several clusters, each of which holds all documents.

    Use it from one event loop. What it knows of the clusters' health is this process' own; which of
    them are whole is the same for all processes.
    """

    def __init__(
        self,
        indexes: Mapping[str, MarkedIndex],
        *,
        near: Sequence[str] = (),
        drained: Collection[str] = (),
        policy: ClusterPolicy | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Take the clusters over: they are closed with this index.

        Args:
            indexes: up to 8 clusters of one kind, by names that never change: letters a to z,
                digits and hyphens, 40 at most. When the first has been an index for itself, it is
                the one that is believed until the others have been filled by a rebuild. One alone
                is marked like several, or nobody would know later what the others have missed.
            near: names of those to prefer, the nearest first.
            drained: names of those not to be asked, until `undrain`.
            policy: how patient to be.
            clock: seconds that only grow.
        """
        assert 1 <= len(indexes) <= MOST_CLUSTERS, f"1 to {MOST_CLUSTERS} search clusters"
        assert all(map(is_name, indexes)), f"search clusters: {', '.join(indexes)}"
        policy = policy or ClusterPolicy()
        self._indexes = dict(indexes)
        self._clusters = [Cluster(name, each, policy, clock) for name, each in indexes.items()]
        for name in (*near, *drained):
            self._cluster(name)
        for name in drained:
            self.drain(name)
        self._following = Following(self._clusters, policy, clock)
        self._asker = Asker(self._clusters, near, policy, clock)
        self._clock = clock
        self._is_closed = False

    async def search(
        self, tenant_id: int, query: SearchQuery, *, deadline_s: float = 1.0
    ) -> SearchResult:
        """See `port.SearchIndex`."""
        return await self._ask(
            lambda index, left_s: index.search(tenant_id, query, deadline_s=left_s), deadline_s
        )

    async def suggest(
        self, tenant_id: int, query: SuggestQuery, *, deadline_s: float = 0.5
    ) -> Suggestions:
        """See `port.SearchIndex`."""
        return await self._ask(
            lambda index, left_s: index.suggest(tenant_id, query, deadline_s=left_s), deadline_s
        )

    async def count(self, tenant_id: int) -> int:
        """See `port.SearchIndex`."""
        return await self._ask(lambda index, _: index.count(tenant_id), _COUNT_WITHIN_S)

    async def refresh(self) -> None:
        """See `port.SearchIndex`; of clusters that cannot be reached only one is needed."""
        outcomes, _ = await asyncio.gather(
            self._of_each(lambda index: index.refresh()), self._following.catch_up()
        )
        if not any(each.is_whole and each.name in outcomes for each in self._clusters):
            raise SearchUnavailable("no search cluster that is whole can be reached")

    async def status(self) -> IndexStatus:
        """The state of all clusters together.

        Documents are those of the fullest cluster that is whole, segments and bytes those of all.
        It `needs_rebuild` when a cluster that can be reached has missed a commit.
        """
        await self._following.catch_up()
        states = await self._of_each(lambda index: index.status())
        # One that cannot be reached says that it needs a rebuild, and none would help it now.
        reached = [each for each in self._clusters if not self._following.is_silent(each)]
        whole = [states[each.name] for each in reached if each.is_whole and each.name in states]
        return IndexStatus(
            documents=max((each.documents for each in whole), default=0),
            segments=sum(each.segments for each in states.values()),
            size_bytes=sum(each.size_bytes for each in states.values()),
            needs_rebuild=(
                self._following.needs_rebuild or any(each.needs_rebuild for each in whole)
            ),
            is_readable=any(each.is_readable for each in whole),
        )

    async def cluster_status(self) -> list[ClusterStatus]:
        """How each cluster does, in the operator's order, as this process sees it."""
        await self._following.catch_up()
        return [each.status() for each in self._clusters]

    @property
    def are_drained(self) -> dict[str, bool]:
        """Which clusters are not to be asked, of all, in the operator's order."""
        return {each.name: each.is_drained for each in self._clusters}

    def drain(self, name: str) -> None:
        """Ask the cluster nothing more; what is under way ends, and it is written as before.

        Raises:
            SearchClusterNotFound: no cluster has this name.
        """
        self._cluster(name).is_drained = True

    def undrain(self, name: str) -> None:
        """Ask the cluster again. Raises SearchClusterNotFound."""
        self._cluster(name).is_drained = False

    async def open_writer(self) -> ClusteredWriter:
        """The one writer of all clusters, those that can be reached and are whole.

        Raises:
            SearchWriterBusy: another process writes one of them.
            SearchUnavailable: none that is whole can be written.
        """
        return await ClusteredWriter(self._indexes).open()

    async def close(self) -> None:
        """See `port.SearchIndex`."""
        self._is_closed = True
        await self._following.close()
        await self._of_each(lambda index: index.close())

    async def _ask(self, question: Question[T], deadline_s: float) -> T:
        if self._is_closed:
            raise SearchUnavailable("search is shutting down")
        ends_at_s = self._clock() + deadline_s
        await self._following.keep_up(deadline_s / 2)
        left_s = ends_at_s - self._clock()
        if left_s <= 0:
            raise SearchTimeout(f"no result within {deadline_s:g} s", retry_after_s=1)
        return await self._asker.ask(question, left_s)

    async def _of_each(self, ask: Callable[[MarkedIndex], Awaitable[T]]) -> dict[str, T]:
        """What the clusters say that can be reached, by name."""
        outcomes = await asyncio.gather(
            *(ask(each.index) for each in self._clusters), return_exceptions=True
        )
        found: dict[str, T] = {}
        for cluster, outcome in zip(self._clusters, outcomes, strict=True):
            if isinstance(outcome, Exception):  # whatever it is, the others go on
                _log.warning("search_cluster_unreachable", cluster=cluster.name, why=repr(outcome))
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                found[cluster.name] = outcome
        return found

    def _cluster(self, name: str) -> Cluster:
        for each in self._clusters:
            if each.name == name:
                return each
        raise SearchClusterNotFound(f"there is no search cluster {name!r}")
