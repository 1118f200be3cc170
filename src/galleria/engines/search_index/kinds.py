"""What kind of thing the words mean, learnt from what they find.

Of all that has "mouse" in its text most are mice, and mice have attributes that pads and cables for
mice have not. So the facets that the found products have more often than products in general tell
the kind; of the first hits those that have other facets stand back a little. It takes nobody's
clicks and no list of kinds, only that products of a kind are described by the same attributes.
"""

from collections.abc import Mapping, Sequence
from math import exp, log

FIRST = 30  # hits that are put in order anew; a shopper seldom looks at more
LEAST_FOUND = 10  # fewer say nothing of a kind
MOST_TRAITS = 400
_RARE = 5  # products: a facet of fewer says nothing
_LEAST_TRAITS = 3  # of a product: with fewer it is taken for an ordinary one
_WEIGHT = 0.06  # of each time that a product's facets are e times less typical
_MOST = -0.3  # a score is lowered by the factor e^-0.3 at most, about a quarter
_UNKNOWN = 0.3  # of its usual share: how often a facet is counted that no found product has


def lift_of(count: int, total: int, usual: int, everything: int) -> float | None:
    """How much more often the `total` found products have a facet, `count` of them, than products
    in general, `usual` of `everything`: the logarithm of the ratio; None for a rare facet."""
    if usual < _RARE:
        return None
    background = usual / everything
    share = (count + background) / (total + 1)
    return log(max(share, _UNKNOWN * background) / background)


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
