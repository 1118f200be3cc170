"""Prints of things that grow by rule: a tree, a fern, a meadow, a branch of leaves."""

from __future__ import annotations

import math

from galleria.demo.pictures.canvas import Canvas, Point
from galleria.demo.pictures.colour import mix, ramp
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.outline import dot, on_circle, ring, segment, smooth
from galleria.demo.pictures.prints.inks import TALL, Inks


def winter_elder(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """A bare tree against a low sun; every twig forks by the same rule and its own luck."""
    sheet.ground(inks.paper)
    sheet.path(ring(1010, 760, 330), fill=sheet.linear([(0, inks.tones[0]), (1, inks.tones[1])]))
    widths: dict[int, list[str]] = {}

    def grow(start: Point, degrees: float, length: float, width: float) -> None:
        bend = dice.between(-9, 9)
        angle = math.radians(degrees + bend)
        middle = (
            start[0] + 0.5 * length * math.cos(angle),
            start[1] + 0.5 * length * math.sin(angle),
        )
        angle = math.radians(degrees)
        end = (start[0] + length * math.cos(angle), start[1] + length * math.sin(angle))
        widths.setdefault(max(3, round(width)), []).append(smooth([start, middle, end]))
        if width < 3.4 or length < 26:
            return
        spread = dice.between(17, 30)
        grow(
            end,
            degrees - spread + dice.between(-6, 6),
            length * dice.between(0.72, 0.86),
            width * 0.68,
        )
        grow(
            end,
            degrees + spread + dice.between(-6, 6),
            length * dice.between(0.7, 0.84),
            width * 0.66,
        )
        if width > 9 and dice.chance(0.55):
            grow(middle, degrees + dice.pick((-46, 44)), length * 0.6, width * 0.42)

    grow((770, 1640), -88, 305, 46)
    with sheet.group(fill="none", stroke=inks.ink, stroke_linecap="round"):
        for width, branches in sorted(widths.items()):
            sheet.path("".join(branches), stroke_width=width)
    sheet.path(
        "M180 1640q320-26 620-8t620 2",
        fill="none",
        stroke=inks.ink,
        stroke_width=12,
        stroke_linecap="round",
    )
    grass = "".join(
        f"M{x} 1636l{dice.whole(-14, 14)}-{dice.whole(14, 52)}" for x in range(200, 1400, 17)
    )
    sheet.path(grass, fill="none", stroke=inks.ink, stroke_width=4, stroke_linecap="round")


def fern_study(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Three fronds, pressed; each leaflet is a smaller answer to the frond."""
    sheet.ground(inks.paper)
    leaflet = sheet.define(
        '<path id="{id}" d="M0 0C24-26 74-34 120-20C146-12 160-4 168 0'
        'C158 8 140 14 116 18C70 26 24 20 0 0z"/>'
    )
    fronds = ((800, 1800, -91, 1480, 0), (620, 1800, -103, 980, 1), (990, 1800, -76, 1040, 2))
    for foot_x, foot_y, degrees, length, index in fronds[::-1]:
        tone = inks.tones[index]
        x, y, heading = float(foot_x), float(foot_y), float(degrees)
        bow = (degrees + 90) * 0.028 + (0.12 if index == 0 else 0)
        pairs = 34
        points = [(x, y)]
        for pair in range(pairs):
            share = pair / (pairs - 1)
            x += length / pairs * math.cos(math.radians(heading))
            y += length / pairs * math.sin(math.radians(heading))
            heading += bow * (0.5 + 2 * share)
            points.append((x, y))
            if share < 0.1:
                continue
            size = 1.75 * (math.sin(math.pi * min(1, (share - 0.08) / 0.92) ** 0.62)) + 0.13
            lean = 74 - 34 * share
            for side in (-1, 1):
                turn = round(heading + side * lean + dice.between(-3, 3))
                sheet.use(
                    leaflet,
                    fill=mix(tone, inks.ink, 0.1 * (pair % 2)),
                    transform=f"translate({x:.0f} {y:.0f})rotate({turn})"
                    f"scale({size * length / 1480:.2f} {-side * size * 0.62:.2f})",
                )
        sheet.path(
            smooth(points),
            fill="none",
            stroke=mix(tone, inks.ink, 0.5),
            stroke_width=8,
            stroke_linecap="round",
        )


def meadow_margin(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """What the mower left along the fence: umbels, seed heads, grasses."""
    sheet.ground(inks.paper)
    sheet.path(ring(1080, 610, 250), fill=inks.tones[0])
    stems = [
        (210 + 79 * index + dice.between(-26, 26), dice.between(430, 1250)) for index in range(16)
    ]
    for index, (foot, top) in enumerate(stems):
        head = foot + dice.between(-110, 110)
        tone = ramp((inks.ink, *inks.tones[1:]), dice.unit())
        sheet.path(
            smooth([(foot, TALL + 20.0), (foot, (TALL + top) / 2), (head, top)]),
            fill="none",
            stroke=tone,
            stroke_width=7,
            stroke_linecap="round",
        )
        (_umbel, _grass, _seed_head, _umbel)[index % 4](sheet, dice, (head, top), tone)


def _umbel(sheet: Canvas, dice: Dice, head: Point, tone: str) -> None:
    """Draw an umbrella of rays, each ending in a spray of dots."""
    rays, dots = [], []
    reach = dice.between(120, 200)
    for ray in range(11):
        turn = -0.25 + (ray - 5) * 0.036
        end = on_circle(*head, reach * dice.between(0.88, 1), turn)
        rays.append(segment(head, end))
        for floret in range(6):
            dots.append(dot(*on_circle(*end, dice.between(14, 34), turn + (floret - 2.5) * 0.13)))
    sheet.path("".join(rays), fill="none", stroke=tone, stroke_width=4)
    sheet.path("".join(dots), fill="none", stroke=tone, stroke_width=17, stroke_linecap="round")


def _grass(sheet: Canvas, dice: Dice, head: Point, tone: str) -> None:
    """Draw a panicle of grains that lean to one side."""
    grains = []
    lean = dice.pick((-1, 1))
    for grain in range(18):
        x, y = head[0] + dice.between(-6, 6), head[1] - 40 + grain * 17
        side = lean if grain % 3 else -lean
        grains.append(
            f"M{x:.0f} {y:.0f}q{side * 18} -30 {side * 34} -38q{side * -6} 26 {side * -34} 38z"
        )
    sheet.path("".join(grains), fill=tone)


def _seed_head(sheet: Canvas, dice: Dice, head: Point, tone: str) -> None:
    """Draw a poppy's capsule with its crown."""
    x, y = round(head[0]), round(head[1])
    sheet.path(f"M{x} {y + 60}c-70 0-70-104-34-122h68c36 18 36 122-34 122z", fill=tone)
    sheet.path(f"M{x - 48} {y - 66}q48-34 96 0z", fill=tone)
    sheet.path(
        f"M{x - 18} {y + 44}q-26-44-6-96M{x + 18} {y + 44}q26-44 6-96",
        fill="none",
        stroke="#ffffff",
        stroke_opacity=0.35,
        stroke_width=5,
    )


def olive_branch(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """A branch from the tree behind the studio, with the fruit of a good year."""
    sheet.ground(inks.paper)
    spine = [(330.0, 1760.0), (560, 1440), (700, 1090), (850, 760), (1120, 430), (1330, 250)]
    sheet.path(smooth(spine), fill="none", stroke=inks.ink, stroke_width=17, stroke_linecap="round")
    leaf = sheet.define('<path id="{id}" d="M0 0C50-46 170-64 290-6C180 44 60 38 0 0z"/>')
    rib = sheet.define('<path id="{id}" d="M6 0Q130-14 268-5"/>')
    for index in range(27):
        share = (index + 0.8) / 28
        x, y = _along(spine, share)
        side = 1 if index % 2 else -1
        degrees = round(-56 + side * dice.between(26, 70))
        scale = 1.12 - 0.45 * share + dice.between(-0.1, 0.14)
        place = f"translate({x:.0f} {y:.0f})rotate({degrees})scale({scale:.2f} {scale * side:.2f})"
        sheet.use(
            leaf,
            transform=place,
            fill=mix(dice.pick(inks.tones[:3]), inks.paper, dice.between(0, 0.2)),
        )
        sheet.use(
            rib, transform=place, fill="none", stroke=inks.paper, stroke_width=5, stroke_opacity=0.6
        )
        if index % 4 == 2:
            fruit_x, fruit_y = x + side * 66, y + 92
            sheet.path(segment((x, y), (fruit_x, fruit_y)), stroke=inks.ink, stroke_width=6)
            sheet.ellipse(
                fruit_x,
                fruit_y + 36,
                40,
                54,
                fill=inks.tones[3],
                transform=f"rotate({side * -14} {fruit_x:.0f} {fruit_y:.0f})",
            )
            sheet.ellipse(fruit_x - 12, fruit_y + 18, 8, 15, fill=inks.paper, opacity=0.5)


def _along(points: list[Point], share: float) -> Point:
    """Return the point at a share of the spline's parameter."""
    place = share * (len(points) - 1.001)
    index, rest = int(place), place - int(place)
    (x0, y0), (x1, y1) = points[index], points[index + 1]
    return (x0 + (x1 - x0) * rest, y0 + (y1 - y0) * rest)
