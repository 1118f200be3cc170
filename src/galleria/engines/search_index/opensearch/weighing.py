"""The first hits put in order anew; see `search_index.weighing` and `search_index.kinds`."""

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from galleria.engines.search_index import kinds
from galleria.engines.search_index.model import Ranking
from galleria.engines.search_index.opensearch.curating import PINNED
from galleria.engines.search_index.preparing import Card
from galleria.engines.search_index.weighing import FIRST, Signals, factor_of, spread


class Scored(NamedTuple):
    """A hit, and what it scores."""

    score: float
    card: Card


def in_order(hits: Sequence[Scored], lifts: Mapping[int, float], ranking: Ranking) -> list[Scored]:
    """The first hits by words, signals and kind, those of one score as they came; then the rest.

    What is pinned stays where it is, and so does what a merchant wants last.
    """
    now_s = time.time()
    first = hits[:FIRST]
    first = _multiplied(first, [factor_of(ranking, _signals(each.card), now_s) for each in first])
    of_kinds = first[: kinds.FIRST]
    by_kind = kinds.factors([each.card.traits for each in of_kinds], lifts)
    weighed = _multiplied(of_kinds, [factor**ranking.kinds for factor in by_kind])
    first = [*weighed, *first[kinds.FIRST :]]
    brands = ["" if each.score >= PINNED else each.card.brand for each in first]
    order = spread(brands, ranking.most_of_a_brand)
    return [*(first[at] for at in order), *hits[FIRST:]]


def _multiplied(hits: Sequence[Scored], factors: Sequence[float]) -> list[Scored]:
    multiplied = [
        each._replace(score=each.score * factor) if 0 < each.score < PINNED else each
        for each, factor in zip(hits, factors, strict=True)
    ]
    return sorted(multiplied, key=lambda each: -each.score)


def _signals(card: Card) -> Signals:
    return Signals(card.popularity, card.margin, card.published_at_s, card.is_available)
