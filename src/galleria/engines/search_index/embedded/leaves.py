"""Which categories a product is in, as one value.

A product stands in its categories and in all above them: three values, or ten. Counting goes by
values, so what is counted is the set of the lowest ones, which most products share with many.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from galleria.engines.search_index.model import category_steps
from galleria.engines.search_index.naming import SEPARATOR, facet_term

LEAVES = "@leaves"  # the codes of shops begin otherwise
LEAVES_SINCE = 5  # the format


def leaves_term(paths: Sequence[str]) -> str:
    """The categories at the ends of these paths as a term."""
    lowest = {steps[-1]: None for path in paths if (steps := category_steps(path))}
    return "=" + SEPARATOR.join(sorted(lowest))


def by_category(counts: Mapping[str, int]) -> Counter[str]:
    """How many products there are in each category, from how many are in which set of them."""
    found: Counter[str] = Counter()
    for leaves, count in counts.items():
        for category in _all_of(leaves):
            found[category] += count
    return found


@lru_cache(maxsize=20_000)  # a shop has hundreds
def _all_of(leaves: str) -> tuple[str, ...]:
    """The categories of a set and all above them, once each."""
    steps = (step for leaf in leaves.split(SEPARATOR) for step in category_steps(leaf))
    return tuple(dict.fromkeys(facet_term(step)[1:] for step in steps))
