"""Evenly spaced lines along a field of directions (Jobard and Lefer, 1997)."""

from __future__ import annotations

import math
from collections.abc import Callable

from galleria.demo.pictures.canvas import Point
from galleria.demo.pictures.dice import Dice

Field = Callable[[float, float], float]
Inside = Callable[[float, float], bool]


class Streams:
    """Lines that follow a field and keep their distance from one another."""

    def __init__(self, field: Field, inside: Inside, apart: float, step: float = 12.0) -> None:
        """Prepare to draw.

        Args:
            field: direction in radians at a point.
            inside: whether a point may be drawn on.
            apart: distance between neighbouring lines in units.
            step: length of one step in units.
        """
        self._field, self._inside, self._apart, self._step = field, inside, apart, step
        self._taken: dict[tuple[int, int], list[Point]] = {}

    def _is_free(self, x: float, y: float, distance: float) -> bool:
        column, row = int(x // self._apart), int(y // self._apart)
        limit = distance * distance
        for near_column in (column - 1, column, column + 1):
            for near_row in (row - 1, row, row + 1):
                for other_x, other_y in self._taken.get((near_column, near_row), ()):
                    if (other_x - x) ** 2 + (other_y - y) ** 2 < limit:
                        return False
        return True

    def _walk(self, start: Point, direction: int, most: float) -> list[Point]:
        x, y = start
        line: list[Point] = []
        walked = 0.0
        while walked < most:
            angle = self._field(x, y)
            x += direction * self._step * math.cos(angle)
            y += direction * self._step * math.sin(angle)
            if not self._inside(x, y) or not self._is_free(x, y, self._apart * 0.72):
                break
            line.append((x, y))
            walked += self._step
        return line

    def draw(
        self, dice: Dice, box: tuple[float, float, float, float], most: float, least: float
    ) -> list[list[Point]]:
        """Return lines of `least` to about twice `most` units that fill the box (x, y, w, h)."""
        left, top, width, height = box
        pitch = self._apart * 0.9
        seeds = [
            (left + (column + 0.5) * pitch, top + (row + 0.5) * pitch)
            for row in range(int(height / pitch))
            for column in range(int(width / pitch))
        ]
        lines = []
        for seed in dice.shuffled(seeds):
            if not self._inside(*seed) or not self._is_free(*seed, self._apart):
                continue
            back = self._walk(seed, -1, most)
            line = [*reversed(back), seed, *self._walk(seed, 1, most)]
            if len(line) * self._step < least:
                continue
            for x, y in line:
                cell = (int(x // self._apart), int(y // self._apart))
                self._taken.setdefault(cell, []).append((x, y))
            lines.append(line)
        return lines


def sparse(line: list[Point], every: int) -> list[Point]:
    """Return every n-th point of a line, and always its last."""
    return [*line[:-1:every], line[-1]]
