"""What is counted where very much matches: a sample, and how far the truth may be from it.

Whether a document stands in a sample is a matter of chance, decided when it is written, and each
smaller sample is part of the larger ones. As few as 12,500 documents tell a value's share to nine
tenths of a percent of all that match; counting five million would take hundreds of times as long.
"""

from collections.abc import Sequence
from math import ceil, log2, prod, sqrt
from typing import NamedTuple

from tantivy import Query

from galleria.engines.search_index.embedded.clauses import all_of, matches, term, unscored
from galleria.engines.search_index.embedded.documents import sample_term
from galleria.engines.search_index.embedded.reader import Snapshot
from galleria.engines.search_index.embedded.schema import SAMPLES

# So many matches are counted one by one; of more, a sample of a sixteenth as many at least.
EXACT = 200_000
_PARTS = 16
_VERY_MANY = 5  # times as many: then the best are found without looking at all
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


class Expected(NamedTuple):
    """What words by themselves tell of how much they find: no more than `most`, and `about` so much
    if none of them drew another."""

    most: int
    about: float


class Measured(NamedTuple):
    """A sample to count values in, and about how much there is in all: 0 when that is so little
    that nothing is left to chance. `is_very_much` when not even the best should be looked for among
    all."""

    sample: Sample
    about: int = 0
    is_very_much: bool = False
    expected: Expected | None = None


class Sampler:
    """Decides what to count of that which answers a question of one scope."""

    def __init__(self, snapshot: Snapshot, scope: str, exact: int) -> None:
        """`exact`: so many are counted one by one; of more, a sample."""
        self._searcher = snapshot.searcher
        self._exact = exact
        most = snapshot.searcher.doc_freq("scope", scope)
        self._is_small = most <= exact or snapshot.format < _SAMPLED_SINCE

    def expected(self, terms: Sequence[str]) -> Expected | None:
        """What to expect of a question for all of the terms; None without terms."""
        if not terms:
            return None
        everything = max(1, self._searcher.num_docs)
        counts = [self._searcher.doc_freq("text", each) for each in terms]
        return Expected(min(counts), everything * prod(each / everything for each in counts))

    def sample_for(self, asked: Query, expected: Expected | None = None) -> Measured:
        """The sample to count values in of what answers `asked`, and about how much that is."""
        unmeasured = Measured(EVERYTHING, expected=expected)
        if self._is_small or (expected is not None and expected.most <= self._exact):
            return unmeasured
        about = self._counted(asked, Sample(SAMPLES))
        if about <= self._exact:
            return unmeasured
        sample = smaller(about, self._exact // _PARTS)
        return Measured(sample, about, about >= _VERY_MANY * self._exact, expected)

    def _counted(self, asked: Query, sample: Sample) -> int:
        return sample.rate * matches(self._searcher, all_of([asked, *sample.queries]))


def smaller(about: int, enough: int) -> Sample:
    """The smallest sample of `about` documents that still has `enough`."""
    return Sample(max(0, min(SAMPLES, int(log2(max(1.0, about / enough))))))
