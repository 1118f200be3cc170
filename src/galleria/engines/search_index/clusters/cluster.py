"""One cluster, as this process knows it: how well it does, and what is under way in it."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, TypeAlias, TypeVar

from galleria.engines.search_index.clusters.breaker import Breaker
from galleria.engines.search_index.clusters.latency import Latencies
from galleria.engines.search_index.clusters.marked import MarkedIndex
from galleria.engines.search_index.clusters.model import (
    ClusterPolicy,
    ClusterState,
    ClusterStatus,
)
from galleria.engines.search_index.errors import (
    InvalidSearchQuery,
    SearchOverloaded,
    SearchTimeout,
)
from galleria.foundation.telemetry import logger, metrics

T = TypeVar("T")

Question: TypeAlias = Callable[[MarkedIndex, float], Awaitable[T]]
"""Asks an index something, within so many seconds."""

# Somebody who is in a great hurry must not have a cluster left alone that keeps others content.
SHORTEST_STALL_S = 0.25
_UNKNOWN_PATIENCE_S = 0.05  # while nobody knows how long this cluster usually takes
_LEAST_LATENCY_S = 0.0005  # so that the number of questions counts where all answer at once
_REST_S = 0.2

_log = logger(__name__)
_questions = metrics.counter(
    "galleria_search_cluster_questions",
    "Questions to search clusters by how they ended; called_off: another cluster was sooner.",
    ["cluster", "outcome"],
)
_extra_questions = metrics.counter(
    "galleria_search_cluster_extra_questions",
    "Questions of these that another cluster had been asked before.",
    ["cluster"],
)


class Cluster:
    """A named index, and what we remember of it. Used from one event loop."""

    def __init__(
        self,
        name: str,
        index: MarkedIndex,
        policy: ClusterPolicy,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Not asked before `is_whole` says that it may be."""
        self.name = name
        self.index = index
        self.policy = policy
        self.is_drained = False
        self.is_whole = False
        self.is_behind = False
        self.in_flight = 0
        self.asked_at_s = 0.0
        self.breaker = Breaker(policy, clock)
        self._clock = clock
        self._latencies = Latencies(clock)
        self._asked = self._extra = self._failures = 0
        self._last_error: str | None = None
        self._rests_until_s = float("-inf")

    @property
    def is_wanted(self) -> bool:
        """True when its answers are right and the operator wants them."""
        return self.is_whole and not self.is_drained

    @property
    def is_full(self) -> bool:
        """True when it has as many questions of ours as it may."""
        return self.in_flight >= self.policy.most_at_once

    @property
    def is_resting(self) -> bool:
        """True when it has just refused a question because it had too many."""
        return self._clock() < self._rests_until_s

    @property
    def load_s(self) -> float:
        """How long a question may take that comes now, with those before it. One that nobody knows
        gets a question at once, and not all that come with it."""
        if not self._latencies.is_known and not self.in_flight:
            return 0.0
        return (self.in_flight + 1) * max(_LEAST_LATENCY_S, self._latencies.expected_s)

    @property
    def patience_s(self) -> float:
        """After how long an answer is later than 19 of 20 usually are."""
        usual_s = self._latencies.quantile_s(0.95)
        least_s = self.policy.least_patience_s
        return max(least_s, _UNKNOWN_PATIENCE_S if usual_s is None else usual_s)

    def ask(self, question: Question[T], within_s: float, *, is_extra: bool) -> "Attempt[T]":
        """The question is under way in this cluster. To be called inside an event loop."""
        self.in_flight += 1
        self._asked += 1
        self._extra += is_extra
        if is_extra:
            _extra_questions.labels(self.name).inc()
        self.asked_at_s = self._clock()
        return Attempt(self, question, within_s, self._clock)

    def answered(self, latency_s: float) -> None:
        """It answered after so long."""
        self._latencies.took(latency_s)
        _questions.labels(self.name, "answered").inc()

    def given_up(self, waited_s: float) -> None:
        """Nobody waited any longer than that for an answer."""
        self._latencies.given_up(waited_s)
        _questions.labels(self.name, "called_off").inc()

    def refused(self) -> None:
        """It had too much to do; others are asked first for a moment."""
        self._rests_until_s = self._clock() + _REST_S
        _questions.labels(self.name, "refused").inc()

    def failed(self, error: str, *, is_try: bool) -> None:
        """It owed an answer and gave none."""
        self._failures += 1
        _questions.labels(self.name, "failed").inc()
        self._last_error = error[:500]
        was_closed = self.breaker.is_closed
        self.breaker.failed(is_try=is_try)
        if was_closed and not self.breaker.is_closed:
            _log.warning("search_cluster_broken", cluster=self.name, error=self._last_error)

    def succeeded(self, *, is_try: bool) -> None:
        """It gave the answer it owed."""
        was_closed = self.breaker.is_closed
        self.breaker.succeeded(is_try=is_try)
        if self.breaker.is_closed and not was_closed:
            _log.info("search_cluster_works_again", cluster=self.name)

    def status(self) -> ClusterStatus:
        """How it does."""
        return ClusterStatus(
            name=self.name,
            state=self._state(),
            is_drained=self.is_drained,
            in_flight=self.in_flight,
            asked=self._asked,
            extra=self._extra,
            failures=self._failures,
            latency_ms_p50=_ms(self._latencies.quantile_s(0.5)),
            latency_ms_p95=_ms(self._latencies.quantile_s(0.95)),
            last_error=self._last_error,
        )

    def _state(self) -> ClusterState:
        if self.is_behind:
            return ClusterState.BEHIND
        if self.is_drained:
            return ClusterState.DRAINED
        if not self.breaker.is_closed or not self.is_whole:
            return ClusterState.BROKEN
        return ClusterState.SERVING


