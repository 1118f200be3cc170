"""Prints of many things that share a plane: pebbles, seeds, petals, cells, dots."""

from __future__ import annotations

import math

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.colour import lighter, mix, ramp
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.noise import Noise
from galleria.demo.pictures.outline import dot, on_circle, ring, smooth
from galleria.demo.pictures.prints.inks import MARGIN, TALL, WIDE, Inks

GOLDEN_TURN = (3 - math.sqrt(5)) / 2


def packed(
    dice: Dice, box: tuple[float, float, float, float], sizes: tuple[float, ...], gap: float
) -> list[tuple[float, float, float]]:
    """Return circles (x, y, radius) that do not touch, the big ones placed first."""
    left, top, width, height = box
    circles: list[tuple[float, float, float]] = []
    for radius in sizes:
        for _ in range(90):
            x = dice.between(left + radius, left + width - radius)
            y = dice.between(top + radius, top + height - radius)
            if all((x - a) ** 2 + (y - b) ** 2 > (radius + r + gap) ** 2 for a, b, r in circles):
                circles.append((x, y, radius))
                break
    return circles


def pebble_beach(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Stones sorted by no one: each is a circle that the sea has argued with."""
    sheet.ground(inks.paper)
    sizes = (150.0,) * 4 + (105.0,) * 12 + (72.0,) * 26 + (46.0,) * 60 + (27.0,) * 110
    box = (MARGIN - 20.0, MARGIN - 20.0, WIDE - 2.0 * MARGIN + 40, TALL - 2.0 * MARGIN + 40)
    for x, y, radius in packed(dice, box, sizes, 7):
        squash, turn = dice.between(0.8, 0.97), dice.unit()
        corners = 7 if radius < 60 else 9
        points = []
        for corner in range(corners):
            east, south = on_circle(0, 0, radius * dice.between(0.97, 1.12), corner / corners)
            cos, sin = math.cos(math.tau * turn), math.sin(math.tau * turn)
            south *= squash
            points.append((x + east * cos - south * sin, y + east * sin + south * cos))
        tone = mix(dice.pick(inks.tones), inks.paper, dice.between(0, 0.18))
        outline = smooth(points, True)
        sheet.path(outline, fill=tone)
        if radius > 60 and dice.chance(0.75):
            _vein(sheet, dice, (x, y, radius), outline, lighter(tone, 0.16))


def _vein(
    sheet: Canvas, dice: Dice, stone: tuple[float, float, float], outline: str, tone: str
) -> None:
    """Draw the quartz bands of one stone."""
    x, y, radius = stone
    turn = dice.unit()
    bands = []
    for _ in range(dice.whole(1, 3)):
        shift = dice.between(-0.6, 0.6) * radius
        along = on_circle(0, 0, radius * 1.2, turn)
        across = on_circle(x, y, shift, turn + 0.25)
        bow = on_circle(*across, radius * dice.between(-0.2, 0.2), turn + 0.25)
        bands.append(
            smooth(
                [
                    (across[0] - along[0], across[1] - along[1]),
                    bow,
                    (across[0] + along[0], across[1] + along[1]),
                ]
            )
        )
    sheet.path(
        "".join(bands),
        fill="none",
        stroke=tone,
        stroke_width=dice.pick((6, 9, 14)),
        clip_path=sheet.clip(outline),
    )


def sunflower_count(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Nine hundred seeds, each turned by the golden angle from the last (Vogel, 1979)."""
    sheet.ground(inks.paper)
    buckets: dict[tuple[str, int], list[str]] = {}
    for seed in range(6, 900):
        share = seed / 900
        x, y = on_circle(WIDE / 2, TALL / 2, 21.6 * math.sqrt(seed), seed * GOLDEN_TURN)
        tone = ramp(inks.tones, round(share * 9) / 9)
        size = round(14 + 26 * math.sin(math.pi * share**0.8))
        buckets.setdefault((tone, size), []).append(dot(x, y))
    with sheet.group(stroke_linecap="round", fill="none"):
        for (tone, size), dots in buckets.items():
            sheet.path("".join(dots), stroke=tone, stroke_width=size)


def dahlia(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """A dahlia by arithmetic: petals at the golden angle, the oldest outermost."""
    sheet.ground(inks.paper)
    petal = sheet.define(
        '<path id="{id}" d="M0 0C46 10 62 66 50 112C42 142 18 160 0 172'
        'C-18 160-42 142-50 112C-62 66-46 10 0 0z"/>'
    )
    count = 170
    with sheet.group(transform=f"translate({WIDE // 2} {TALL // 2})"):
        for index in range(count):
            share = 1 - index / count
            scale = 0.55 + 3.05 * share**0.9
            degrees = round(index * GOLDEN_TURN * 360) % 360
            tone = mix(ramp(inks.tones, share), inks.ink, 0.16 * (index % 3 == 0))
            sheet.use(petal, transform=f"rotate({degrees})scale({scale:.2f})", fill=tone)


def halftone_moon(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """A waning moon, as a newspaper of 1910 would have printed it."""
    noise = Noise(dice.seed)
    sheet.ground(inks.paper)
    pitch, radius = 27.0, 560.0
    cos, sin = math.cos(0.3), math.sin(0.3)
    buckets: dict[int, list[str]] = {}
    reach = int(radius / pitch) + 1
    for row in range(-reach, reach + 1):
        for column in range(-reach, reach + 1):
            x = (column * cos - row * sin) * pitch
            y = (column * sin + row * cos) * pitch
            if x * x + y * y > radius * radius:
                continue
            up = math.sqrt(1 - (x * x + y * y) / radius**2)
            light = max(0.0, (-0.72 * x - 0.28 * y) / radius + 0.58 * up)
            sea = 0.32 * max(0.0, noise.layered(x / 260 + 9, y / 260 + 9, 3))
            size = round(pitch * 1.18 * math.sqrt(max(0.02, min(1.0, light - sea))))
            if size > 4:
                buckets.setdefault(size - size % 2, []).append(dot(800 + x, 960 + y))
    with sheet.group(stroke=inks.ink, stroke_linecap="round", fill="none"):
        for size, dots in sorted(buckets.items()):
            sheet.path("".join(dots), stroke_width=size)
    sheet.path(ring(1290, 400, 22), fill=inks.tones[0])


def citrus_index(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Twenty halves of fruit, for people who read greengrocers' shelves."""
    sheet.ground(inks.paper)
    wedge = sheet.define(
        '<path id="{id}" d="M0-14C34-40 46-84 30-106C16-118-16-118-30-106C-46-84-34-40 0-14z"/>'
    )
    left, top, pitch_x, pitch_y = 275, 290, 350, 355
    for index in range(20):
        x, y = left + (index % 4) * pitch_x, top + (index // 4) * pitch_y
        rind, flesh = dice.pick(((0, 1), (2, 3), (4, 5), (0, 3), (2, 5)))
        slices = dice.pick((8, 9, 10))
        sheet.circle(x, y, 148, fill=inks.tones[rind])
        sheet.circle(x, y, 130, fill=mix(inks.tones[flesh], "#ffffff", 0.82))
        start = dice.whole(0, 40)
        squeeze = 8.6 / slices
        with sheet.group(fill=inks.tones[flesh], transform=f"translate({x} {y})"):
            for piece in range(slices):
                degrees = start + round(360 * piece / slices)
                sheet.use(wedge, transform=f"rotate({degrees})scale({squeeze:.2f} 1)")
        if dice.chance(0.28):
            sheet.path(
                f"M{x} {y - 148}a148 148 0 0 1 0 296z",
                fill=inks.tones[rind],
                transform=f"rotate({dice.whole(0, 7) * 45} {x} {y})",
            )


def twenty_eight_moons(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """One month, night by night, new moon to new moon."""
    sheet.ground(inks.paper)
    pitch_x, pitch_y, radius = 296, 238, 88
    left, top = WIDE / 2 - 1.5 * pitch_x, TALL / 2 - 3 * pitch_y
    for row in range(7):
        for column in range(4):
            night = 4 * row + column
            phase = night / 27
            x, y = round(left + column * pitch_x), round(top + row * pitch_y)
            sheet.circle(x, y, radius, fill=mix(inks.paper, inks.ink, 0.13))
            bulge = round(abs(math.cos(math.tau * phase)) * radius)
            waxing = phase < 0.5
            # The terminator is half an ellipse that swells, flips over, and shrinks again.
            outer = 1 if waxing else 0
            inner = outer if 0.25 < phase < 0.75 else 1 - outer
            sheet.path(
                f"M{x} {y - radius}a{radius} {radius} 0 0 {outer} 0 {2 * radius}"
                f"a{bulge} {radius} 0 0 {inner} 0-{2 * radius}z",
                fill=inks.tones[0] if night == 14 else inks.ink,
            )
