"""Prints of cells: every place belongs to the nearest seed (Voronoi, 1908)."""

from __future__ import annotations

import math

from galleria.demo.pictures.canvas import Canvas, Point
from galleria.demo.pictures.colour import lighter, ramp
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.noise import Noise
from galleria.demo.pictures.outline import smooth
from galleria.demo.pictures.prints.inks import MARGIN, TALL, WIDE, Inks


def _cut(cell: list[Point], seed: Point, other: Point) -> list[Point]:
    """Return the part of the cell that is nearer to `seed` than to `other`."""
    normal_x, normal_y = other[0] - seed[0], other[1] - seed[1]
    limit = (other[0] ** 2 + other[1] ** 2 - seed[0] ** 2 - seed[1] ** 2) / 2
    kept: list[Point] = []
    for index, here in enumerate(cell):
        there = cell[index - 1]
        here_over = here[0] * normal_x + here[1] * normal_y - limit
        there_over = there[0] * normal_x + there[1] * normal_y - limit
        if (here_over > 0) != (there_over > 0):
            share = there_over / (there_over - here_over)
            kept.append(
                (there[0] + (here[0] - there[0]) * share, there[1] + (here[1] - there[1]) * share)
            )
        if here_over <= 0:
            kept.append(here)
    return kept


def cells_of(seeds: list[Point], box: tuple[float, float, float, float]) -> list[list[Point]]:
    """Return the cell of every seed inside the box (x, y, width, height). O(n^2 log n)."""
    left, top, width, height = box
    frame = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    cells = []
    for seed in seeds:
        cell = frame
        # The thirty nearest decide: farther ones cannot cut once seeds are evenly spread.
        nearest = sorted(
            seeds, key=lambda other: (other[0] - seed[0]) ** 2 + (other[1] - seed[1]) ** 2
        )
        for other in nearest[1:31]:
            cell = _cut(cell, seed, other)
        cells.append(cell)
    return cells


def middle_of(cell: list[Point]) -> Point:
    """Return the mean of the corners."""
    return (sum(x for x, _ in cell) / len(cell), sum(y for _, y in cell) / len(cell))


def dry_lake(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """A lake bed in its ninth week without rain; one cell still holds water."""
    noise = Noise(dice.seed)
    sheet.ground(inks.paper)
    box = (MARGIN + 0.0, MARGIN + 0.0, WIDE - 2.0 * MARGIN, TALL - 2.0 * MARGIN)
    seeds: list[Point] = []
    while len(seeds) < 190:
        x = dice.between(box[0], box[0] + box[2])
        y = dice.between(box[1], box[1] + box[3])
        wide = 50 + 95 * (0.5 + 0.5 * noise.at(x / 700 + 4, y / 700))
        if dice.chance(0.04) or all(math.hypot(x - a, y - b) > wide for a, b in seeds):
            seeds.append((x, y))
    for _ in range(2):
        seeds = [middle_of(cell) for cell in cells_of(seeds, box)]
    wet = min(range(len(seeds)), key=lambda at: math.hypot(seeds[at][0] - 1020, seeds[at][1] - 760))
    for index, cell in enumerate(cells_of(seeds, box)):
        middle_x, middle_y = middle_of(cell)
        size = max(math.hypot(x - middle_x, y - middle_y) for x, y in cell)
        keep = 1 - 9 / size
        shrunk = [
            (middle_x + (x - middle_x) * keep, middle_y + (y - middle_y) * keep) for x, y in cell
        ]
        # Each corner twice: the spline then keeps close to it.
        points = [
            (x + (other_x - x) * share, y + (other_y - y) * share)
            for (x, y), (other_x, other_y) in zip(shrunk, shrunk[1:] + shrunk[:1], strict=True)
            for share in (0.14, 0.86)
        ]
        share = 0.5 + 0.5 * noise.at(middle_x / 520, middle_y / 520) + dice.between(-0.14, 0.14)
        tone = inks.ink if index == wet else lighter(ramp(inks.tones, share), 0)
        sheet.path(smooth(points, True), fill=tone)


def north_light(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """A leaded window on a north wall: cool panes, and a warm one where somebody is home."""
    sheet.ground(inks.paper)
    box = (MARGIN + 40.0, MARGIN + 40.0, WIDE - 2.0 * MARGIN - 80, TALL - 2.0 * MARGIN - 80)
    seeds = [
        (dice.between(box[0], box[0] + box[2]), dice.between(box[1], box[1] + box[3]))
        for _ in range(120)
    ]
    for _ in range(1):
        seeds = [middle_of(cell) for cell in cells_of(seeds, box)]
    arch = f"M{box[0]:.0f} {box[1] + box[3]:.0f}V800a630 630 0 0 1 1260 0V{box[1] + box[3]:.0f}z"
    with sheet.group(
        clip_path=sheet.clip(arch), stroke=inks.ink, stroke_width=13, stroke_linejoin="round"
    ):
        sheet.path(arch, fill=inks.ink)
        for cell in cells_of(seeds, box):
            x, y = middle_of(cell)
            glow = math.hypot(x - 930, y - 1180) / 1050
            tone = lighter(
                ramp(inks.tones, glow + dice.between(-0.08, 0.08)), dice.between(-0.04, 0.05)
            )
            points = "M" + "L".join(f"{a:.0f} {b:.0f}" for a, b in cell) + "z"
            sheet.path(points, fill=tone)
    sheet.path(arch, fill="none", stroke=inks.ink, stroke_width=30)
