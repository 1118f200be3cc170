"""The first hits put in order anew by what a shop knows of its products besides their words.

An engine finds the best by their words, quickly and without looking at all of them; what is popular
or new then comes before what is not among those. Hits beyond the first hundred stay as they are.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from galleria.engines.search_index.model import Ranking

FIRST = 100
_DAY_S = 86_400
_TEN = 10


class Signals(NamedTuple):
    """What is known of one product, from 0 to 1; the time in seconds since 1970, 0 for none."""

    popularity: float
    margin: float
    published_at_s: float
    is_available: bool


def has_signals(ranking: Ranking) -> bool:
    """Something besides the words counts."""
    weights = (ranking.popularity, ranking.margin, ranking.freshness, ranking.availability)
    return any(weights)


def factor_of(ranking: Ranking, signals: Signals, now_s: float) -> float:
    """By what to multiply a hit's score."""
    factor = 1.0 + ranking.popularity * signals.popularity + ranking.margin * signals.margin
    if ranking.freshness and signals.published_at_s:
        age_days = max(0.0, now_s - signals.published_at_s) / _DAY_S
        factor += ranking.freshness * 0.5 ** (age_days / ranking.fresh_days)
    if signals.is_available:
        factor += ranking.availability
    return factor


def spread(brands: Sequence[str], most_of_a_brand: int) -> list[int]:
    """In which order to show hits of these brands, so that of each ten at most so many are of one
    brand, as long as there are others. Hits without a brand are of none."""
    if not most_of_a_brand:
        return list(range(len(brands)))
    waiting = list(range(len(brands)))
    shown: list[int] = []
    while waiting:
        begun = len(shown) % _TEN
        there = Counter(brands[at] for at in shown[len(shown) - begun :])
        fits = (at for at in waiting if not brands[at] or there[brands[at]] < most_of_a_brand)
        following = next(fits, waiting[0])
        waiting.remove(following)
        shown.append(following)
    return shown
