"""What a merchant says of the hits: these first, those not at all, some earlier, some later."""

from collections.abc import Sequence

from galleria.engines.search_index.model import SearchQuery, Sort
from galleria.engines.search_index.opensearch.clauses import (
    EVERYTHING,
    Clause,
    any_of,
    none_of,
    scored,
)
from galleria.engines.search_index.opensearch.narrowing import Narrowing

PINNED = 1e5  # what is pinned scores more than this, and nothing else does
_FIRST = 1e6
_STEP = 1e4
_ORDINARY = 1.0  # what a product scores that nobody's words brought


def curated(narrowing: Narrowing, query: SearchQuery, asked: Sequence[Clause]) -> list[Clause]:
    """What the words ask for, and what is pinned, scored as the merchant wants it."""
    if query.sort is Sort.NEWEST and query.pinned:
        # Only what is pinned scores, so that the date decides among all others.
        found = [{"bool": {"filter": list(asked) or [EVERYTHING]}}, *_pins(narrowing, query)]
        return [any_of(found)]
    if not (query.pinned or query.lifts) or query.sort is not Sort.RELEVANCE:
        return list(asked)
    base = list(asked) or [scored(EVERYTHING, _ORDINARY)]
    found = [base[0] if len(base) == 1 else {"bool": {"must": base}}, *_pins(narrowing, query)]
    lifts = [
        # The engine knows no scores below 0: what does not come later comes earlier instead.
        scored(having if each.by > 0 else none_of([having]), abs(each.by))
        for each in query.lifts
        if each.by and (having := narrowing.having(each.filter))
    ]
    return [{"bool": {"must": [any_of(found)], "should": lifts}}]


def lifted_by(query: SearchQuery) -> float:
    """By how much `curated` scores all hits too high, for those that come later."""
    return -sum(each.by for each in query.lifts if each.by < 0)


def _pins(narrowing: Narrowing, query: SearchQuery) -> list[Clause]:
    return [
        scored(narrowing.products([each]), _FIRST - at * _STEP)
        for at, each in enumerate(dict.fromkeys(query.pinned))
    ]