class Attempt(Generic[T]):
    """A question under way in one cluster."""

    def __init__(
        self,
        cluster: Cluster,
        question: Question[T],
        within_s: float,
        clock: Callable[[], float],
    ) -> None:
        """Made by `Cluster.ask`."""
        self.cluster = cluster
        self._clock = clock
        self._began_s = clock()
        self._stalls_s = max(SHORTEST_STALL_S, within_s / 2)
        self._is_try = cluster.breaker.begin()
        self._is_counted = False
        self.task: asyncio.Task[T] = asyncio.create_task(_asked(question, cluster.index, within_s))
        # A callback and no `finally`: a task cancelled before its first step never enters one.
        self.task.add_done_callback(self._ended)

    @property
    def waited_s(self) -> float:
        """Seconds since it began."""
        return self._clock() - self._began_s

    @property
    def stalls_in_s(self) -> float:
        """Seconds until it has taken half of its time; below 0 when it has."""
        return self._stalls_s - self.waited_s

    def look_for_stall(self) -> None:
        """Half of the time without an answer counts as a failure: a cluster that is gone without
        a word would otherwise be found out only when its questions have come to nothing."""
        if not self._is_counted and self.stalls_in_s <= 0:
            self._is_counted = True
            self.cluster.failed(f"no answer within {self._stalls_s:g} s", is_try=self._is_try)

    def _ended(self, task: "asyncio.Task[T]") -> None:
        self.cluster.in_flight -= 1
        if task.cancelled():
            self.cluster.given_up(self.waited_s)
            self._proves_nothing()
            return
        error = task.exception()
        if error is None:
            self.cluster.answered(self.waited_s)
        if error is None or isinstance(error, InvalidSearchQuery):
            if not self._is_counted:
                self.cluster.succeeded(is_try=self._is_try)
        elif isinstance(error, SearchOverloaded):
            self.cluster.refused()
            self._proves_nothing()
        elif isinstance(error, SearchTimeout) and self.waited_s < SHORTEST_STALL_S:
            self._proves_nothing()
        elif not self._is_counted:
            self.cluster.failed(str(error) or type(error).__name__, is_try=self._is_try)

    def _proves_nothing(self) -> None:
        if not self._is_counted:
            self.cluster.breaker.left(is_try=self._is_try)


async def _asked(question: Question[T], index: MarkedIndex, within_s: float) -> T:
    return await question(index, within_s)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)
