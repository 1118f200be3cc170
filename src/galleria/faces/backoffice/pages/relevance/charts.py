"""Charts as figures that a template draws as SVG, without a script."""

from collections.abc import Mapping, Sequence

import msgspec

from galleria.growth.relevance import Figures, Run

WIDTH, HEIGHT = 600, 140
_MARGIN = 12
_LEFT = 16  # of the numbers at the side


class Point(msgspec.Struct, frozen=True):
    """A place in the drawing, and what stands there."""

    x: float
    y: float
    run: Run
    value: float


class Bar(msgspec.Struct, frozen=True):
    """A bar of a class of queries; `width` of WIDTH, `y` from the top."""

    name: str
    y: int
    width: float
    value: float
    query_count: int


def trend_of(runs: Sequence[Run]) -> list[Point]:
    """The nDCG of finished runs from the oldest to the newest, 0 at the bottom and 1 on top."""
    scored = [
        (run, run.figures.ndcg)
        for run in reversed(runs)
        if run.figures is not None and run.figures.ndcg is not None
    ]
    step = (WIDTH - _LEFT - _MARGIN) / max(1, len(scored) - 1)
    return [
        Point(
            round(_LEFT + at * step, 1),
            round(HEIGHT - _MARGIN - value * (HEIGHT - 2 * _MARGIN), 1),
            run,
            value,
        )
        for at, (run, value) in enumerate(scored)
    ]


def bars_of(classes: Mapping[str, Figures]) -> list[Bar]:
    """A bar for the nDCG of each class of queries that has one."""
    found: list[Bar] = []
    for name, figures in classes.items():
        if figures.ndcg is not None:
            width = round(max(1.0, figures.ndcg * WIDTH), 1)
            found.append(Bar(name, len(found) * 28, width, figures.ndcg, figures.query_count))
    return found
