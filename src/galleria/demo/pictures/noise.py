"""Smooth chance over the plane: gradient noise (Perlin, 1985) and its sums."""

from __future__ import annotations

import math

from galleria.demo.pictures.dice import Dice


class Noise:
    """A landscape of heights about -1..1 that repeats every 64 cells."""

    def __init__(self, seed: str) -> None:
        """Lay out the landscape that belongs to `seed`."""
        dice = Dice(f"noise:{seed}")
        turns = [dice.between(0, math.tau) for _ in range(64 * 64)]
        self._slopes = [(math.cos(turn), math.sin(turn)) for turn in turns]

    def at(self, x: float, y: float) -> float:
        """Return the height at (x, y), in cells."""
        column, row = math.floor(x), math.floor(y)
        dx, dy = x - column, y - row
        u = dx * dx * dx * (dx * (dx * 6 - 15) + 10)
        v = dy * dy * dy * (dy * (dy * 6 - 15) + 10)
        slopes = self._slopes
        top, low = (row & 63) << 6, ((row + 1) & 63) << 6
        left, right = column & 63, (column + 1) & 63
        a, b, c, d = (
            slopes[top | left],
            slopes[top | right],
            slopes[low | left],
            slopes[low | right],
        )
        upper_left = a[0] * dx + a[1] * dy
        upper_right = b[0] * (dx - 1) + b[1] * dy
        lower_left = c[0] * dx + c[1] * (dy - 1)
        lower_right = d[0] * (dx - 1) + d[1] * (dy - 1)
        upper = upper_left + u * (upper_right - upper_left)
        lower = lower_left + u * (lower_right - lower_left)
        return 1.5 * (upper + v * (lower - upper))

    def layered(self, x: float, y: float, octaves: int = 3) -> float:
        """Return the sum of `octaves` landscapes, each twice as fine and half as high."""
        height, size, total = 0.0, 1.0, 0.0
        for octave in range(octaves):
            height += size * self.at(x + 17.3 * octave, y - 9.1 * octave)
            total += size
            x, y, size = 2 * x, 2 * y, size / 2
        return height / total
