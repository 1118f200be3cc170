"""What kind of thing the words mean, learnt from what they find.

Of all that has "mouse" in its text most are mice, and mice have attributes that pads and cables for
mice have not. So the facets that the found products have more often than products in general tell
the kind; of the first hits those that have other facets stand back a little. It takes nobody's
clicks and no list of kinds, only that products of a kind are described by the same attributes.
"""

from collections.abc import Mapping, Sequence
from math import exp, log
from typing import Any

from tantivy import Query, Searcher

from galleria.engines.search_index.embedded.documents import trait_number
from galleria.engines.search_index.embedded.naming import TRAIT_FIELD, trait_of

FIRST = 30  # hits that are put in order anew; a shopper seldom looks at more
_LEAST_FOUND = 10  # fewer say nothing of a kind
_MOST_TRAITS = 400
_RARE = 5  # products: a facet of fewer says nothing
_LEAST_TRAITS = 3  # of a product: with fewer it is taken for an ordinary one
_WEIGHT = 0.06  # of each time that a product's facets are e times less typical
_MOST = -0.3  # a score is lowered by the factor e^-0.3 at most, about a quarter
_UNKNOWN = 0.3  # of its usual share: how often a facet is counted that no found product has


def trait_lifts(searcher: Searcher, scope: str, found: Query, total: int) -> dict[int, float]:
    """How much more often the found products have a facet than products in general: the logarithm
    of the ratio, by the facet's number. Empty when too few were found to tell."""
    if total < _LEAST_FOUND:
        return {}
    request = {"terms": {"field": TRAIT_FIELD, "size": _MOST_TRAITS, "segment_size": 5_000}}
    answer: Any = searcher.aggregate(found, {TRAIT_FIELD: request})
    everything = searcher.doc_freq("scope", scope)
    lifts: dict[int, float] = {}
    for bucket in answer[TRAIT_FIELD]["buckets"]:
        usual = searcher.doc_freq(TRAIT_FIELD, bucket["key"])
        if usual >= _RARE:
            background = usual / everything
            share = (bucket["doc_count"] + background) / (total + 1)
            lifts[trait_number(trait_of(bucket["key"]))] = log(
                max(share, _UNKNOWN * background) / background
            )
    return lifts


def factors(cards: Sequence[Sequence[int]], lifts: Mapping[int, float]) -> list[float]:
    """By what to multiply the score of each of the hits, given the numbers of its facets: 1 for the
    most typical. Where those found are of all kinds, as for a brand, they hardly differ."""
    if not lifts:
        return [1.0] * len(cards)
    typical = [_mean_lift(traits, lifts) for traits in cards]
    known = sorted(each for each in typical if each is not None)
    if not known:
        return [1.0] * len(cards)
    middle, high = known[len(known) // 2], known[-1]
    return [
        exp(max(_MOST, _WEIGHT * ((middle if each is None else each) - high))) for each in typical
    ]


def _mean_lift(traits: Sequence[int], lifts: Mapping[int, float]) -> float | None:
    known = [lifts[each] for each in traits if each in lifts]
    return sum(known) / len(known) if len(known) >= _LEAST_TRAITS else None
