"""What a process remembers for seconds as it is, without writing it to bytes: each request's own.

The cache beside it keeps bytes, and may be another machine's. Here are objects that are asked for
with every request, such as whose key was sent. Losing any of them at any time is allowed.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, TypeAlias

MOST_KEPT = 50_000  # some hundred bytes each

Place: TypeAlias = "tuple[int, str, Hashable]"
"""Whose it is (the tenant's number), what kind of thing, and which."""


class Nearby:
    """See the module. Bounded; what was asked for longest ago goes first."""

    def __init__(self, most_kept: int = MOST_KEPT, clock: Callable[[], float] = monotonic) -> None:
        """Start empty; `clock` tells seconds and never goes back."""
        self._most_kept = most_kept
        self._clock = clock
        self._kept: OrderedDict[Place, tuple[float, tuple[int, int], Any]] = OrderedDict()
        self._epoch = 0
        self._forgotten: Counter[int] = Counter()

    def __len__(self) -> int:
        """How many things are kept, whether or not they may still be used."""
        return len(self._kept)

    def get(self, place: Place) -> Any:
        """What is kept there, None when there is nothing or it is too old."""
        found = self._kept.get(place)
        if found is None:
            return None
        until, generation, value = found
        if until <= self._clock() or generation != self.generation(place[0]):
            del self._kept[place]
            return None
        self._kept.move_to_end(place)
        return value

    def generation(self, tenant_id: int) -> tuple[int, int]:
        """How often it was forgotten: read before what is to be kept is looked up."""
        return self._epoch, self._forgotten[tenant_id]

    def keep(self, place: Place, value: object, ttl_s: float, generation: tuple[int, int]) -> None:
        """The value is kept for `ttl_s` seconds, and counts while nothing is forgotten since
        `generation`: what was being looked up meanwhile does not count at all."""
        self._kept[place] = (self._clock() + ttl_s, generation, value)
        self._kept.move_to_end(place)
        if len(self._kept) > self._most_kept:
            self._kept.popitem(last=False)

    def forget(self, tenant_id: int) -> None:
        """Nothing of this tenant is remembered, nor what is being looked up just now."""
        self._forgotten[tenant_id] += 1

    def forget_all(self) -> None:
        """Nothing is remembered."""
        self._epoch += 1
        self._kept.clear()
        self._forgotten.clear()
