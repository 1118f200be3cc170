"""What is counted where very much matches: a sample, and how far the truth may be from it.

Whether a document stands in a sample is a matter of chance, decided when it is written, and each
smaller sample is part of the larger ones. As few as 100,000 documents tell a value's share to a
third of a percent of all that match; counting five million would take a hundred times as long.
"""

from math import ceil, log2, sqrt
from typing import NamedTuple

from tantivy import Query

from galleria.engines.search_index.embedded.clauses import all_of, matches, term, unscored
from galleria.engines.search_index.embedded.documents import sample_term
from galleria.engines.search_index.embedded.reader import Snapshot
from galleria.engines.search_index.embedded.schema import SAMPLES

# So many matches are counted one by one; of more, a sample of half as many at least.
EXACT = 200_000
_SAMPLED_SINCE = 4  # the format
_TWICE = 2.0  # standard deviations: the truth is farther away in one case of twenty


class Sample(NamedTuple):
    """One in 2^`level` of all documents; all of them at 0."""

    level: int = 0

    @property
    def rate(self) -> int:
        """How many documents each one stands for."""
        return 1 << self.level

    @property
    def queries(self) -> list[Query]:
        """What a document must answer to be in it."""
        if not self.level:
            return []
        return [unscored(term("sample", sample_term(self.level)))]

    def error_of(self, count: int, among: int) -> int:
        """How far from the truth it may be to say that `count` of `among` sampled documents stand
        for all: two standard deviations of the binomial distribution, times the rate."""
        if not self.level or not among:
            return 0
        return ceil(_TWICE * sqrt(max(count * (1 - count / among), 0.0)) * self.rate)


EVERYTHING = Sample()


def sample_for(snapshot: Snapshot, asked: Query, most: int, exact: int) -> Sample:
    """What to count of that answers `asked`, which is `most` at most: everything up to `exact`."""
    if most <= exact or snapshot.format < _SAMPLED_SINCE:
        return EVERYTHING
    smallest = Sample(SAMPLES)
    about = matches(snapshot.searcher, all_of([asked, *smallest.queries])) * smallest.rate
    return EVERYTHING if about <= exact else smaller(about, exact // 2)


def smaller(about: int, enough: int) -> Sample:
    """The smallest sample of `about` documents that still has `enough`."""
    return Sample(max(0, min(SAMPLES, int(log2(max(1.0, about / enough))))))
