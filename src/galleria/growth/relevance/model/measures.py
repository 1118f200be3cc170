"""What judgments say of an answer: the measures of information retrieval, over the first ten hits.

What nobody judged counts as of no use; how many of the hits are judged is told beside it.
"""

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Literal, TypeAlias, TypeVar, get_args

import msgspec

Thing = TypeVar("Thing", bound=Hashable)
SHOWN = 10  # hits that are looked at
QueryClass: TypeAlias = Literal["brand", "one_word", "several_words", "with_number"]
CLASSES: tuple[QueryClass, ...] = get_args(QueryClass)


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """How well an answer fits the judgments, each 0 to 1.

    `ndcg` is None when nothing of any worth is known for the query, the three others when nothing
    relevant is.
    """

    ndcg: float | None
    recall: float | None
    precision: float | None
    reciprocal_rank: float | None
    judged_count: int
    shown_count: int


def relevant_from(max_grade: int) -> int:
    """The grade from which on a product is relevant: two thirds of the best, 2 of 3."""
    return math.ceil(2 * max_grade / 3)


def measured(found: Sequence[Thing], grades: Mapping[Thing, int], relevant_grade: int) -> Measures:
    """The measures of an answer.

    Args:
        found: what was shown, best first; beyond ten it is not looked at.
        grades: 0 and up, of all that was judged for the query.
        relevant_grade: the grade from which on something is relevant.
    """
    shown = found[:SHOWN]
    relevant = {each for each, grade in grades.items() if grade >= relevant_grade}
    hits = [each in relevant for each in shown]
    first = hits.index(True) + 1 if any(hits) else None
    return Measures(
        ndcg=ndcg(shown, grades),
        recall=recall(shown, relevant),
        precision=sum(hits) / SHOWN if relevant else None,
        reciprocal_rank=(1 / first if first else 0.0) if relevant else None,
        judged_count=sum(each in grades for each in shown),
        shown_count=len(shown),
    )


def ndcg(found: Sequence[Thing], grades: Mapping[Thing, int]) -> float | None:
    """Normalised discounted cumulative gain of the first ten, with gain 2^grade - 1.

    None when no grade is above 0. Source: Järvelin and Kekäläinen 2002.
    """
    best = _gain(sorted(grades.values(), reverse=True)[:SHOWN])
    if best == 0:
        return None
    return _gain(grades.get(each, 0) for each in found[:SHOWN]) / best


def _gain(in_order: Iterable[int]) -> float:
    return sum(float(2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(in_order))


def recall(found: Sequence[Thing], relevant: Collection[Thing]) -> float | None:
    """The share of what is relevant, at most ten, that is among the first ten; None of nothing."""
    if not relevant:
        return None
    return len(set(found[:SHOWN]) & set(relevant)) / min(SHOWN, len(relevant))


def class_of(query: str, brands: Collection[str]) -> QueryClass:
    """What kind of question it is; `brands` in lower case."""
    if query.lower() in brands:
        return "brand"
    if any(letter.isdigit() for letter in query):
        return "with_number"
    return "several_words" if " " in query else "one_word"


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of those that are known, None of none."""
    known = [each for each in values if each is not None]
    return math.fsum(known) / len(known) if known else None


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of the values (one at least) that so large a share of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
