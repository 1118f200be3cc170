"""Lines of equal height through a grid of heights (marching squares)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from galleria.demo.pictures.canvas import Point

Heights = Sequence[Sequence[float]]
# An edge of the grid: (0, row, column) runs east from the corner, (1, row, column) south.
Edge = tuple[int, int, int]

# Which sides of a cell a line joins, by which corners are above the level
# (1 north-west, 2 north-east, 4 south-east, 8 south-west); 0 north, 1 east, 2 south, 3 west.
_JOINS: tuple[tuple[tuple[int, int], ...], ...] = (
    (), ((3, 0),), ((0, 1),), ((3, 1),), ((1, 2),), ((3, 0), (1, 2)), ((0, 2),), ((3, 2),),
    ((2, 3),), ((2, 0),), ((0, 1), (2, 3)), ((2, 1),), ((1, 3),), ((1, 0),), ((0, 3),), (),
)  # fmt: skip


def _side(row: int, column: int, side: int) -> Edge:
    if side == 0:
        return (0, row, column)
    if side == 1:
        return (1, row, column + 1)
    if side == 2:
        return (0, row + 1, column)
    return (1, row, column)


def _crossing(heights: Heights, level: float, edge: Edge) -> Point:
    """Return where the level crosses an edge, in columns and rows."""
    is_south, row, column = edge
    first = heights[row][column]
    second = heights[row + is_south][column + 1 - is_south]
    share = (level - first) / (second - first)
    return (column + share * (1 - is_south), row + share * is_south)


def _links(heights: Heights, level: float) -> dict[Edge, list[Edge]]:
    links: dict[Edge, list[Edge]] = defaultdict(list)
    for row in range(len(heights) - 1):
        upper, lower = heights[row], heights[row + 1]
        for column in range(len(upper) - 1):
            case = (
                (upper[column] > level)
                | (upper[column + 1] > level) << 1
                | (lower[column + 1] > level) << 2
                | (lower[column] > level) << 3
            )
            for first, second in _JOINS[case]:
                one, two = _side(row, column, first), _side(row, column, second)
                links[one].append(two)
                links[two].append(one)
    return links


def isolines(heights: Heights, level: float) -> list[tuple[list[Point], bool]]:
    """Return every line at `level` in grid units, and whether it is closed."""
    links = _links(heights, level)
    seen: set[Edge] = set()
    lines = []
    # Open lines start at an edge with one neighbour: they must be walked from there.
    for start in sorted(links, key=lambda edge: (len(links[edge]), edge)):
        if start in seen:
            continue
        chain = [start]
        seen.add(start)
        while True:
            onward = [edge for edge in links[chain[-1]] if edge not in seen]
            if not onward:
                break
            chain.append(onward[0])
            seen.add(onward[0])
        is_closed = len(links[start]) == 2 and len(chain) > 2
        lines.append(([_crossing(heights, level, edge) for edge in chain], is_closed))
    return lines
