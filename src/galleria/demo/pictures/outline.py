"""Outlines as short path texts: straight, smooth, and relative in whole units."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from galleria.demo.pictures.canvas import Point


def _join(numbers: Iterable[int]) -> str:
    """Write whole numbers with a space only where no sign parts them."""
    text = ""
    for value in numbers:
        text += str(value) if not text or value < 0 else f" {value}"
    return text


def straight(points: Sequence[Point], closed: bool = False) -> str:
    """Return the path through the points in straight lines."""
    x, y = round(points[0][0]), round(points[0][1])
    steps: list[int] = []
    head = f"M{_join((x, y))}"
    for point in points[1:]:
        next_x, next_y = round(point[0]), round(point[1])
        if (next_x, next_y) == (x, y):
            continue
        steps += (next_x - x, next_y - y)
        x, y = next_x, next_y
    return f"{head}l{_join(steps)}{'z' if closed else ''}" if steps else ""


def smooth(points: Sequence[Point], closed: bool = False) -> str:
    """Return the quadratic B-spline that the points pull, one short number pair a point.

    Each control point is the mirror image of the one before, so only the joints are written.
    A joint is rounded against the control that will really be used: errors do not add up.
    """
    if len(points) < 3:
        return straight(points, closed)
    controls = list(points)
    if closed:
        start = _middle(controls[-1], controls[0])
        controls.append(controls[0])
    else:
        start, controls = points[0], controls[1:]
    x, y = round(start[0]), round(start[1])
    control_x, control_y = round(controls[0][0]), round(controls[0][1])
    head = f"M{_join((x, y))}q{_join((control_x - x, control_y - y))}"
    steps: list[int] = []
    for following in controls[1:]:
        joint_x = round((control_x + following[0]) / 2)
        joint_y = round((control_y + following[1]) / 2)
        steps += (joint_x - x, joint_y - y)
        control_x, control_y = 2 * joint_x - control_x, 2 * joint_y - control_y
        x, y = joint_x, joint_y
    first, rest = steps[:2], steps[2:]
    gap = "" if first[0] < 0 else " "
    tail = f"t{_join(rest)}" if rest else ""
    if closed:
        return f"{head}{gap}{_join(first)}{tail}z"
    last_x, last_y = round(points[-1][0]), round(points[-1][1])
    return f"{head}{gap}{_join(first)}{tail}l{_join((last_x - x, last_y - y))}"


def _middle(one: Point, two: Point) -> Point:
    return ((one[0] + two[0]) / 2, (one[1] + two[1]) / 2)


def ring(x: float, y: float, radius: float) -> str:
    """Return a circle as a path, for many circles in one element."""
    size, left = round(radius), round(x - radius)
    return (
        f"M{_join((left, round(y)))}a{size} {size} 0 1 0 {2 * size} 0 "
        f"{size} {size} 0 1 0-{2 * size} 0z"
    )


def dot(x: float, y: float) -> str:
    """Return a zero-length stroke: with round caps it shows as a dot as wide as the stroke."""
    return f"M{_join((round(x), round(y)))}h0"


def segment(start: Point, end: Point) -> str:
    """Return one straight stroke."""
    return straight((start, end))


def on_circle(x: float, y: float, radius: float, turn: float) -> Point:
    """Return the point of a circle at `turn` (0..1), clockwise from the right."""
    angle = math.tau * turn
    return (x + radius * math.cos(angle), y + radius * math.sin(angle))
