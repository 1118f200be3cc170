"""The first hits, put in order anew by what the words alone do not say."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from galleria.engines.search_index.kinds import FIRST, factors
from galleria.engines.search_index.model import Ranking
from galleria.engines.search_index.opensearch.curating import PINNED
from galleria.engines.search_index.preparing import Card

WEIGHED = 100  # hits whose signals are looked at


class Scored(NamedTuple):
    """A hit, and what it scores."""

    score: float
    card: Card


def in_order(hits: Sequence[Scored], lifts: Mapping[int, float], ranking: Ranking) -> list[Scored]:
    """The first hits by words, signals and kind, those of one score as they came; then the rest.

    What is pinned stays where it is, and so does what a merchant wants last.
    """
    first = [_weighed(each, _signals(each.card, ranking)) for each in hits[:WEIGHED]]
    by_kind = factors([each.card.traits for each in first[:FIRST]], lifts)
    first[:FIRST] = [
        _weighed(each, factor**ranking.kinds)
        for each, factor in zip(first[:FIRST], by_kind, strict=True)
    ]
    return [*sorted(first, key=lambda each: -each.score), *hits[WEIGHED:]]


def _weighed(hit: Scored, factor: float) -> Scored:
    return hit._replace(score=hit.score * factor) if 0 < hit.score < PINNED else hit


def _signals(card: Card, ranking: Ranking) -> float:
    return 1.0 + ranking.popularity * card.popularity + ranking.margin * card.margin
