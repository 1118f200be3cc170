"""Seeded chance: the same seed gives the same picture on every machine and Python version.

`random.Random` is not used: its derived methods (`choice`, `shuffle`, `gauss`) have changed
between Python versions, and a demo picture must not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

T = TypeVar("T")

_MASK = (1 << 64) - 1


class Dice:
    """A stream of chance numbers (SplitMix64, Steele et al., 2014) that a name starts."""

    def __init__(self, seed: str) -> None:
        """Start the stream that belongs to `seed`."""
        self.seed = seed
        raw = seed.encode()
        self._state = (crc32(raw) << 32) | crc32(raw[::-1] + b"\x01")

    def bits(self) -> int:
        """Return the next 64 chance bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def unit(self) -> float:
        """Return a number in [0, 1)."""
        return (self.bits() >> 11) / (1 << 53)

    def between(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """Return a whole number in [low, high], both included."""
        return low + self.bits() % (high - low + 1)

    def chance(self, probability: float) -> bool:
        """Return True with the given probability in [0, 1]."""
        return self.unit() < probability

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices, each as likely as the others."""
        return choices[self.bits() % len(choices)]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in a chance order (Fisher and Yates, 1938)."""
        deck = list(items)
        for last in range(len(deck) - 1, 0, -1):
            other = self.bits() % (last + 1)
            deck[last], deck[other] = deck[other], deck[last]
        return deck
