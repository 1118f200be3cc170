"""Whether a change of the search is for the better, and more than chance."""

import random
from collections.abc import Sequence
from itertools import compress

import msgspec

from galleria.growth.relevance.model.measures import mean

ROUNDS = 10_000
MOST_CHANGES = 20  # named on each side
# What a round costs grows with the queries: a second's work at most, and never too few rounds.
_MOST_WORK = 10_000_000
_FEWEST_ROUNDS = 500
_SEED = 20_260_101  # the same two runs always get the same answer
_SAME = 1e-9
_COIN = bytes(number & 1 for number in range(256))


class Change(msgspec.Struct, frozen=True):
    """What became of one query: its nDCG before and after."""

    query: str
    before: float
    after: float

    @property
    def gain(self) -> float:
        """Above 0 for the better."""
        return self.after - self.before


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two runs beside each other, over the queries that both could score.

    `p_value` is how likely a difference as large as this is when there is none: below 0.05 it
    hardly is chance. None when no query changed.
    """

    query_count: int
    before: float | None
    after: float | None
    gained_count: int
    lost_count: int
    p_value: float | None
    gained: list[Change]
    lost: list[Change]


def compared(changes: Sequence[Change]) -> Comparison:
    """The comparison; the queries that gained and lost most by name."""
    gained = sorted((each for each in changes if each.gain > _SAME), key=lambda each: -each.gain)
    lost = sorted((each for each in changes if each.gain < -_SAME), key=lambda each: each.gain)
    return Comparison(
        query_count=len(changes),
        before=mean(each.before for each in changes),
        after=mean(each.after for each in changes),
        gained_count=len(gained),
        lost_count=len(lost),
        p_value=p_value([each.gain for each in (*gained, *lost)]),
        gained=gained[:MOST_CHANGES],
        lost=lost[:MOST_CHANGES],
    )


def p_value(differences: Sequence[float]) -> float | None:
    """How often differences whose signs are drawn by lot add up to as much, either way.

    Two-sided paired randomisation test, seeded: queries that stayed the same play no part and are
    to be left out. None of none. O(rounds x differences), about a second at most.
    Source: Smucker, Allan and Carterette 2007.
    """
    if not differences:
        return None
    lots = random.Random(_SEED)  # noqa: S311 - chance, not secrecy
    rounds = min(ROUNDS, max(_FEWEST_ROUNDS, _MOST_WORK // len(differences)))
    total = sum(differences)
    as_much = abs(total) - _SAME
    extreme = 0
    for _ in range(rounds):
        turned = compress(differences, lots.randbytes(len(differences)).translate(_COIN))
        extreme += abs(total - 2 * sum(turned)) >= as_much
    return (extreme + 1) / (rounds + 1)
