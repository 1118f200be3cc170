"""One question until its answer: asked elsewhere too when a cluster is slow, or fails.

The second question of a slow one is the "hedged request" of Dean and Barroso, The Tail at Scale
(CACM 56:2, 2013): sent when the first has taken longer than 19 of 20 usually do, it cuts the
slowest answers at the price of some more questions. Those are saved up as a share of all questions,
so that clusters which are all slow do not get twice the work.
"""

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Generic, TypeVar

from galleria.engines.search_index.clusters.choosing import chosen, refusal
from galleria.engines.search_index.clusters.cluster import Attempt, Cluster, Question
from galleria.engines.search_index.clusters.model import ClusterPolicy
from galleria.engines.search_index.errors import (
    InvalidSearchQuery,
    SearchOverloaded,
    SearchTimeout,
    SearchUnavailable,
)

T = TypeVar("T")

_MOST_AT_ONCE = 2  # clusters that work at the same question
_MOST_REFUSALS = 2  # who is refused twice for load would only make it worse elsewhere
_LOOKS = 20  # in a question's time, once it has stalled


class ExtraQuestions:
    """How many questions may be asked a second time at present."""

    def __init__(self, policy: ClusterPolicy) -> None:
        """Some at once, to begin with."""
        self._share = policy.extra_share
        self._most = float(policy.extra_at_once)
        self._saved = self._most

    def earn(self) -> None:
        """A question has come."""
        self._saved = min(self._most, self._saved + self._share)

    def take(self) -> bool:
        """True when one more may be asked now; it is then counted."""
        if self._saved < 1:
            return False
        self._saved -= 1
        return True


class Asker:
    """Brings questions to clusters. Used from one event loop."""

    def __init__(
        self,
        clusters: Sequence[Cluster],
        near: Sequence[str],
        policy: ClusterPolicy,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Ask these clusters, those called `near` first."""
        self.clock = clock
        self.extra = ExtraQuestions(policy)
        self._clusters = clusters
        self._near = near

    async def ask(self, question: Question[T], deadline_s: float) -> T:
        """The first good answer, within `deadline_s` seconds.

        Raises:
            SearchOverloaded: all clusters are full; or as a second cluster said.
            SearchUnavailable: all are broken, drained, behind; or as the first to fail said.
            SearchTimeout: there was no answer by the deadline.
            InvalidSearchQuery: as a cluster said; no other is asked.
        """
        self.extra.earn()
        return await _Race(self, question, deadline_s).run()

    def next_of(self, tried: Sequence[Cluster]) -> Cluster | None:
        """The cluster to ask next, None when there is none left."""
        return chosen(self._clusters, self._near, tried)

    def refusal(self) -> SearchUnavailable:
        """Why there is none at all."""
        return refusal(self._clusters)


class _Race(Generic[T]):
    """The attempts at one question."""

    def __init__(self, asker: Asker, question: Question[T], deadline_s: float) -> None:
        self._asker = asker
        self._question = question
        self._deadline_s = deadline_s
        self._ends_at_s = asker.clock() + deadline_s
        self._under_way: list[Attempt[T]] = []
        self._tried: list[Cluster] = []
        self._errors: list[Exception] = []
        self._wakes_at_s = 0.0

    async def run(self) -> T:
        try:
            if not self._ask_another(is_extra=False):
                raise self._asker.refusal()
            first = self._under_way[0]
            self._wakes_at_s = self._asker.clock() + first.cluster.patience_s
            while True:
                ended = await self._next_ended()
                winner = next((each for each in ended if _has_answer(each)), None)
                if winner is not None:
                    return winner.task.result()
                for each in ended:
                    self._go_on_without(each)
                if not ended:
                    self._look_around()
        finally:
            for attempt in self._under_way:
                attempt.task.cancel()

    async def _next_ended(self) -> list[Attempt[T]]:
        """Attempts that have ended; none when it is time to look around."""
        now_s = self._asker.clock()
        if now_s >= self._ends_at_s:
            raise SearchTimeout(f"no result within {self._deadline_s:g} s", retry_after_s=1)
        wait_s = max(0.0, min(self._ends_at_s, self._wakes_at_s) - now_s)
        tasks = [each.task for each in self._under_way]
        await asyncio.wait(tasks, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
        return [each for each in self._under_way if each.task.done()]

    def _go_on_without(self, attempt: Attempt[T]) -> None:
        """An attempt failed: another cluster may do better. Raises its error when none can."""
        self._under_way.remove(attempt)
        error = _error_of(attempt)
        if isinstance(error, InvalidSearchQuery):
            raise error
        self._errors.append(error)
        refusals = sum(isinstance(each, SearchOverloaded) for each in self._errors)
        is_in_time = self._asker.clock() < self._ends_at_s
        if refusals < _MOST_REFUSALS and is_in_time and self._ask_another(is_extra=True):
            return
        if not self._under_way:
            raise self._errors[-1] if refusals else self._errors[0]

    def _look_around(self) -> None:
        """It takes long: is the first cluster gone, and may a second one be asked?"""
        for attempt in self._under_way:
            attempt.look_for_stall()
        if len(self._under_way) < _MOST_AT_ONCE:
            self._hedge()
        now_s = self._asker.clock()
        soon_s = now_s + self._deadline_s / _LOOKS
        stalls_s = min(each.stalls_in_s for each in self._under_way)
        self._wakes_at_s = now_s + stalls_s if stalls_s > 0 else soon_s

    def _hedge(self) -> None:
        if self._asker.next_of(self._tried) is None:
            return
        # What waits for a cluster that does not work is no more work for the others than it was.
        is_lost = not any(each.cluster.breaker.is_closed for each in self._under_way)
        if is_lost or self._asker.extra.take():
            self._ask_another(is_extra=True)

    def _ask_another(self, *, is_extra: bool) -> bool:
        cluster = self._asker.next_of(self._tried)
        if cluster is None:
            return False
        within_s = self._ends_at_s - self._asker.clock()
        self._tried.append(cluster)
        self._under_way.append(cluster.ask(self._question, within_s, is_extra=is_extra))
        return True


def _has_answer(attempt: Attempt[T]) -> bool:
    return not attempt.task.cancelled() and attempt.task.exception() is None


def _error_of(attempt: Attempt[T]) -> Exception:
    if attempt.task.cancelled():
        return SearchUnavailable(f"search cluster {attempt.cluster.name} is being closed")
    error = attempt.task.exception()
    assert isinstance(error, Exception), "it has no answer, and asyncio passes other ends on"
    return error
