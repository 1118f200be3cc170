"""What is counted where very much matches: a sample, and how far the truth may be from it.

Whether a document stands in a sample is a matter of chance, decided when it is written, and each
smaller sample is part of the larger ones. As few as 50,000 documents tell a value's share to half a
percent of all that match; counting five million would take a hundred times as long.
"""

from math import ceil, log2, sqrt
from typing import NamedTuple

from tantivy import Query

from galleria.engines.search_index.embedded.clauses import all_of, matches, term, unscored
from galleria.engines.search_index.embedded.documents import sample_term
from galleria.engines.search_index.embedded.reader import Snapshot
from galleria.engines.search_index.embedded.schema import SAMPLES

# So many matches are counted one by one; of more, a sample of a quarter as many at least.
EXACT = 200_000
_PARTS = 4
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


class Sampler:
    """Decides what to count of that which answers a question of one scope."""

    def __init__(self, snapshot: Snapshot, scope: str, exact: int) -> None:
        """`exact`: so many are counted one by one; of more, a sample."""
        self._searcher = snapshot.searcher
        self._exact = exact
        most = snapshot.searcher.doc_freq("scope", scope)
        self._is_small = most <= exact or snapshot.format < _SAMPLED_SINCE

    def sample_for(self, asked: Query) -> Sample:
        """The sample to count values in of what answers `asked`."""
        if self._is_small:
            return EVERYTHING
        smallest = Sample(SAMPLES)
        about = matches(self._searcher, all_of([asked, *smallest.queries])) * smallest.rate
        return EVERYTHING if about <= self._exact else smaller(about, self._exact // _PARTS)

    def total(self, asked: Query, sample: Sample) -> int:
        """How many answer `asked`, of which `sample` is to be counted: half of it tells that."""
        coarse = Sample(min(sample.level + 1, SAMPLES)) if sample.level else sample
        return coarse.rate * matches(self._searcher, all_of([asked, *coarse.queries]))


def smaller(about: int, enough: int) -> Sample:
    """The smallest sample of `about` documents that still has `enough`."""
    return Sample(max(0, min(SAMPLES, int(log2(max(1.0, about / enough))))))
