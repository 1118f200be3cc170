"""Whose turn it is: who has had least of the machine's time comes first.

Somebody who asks for a lot at once waits behind himself, not others behind him. Nobody saves up:
who comes back after a while begins level with those who are there.
"""

from collections import deque
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

_TO_BEGIN_S = 0.001  # counted when a turn begins, before anybody knows how long it takes
_MOST_REMEMBERED = 10_000


class FairQueue(Generic[Thing]):
    """Things that wait, by whose they are. Used from one thread."""

    def __init__(self) -> None:
        self._waiting: dict[int, deque[Thing]] = {}
        self._had_s: dict[int, float] = {}
        self._level_s = 0.0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def waiting_of(self, owner: int) -> int:
        """How many of one owner wait."""
        return len(self._waiting.get(owner, ()))

    def put(self, owner: int, thing: Thing) -> None:
        """One more waits."""
        if owner not in self._waiting:
            self._waiting[owner] = deque()
            self._had_s[owner] = max(self._had_s.get(owner, 0.0), self._level_s)
        self._waiting[owner].append(thing)
        self._count += 1

    def pop(self) -> tuple[int, Thing]:
        """The thing whose turn it is, and whose it is."""
        owner = min(self._waiting, key=self._had_s.__getitem__)
        thing = self._waiting[owner].popleft()
        self._level_s = self._had_s[owner]
        self._left(owner)
        self.charge(owner, _TO_BEGIN_S)
        return owner, thing

    def remove(self, owner: int, thing: Thing) -> None:
        """It waits no more, if it still did."""
        if thing in self._waiting.get(owner, ()):
            self._waiting[owner].remove(thing)
            self._left(owner)

    def charge(self, owner: int, took_s: float) -> None:
        """The owner has had so much of the time."""
        self._had_s[owner] = self._had_s.get(owner, self._level_s) + took_s
        if len(self._had_s) > _MOST_REMEMBERED:
            self._had_s = {
                each: had
                for each, had in self._had_s.items()
                if had > self._level_s or each in self._waiting
            }

    def _left(self, owner: int) -> None:
        self._count -= 1
        if not self._waiting[owner]:
            del self._waiting[owner]
