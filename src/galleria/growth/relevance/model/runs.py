"""Runs: every query of a set asked once, and what came of it in figures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from galleria.growth.relevance.model.measures import CLASSES, Measures, QueryClass, mean, quantile

MOST_RUNS = 50  # of a set; older ones make room
State = Literal["waiting", "running", "done", "failed"]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the queries came to on average.

    Measures are means over the queries for which they could be taken, 0 to 1. `scored_count` is
    how many of the queries have an nDCG, `empty_share` how many found nothing, `judged_share` how
    many of the hits shown are judged; times are of the search alone, in milliseconds.
    """

    query_count: int
    scored_count: int
    ndcg: float | None
    recall: float | None
    precision: float | None
    reciprocal_rank: float | None
    empty_share: float
    judged_share: float
    p50_ms: float
    p95_ms: float


class QueryScore(Measures, frozen=True, kw_only=True):
    """What came of one query. `found` are the products shown, best first."""

    query: str
    query_class: QueryClass
    total: int
    match: str
    took_ms: float
    found: list[UUID]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """All queries of a set asked by a profile of the search, in a release of the program."""

    relevance_run_id: UUID
    judgment_set_id: UUID
    profile: str
    release: str
    state: State
    requested_by: str
    requested_at: datetime
    ended_at: datetime | None
    query_count: int
    asked_count: int
    figures: Figures | None
    classes: dict[str, Figures]
    failure: str | None

    @property
    def has_ended(self) -> bool:
        """It will not change any more."""
        return self.state in {"done", "failed"}

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return min(1.0, self.asked_count / self.query_count) if self.query_count else 0.0


def figures_of(scores: Sequence[QueryScore]) -> Figures | None:
    """The figures of these queries, None of none."""
    if not scores:
        return None
    times = [each.took_ms for each in scores]
    shown = sum(each.shown_count for each in scores)
    judged = sum(each.judged_count for each in scores)
    return Figures(
        query_count=len(scores),
        scored_count=sum(each.ndcg is not None for each in scores),
        ndcg=mean(each.ndcg for each in scores),
        recall=mean(each.recall for each in scores),
        precision=mean(each.precision for each in scores),
        reciprocal_rank=mean(each.reciprocal_rank for each in scores),
        empty_share=sum(each.total == 0 for each in scores) / len(scores),
        judged_share=judged / shown if shown else 0.0,
        p50_ms=quantile(times, 0.5),
        p95_ms=quantile(times, 0.95),
    )


def figures_by_class(scores: Sequence[QueryScore]) -> dict[str, Figures]:
    """The figures of each class that has queries."""
    found = {
        name: figures_of([each for each in scores if each.query_class == name]) for name in CLASSES
    }
    return {name: figures for name, figures in found.items() if figures is not None}
