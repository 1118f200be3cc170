"""Prints of land that does not exist: an island, a pressure map, the rings of a tree."""

from __future__ import annotations

import math

from galleria.demo.pictures.canvas import Canvas, Point
from galleria.demo.pictures.colour import mix, ramp
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.noise import Noise
from galleria.demo.pictures.outline import smooth, straight
from galleria.demo.pictures.prints.contours import Heights, isolines
from galleria.demo.pictures.prints.inks import MARGIN, TALL, WIDE, Inks


def _lines(heights: Heights, level: float, pitch: float, every: int) -> str:
    """Return the outlines at one level, thinned to every n-th point, tiny ones left out."""
    texts = []
    for line, is_closed in isolines(heights, level):
        if len(line) < 3 * every:
            continue
        kept = line[::every] if is_closed else [*line[:-1:every], line[-1]]
        texts.append(smooth([(x * pitch, y * pitch) for x, y in kept], is_closed))
    return "".join(texts)


def imaginary_island(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """The survey of an island that nobody has found, with its shallows."""
    noise = Noise(dice.seed)
    pitch = 20.0
    columns, rows = int(WIDE / pitch), int(TALL / pitch)

    def height(column: int, row: int) -> float:
        x, y = column / columns - 0.5, row / rows - 0.5
        land: float = 1.0 - 3.9 * math.hypot(x * 1.15, y * 1.06) ** 1.35
        return land + 0.78 * noise.layered(x * 4.4 + 5, y * 5.4 + 5, 4)

    grid = [[height(column, row) for column in range(columns + 1)] for row in range(rows + 1)]
    sheet.ground(inks.paper)
    sea, land = inks.tones[:3], inks.tones[3:]
    for index, level in enumerate((-0.28, -0.12, 0.02)):
        sheet.path(_lines(grid, level, pitch, 3), fill=sea[index])
    levels = [0.16 + 0.115 * step for step in range(9)]
    for index, level in enumerate(levels):
        fill = ramp(land, index / (len(levels) - 1))
        sheet.path(
            _lines(grid, level, pitch, 2),
            fill=fill,
            stroke=mix(fill, inks.ink, 0.5),
            stroke_width=3,
        )
    _graticule(sheet, inks)


def _graticule(sheet: Canvas, inks: Inks) -> None:
    """Draw the survey's grid and its border."""
    sheet.path(
        "".join(f"M{x} 0v{TALL}" for x in range(320, WIDE, 320))
        + "".join(f"M0 {y}h{WIDE}" for y in range(200, TALL, 320)),
        stroke=inks.ink, stroke_width=2, stroke_opacity=0.22, fill="none",
    )  # fmt: skip
    edge = MARGIN - 40
    sheet.path(
        f"M0 0h{WIDE}v{TALL}h-{WIDE}zM{edge} {edge}v{TALL - 2 * edge}h{WIDE - 2 * edge}"
        f"v-{TALL - 2 * edge}z",
        fill=inks.paper,
        fill_rule="evenodd",
    )
    sheet.rect(
        edge, edge, WIDE - 2 * edge, TALL - 2 * edge, fill="none", stroke=inks.ink, stroke_width=5
    )


def growth_rings(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Fifty-six summers of one tree, a dry decade among them, and the split it died of."""
    noise = Noise(dice.seed)
    sheet.ground(inks.paper)
    centre_x, centre_y, radius = 770.0, 1020.0, 14.0
    rings: list[list[Point]] = []
    widths = []
    for year in range(56):
        dry = math.exp(-(((year - 31) / 4.5) ** 2))
        radius += dice.between(7.5, 14.5) * (1 - 0.55 * dry)
        widths.append(dice.pick((4, 4, 6, 9)))
        corners = 14 + year // 2
        ring = []
        for corner in range(corners):
            turn = math.tau * corner / corners
            east, south = math.cos(turn), math.sin(turn)
            bulge = noise.layered(east * 1.1 + 8, south * 1.1 + radius / 900, 2)
            reach = radius * (1 + 0.17 * bulge + 0.05 * east)
            ring.append((centre_x + reach * east, centre_y + reach * south * 1.08))
        rings.append(ring)
    bark = smooth(rings[-1], True)
    sheet.path(bark, fill=inks.tones[0], stroke=inks.tones[2], stroke_width=34)
    with sheet.group(fill="none"):
        for width in sorted(set(widths)):
            outline = "".join(
                smooth(ring, True)
                for ring, own in zip(rings[:-1], widths, strict=False)
                if own == width
            )
            sheet.path(outline, stroke=inks.ink, stroke_width=width)
    split = [(centre_x, centre_y), (1010, 840), (1290, 560), (1420, 440), (1330, 610), (1050, 880)]
    sheet.path(straight(split, True), fill=inks.paper)
    sheet.path(smooth(rings[12], True), fill=inks.tones[1], fill_opacity=0.55)
