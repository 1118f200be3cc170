"""Budgets of requests as buckets of tokens, kept in this process.

A bucket holds `burst` tokens and is refilled at a steady rate. Kept is one instant a bucket, when
it will be full again, from which the tokens left follow (the generic cell rate algorithm, ITU-T
I.371, is the same thing said the other way round). A bucket that nobody remembers is a full one.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from time import monotonic
from typing import NamedTuple

from galleria.engines.cache import Budget, Taken

DEFAULT_MAX_BUCKETS = 100_000


class _Level(NamedTuple):
    full_at: float
    left: float


class Buckets:
    """See the module. The longest untouched goes first, which is the likeliest to be full."""

    def __init__(
        self, max_buckets: int = DEFAULT_MAX_BUCKETS, clock: Callable[[], float] = monotonic
    ) -> None:
        """Start with every bucket full; `clock` counts seconds, never back."""
        self._max_buckets = max_buckets
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, budgets: Sequence[Budget], cost: float = 1.0) -> Taken:
        """See `Cache.take`. O(1) a budget, about a microsecond."""
        now = self._clock()
        levels = []
        for position, budget in enumerate(budgets):
            rate = budget.per_minute / 60
            full_at = max(self._full_at.get(budget.key.text, now), now)
            left = budget.burst - (full_at - now) * rate
            # What floats lose on the way must not cost a caller the last token.
            if left + 1e-6 < cost:
                wait_s = math.inf if cost > budget.burst else (cost - left) / rate
                return Taken(position, (max(left, 0.0),), wait_s)
            levels.append(_Level(full_at + cost / rate, left - cost))
        for budget, level in zip(budgets, levels, strict=True):
            self._full_at[budget.key.text] = level.full_at
            self._full_at.move_to_end(budget.key.text)
        while len(self._full_at) > self._max_buckets:
            self._full_at.popitem(last=False)
        return Taken(None, tuple(max(level.left, 0.0) for level in levels), 0.0)

    def clear(self) -> None:
        """Every bucket is full."""
        self._full_at.clear()
