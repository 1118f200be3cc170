"""Which clusters are whole, followed from commit to commit in any process.

Positions are read while questions are asked, at most twice a second, in the background; only who
has not looked for a while waits for it. So a cluster that misses a commit is asked for one look
longer at the most.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic

from galleria.engines.search_index.clusters.cluster import Cluster
from galleria.engines.search_index.clusters.marks import Mark, mark_in, number_of, standing
from galleria.engines.search_index.clusters.model import ClusterPolicy
from galleria.foundation.telemetry import logger

# Less than a look and the next one are apart, or a cluster that is gone would hold questions up.
_LOOK_WITHIN_S = 0.25
_FIRST_LOOK_WITHIN_S = 0.5  # a connection may have to be made first
_NEVER_S = float("-inf")

_log = logger(__name__)


class Following:
    """Says of each cluster whether it is whole. Used from one event loop."""

    def __init__(
        self,
        clusters: Sequence[Cluster],
        policy: ClusterPolicy,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Nothing has been read yet, so nobody is whole."""
        self._clusters = clusters
        self._names = [each.name for each in clusters]
        self._every_s = policy.look_every_s
        self._clock = clock
        self._found: dict[str, Mark | None] = {}
        self._begun_at_s: dict[str, float] = dict.fromkeys(self._names, _NEVER_S)
        self._read_at_s: dict[str, float] = dict.fromkeys(self._names, _NEVER_S)
        self._silent: set[str] = set()
        self._looks: dict[str, asyncio.Task[None]] = {}
        self._latest: Mark | None = None
        # Several commits may follow each other between the looks at two clusters. So a cluster only
        # has to stand where all were known to stand before it was looked at.
        self._is_high_enough: dict[str, bool] = dict.fromkeys(self._names, False)

    @property
    def needs_rebuild(self) -> bool:
        """True when a cluster that can be reached has missed something, or all may have."""
        behind = any(each.is_behind and not self.is_silent(each) for each in self._clusters)
        return behind or (self._latest is not None and self._latest.is_doubtful)

    def is_silent(self, cluster: Cluster) -> bool:
        """True when it could not be reached when it was looked at last."""
        return cluster.name in self._silent

    async def keep_up(self, within_s: float) -> None:
        """What is known is not older than two looks, unless `within_s` seconds pass first."""
        now_s = self._clock()
        self._look(now_s - self._every_s)
        # Who was silent the last time keeps nobody waiting; it will be heard when it speaks.
        old = [
            self._looks[name]
            for name in self._looks.keys() - self._silent
            if now_s - self._read_at_s[name] >= 2 * self._every_s
        ]
        if old:
            await asyncio.wait(old, timeout=within_s)

    async def catch_up(self) -> None:
        """From now on what all clusters say by now is known."""
        while self._looks:  # those under way may have read before
            await asyncio.wait(list(self._looks.values()))
        self._look(float("inf"))
        await asyncio.wait(list(self._looks.values()))

    async def close(self) -> None:
        """Look no more."""
        looks = list(self._looks.values())
        for each in looks:
            each.cancel()
        await asyncio.gather(*looks, return_exceptions=True)

    def _look(self, begun_before_s: float) -> None:
        """Begin to look at all that nobody has begun to look at since then."""
        for cluster in self._clusters:
            name = cluster.name
            if name not in self._looks and self._begun_at_s[name] <= begun_before_s:
                self._begun_at_s[name] = self._clock()
                look = self._looks[name] = asyncio.create_task(self._look_at(cluster))
                look.add_done_callback(partial(self._looked, name))

    def _looked(self, name: str, _: "asyncio.Task[None]") -> None:
        del self._looks[name]

    async def _look_at(self, cluster: Cluster) -> None:
        name, began_s = cluster.name, self._clock()
        known = self._latest
        within_s = _LOOK_WITHIN_S if name in self._found else _FIRST_LOOK_WITHIN_S
        try:
            position = await asyncio.wait_for(cluster.index.position(), within_s)
        except Exception as error:  # an engine of any make, and nobody waits for this task
            if name not in self._silent:
                _log.warning("search_cluster_silent", cluster=name, why=repr(error)[:500])
            self._silent.add(name)
            return
        self._silent.discard(name)
        self._read_at_s[name] = began_s
        mark = self._found[name] = mark_in(position)
        self._is_high_enough[name] = known is not None and number_of(mark) >= known.floor
        if number_of(mark) > number_of(self._latest):
            self._latest = mark
        self._weigh()

    def _weigh(self) -> None:
        now = standing(self._names, self._found)
        for cluster in self._clusters:
            if cluster.name not in self._found:
                continue
            is_whole = cluster.name in now.whole or self._keeps_up(cluster, now.latest)
            if is_whole is cluster.is_behind:
                write = _log.info if is_whole else _log.warning
                write(
                    "search_cluster_is_whole" if is_whole else "search_cluster_is_behind",
                    cluster=cluster.name,
                )
            cluster.is_whole, cluster.is_behind = is_whole, not is_whole

    def _keeps_up(self, cluster: Cluster, latest: Mark | None) -> bool:
        is_member = latest is not None and cluster.name in latest.members
        return is_member and self._is_high_enough[cluster.name]
