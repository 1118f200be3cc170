"""Prints of weather and ground: evenings, ridges, dunes, rain on a canal, arches."""

from __future__ import annotations

import math

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.colour import mix, ramp
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.noise import Noise
from galleria.demo.pictures.outline import ring, smooth
from galleria.demo.pictures.prints.inks import MARGIN, TALL, WIDE, Inks


def five_evenings(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """The same horizon on five evenings of one week in October."""
    sheet.ground(inks.paper)
    left, width, height, gap = MARGIN + 30, WIDE - 2 * MARGIN - 60, 318, 26
    noise = Noise(dice.seed)
    for evening in range(5):
        top = 152 + evening * (height + gap)
        low, high = inks.tones[2 * evening], inks.tones[2 * evening + 1]
        box = f"M{left} {top}h{width}v{height}h-{width}z"
        with sheet.group(clip_path=sheet.clip(box)):
            sheet.path(box, fill=sheet.linear([(0, high), (0.75, low)]))
            sun_x, sun_y = left + 230 + 190 * evening, top + 120 + 34 * evening
            sheet.path(ring(sun_x, sun_y, 74), fill=mix(low, "#fff3d6", 0.72))
            for layer in range(3):
                base = top + 190 + layer * 46
                points = [(left - 40.0, top + height + 60.0)]
                for step in range(13):
                    x = left - 40 + step * (width + 80) / 12
                    points.append(
                        (
                            x,
                            base
                            + 42 * noise.layered(x / 330 + 7 * layer, evening * 2.3 + layer, 2),
                        )
                    )
                points.append((left + width + 40.0, top + height + 60.0))
                sheet.path(smooth(points) + "z", fill=mix(low, inks.ink, (0.32, 0.58, 0.86)[layer]))


def blue_hour(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Nine ridges behind one another, each paler by one breath of mist."""
    noise = Noise(dice.seed)
    sheet.rect(0, 0, WIDE, TALL, fill=sheet.linear([(0, inks.tones[0]), (0.55, inks.tones[1])]))
    sheet.path(ring(1090, 520, 128), fill=inks.paper)
    layers = 9
    for layer in range(layers):
        depth = layer / (layers - 1)
        base = 800 + 1080 * depth**1.15
        points = [(-60.0, TALL + 80.0)]
        for step in range(34):
            x = -60 + step * (WIDE + 120) / 33
            peak = abs(noise.layered(x / (620 - 260 * depth) + 11 * layer, layer * 3.7, 4))
            points.append((x, base + 130 - 430 * peak * (1.1 - 0.55 * depth)))
        points.append((WIDE + 60.0, TALL + 80.0))
        tone = mix(inks.tones[1], inks.ink, 0.14 + 0.86 * depth**0.85)
        fade = sheet.linear([(0, tone), (0.75, mix(tone, inks.tones[1], 0.34 * (1 - depth)))])
        sheet.path(smooth(points) + "z", fill=fade)


def seven_arches(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Arches within arches, and a sun that has found the doorway."""
    sheet.ground(inks.paper)
    count, outer, band = len(inks.tones), 600, 66
    base = 1680
    for index, tone in enumerate(inks.tones):
        radius = outer - index * band
        sheet.path(
            f"M{800 - radius} {base}V{560 + outer - 240}a{radius} {radius} 0 0 1 "
            f"{2 * radius} 0V{base}z",
            fill=tone,
        )
        sheet.path(
            f"M{800 - radius} {base}V{560 + outer - 240}a{radius} {radius} 0 0 1 "
            f"{2 * radius} 0V{base}",
            fill="none",
            stroke=inks.paper,
            stroke_width=9,
        )
    inner = outer - count * band
    sheet.path(
        f"M{800 - inner} {base}V{560 + outer - 240}a{inner} {inner} 0 0 1 {2 * inner} 0V{base}z",
        fill=inks.paper,
    )
    sheet.circle(800, 1330, inner - 22, fill=inks.ink)
    for step in range(3):
        sheet.rect(200 - 40 * step, base + 14 + 40 * step, 1200 + 80 * step, 26, fill=inks.ink)


def canal_rain(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """First drops on a canal: rings of every age, and slanting strokes above them."""
    sheet.ground(inks.paper)
    horizon = 830
    water = sheet.linear([(0, inks.tones[1]), (1, inks.tones[0])])
    sheet.rect(0, horizon, WIDE, TALL - horizon, fill=water)
    houses, x = [], 0.0
    while x < WIDE:
        wide, high = dice.between(95, 170), dice.between(210, 400)
        houses.append((x, wide, high))
        x += wide
    for x, wide, high in houses:
        tone = mix(inks.ink, inks.tones[2], dice.between(0.1, 0.75))
        left, right, top = round(x), round(x + wide), round(horizon - high)
        gable = dice.pick(
            (
                f"l{round(wide / 2)}-74 {round(wide / 2)} 74",
                f"v-30h{round(wide * 0.28)}v-44h{round(wide * 0.44)}v44h{round(wide * 0.28)}v30",
                f"h{round(wide)}",
            )
        )
        sheet.path(f"M{left} {horizon}V{top}{gable}H{right}V{horizon}z", fill=tone)
        sheet.rect(x, horizon, wide, high * 0.8, fill=tone, opacity=0.3)
        for level in range(int(high // 86)):
            for side in (0.2, 0.6):
                lit = dice.chance(0.22)
                sheet.rect(
                    x + wide * side,
                    horizon - high + 34 + level * 84,
                    wide * 0.2,
                    44,
                    fill=inks.tones[3] if lit else mix(tone, inks.ink, 0.55),
                )
    with sheet.group(fill="none", stroke=inks.paper, stroke_linecap="round"):
        for _ in range(34):
            depth = dice.unit() ** 1.3
            y = horizon + 60 + (TALL - horizon - 130) * depth
            reach = (26 + 118 * depth) * dice.between(0.35, 1)
            centre = dice.between(60, WIDE - 60)
            for share in (1, 0.55) if reach > 48 else (1,):
                sheet.ellipse(
                    centre,
                    y,
                    reach * share,
                    reach * share * 0.3,
                    stroke_width=4,
                    stroke_opacity=0.75,
                )
        strokes = "".join(
            f"M{dice.whole(0, WIDE)} {dice.whole(0, TALL - 300)}l-{run} {run * 5}"
            for run in (dice.whole(7, 17) for _ in range(130))
        )
        sheet.path(strokes, stroke_width=4, stroke_opacity=0.5)


def long_dunes(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Sand combed by one wind: light on one flank of every dune, shade on the other."""
    noise = Noise(dice.seed)
    sheet.rect(0, 0, WIDE, TALL, fill=sheet.linear([(0, inks.tones[0]), (0.5, inks.tones[1])]))
    sheet.path(ring(470, 430, 118), fill=inks.paper)
    for layer in range(6):
        depth = layer / 5
        base = 760 + 950 * depth
        crest_x = 300 + 1000 * ((layer * GOLDEN) % 1)
        crest = base - 170 - 120 * (1 - depth)
        tone = ramp(inks.tones[2:], depth)
        line = [
            (-80.0, base + 60 * noise.at(layer * 3.1, 1)),
            (crest_x - 560, base - 10),
            (crest_x - 200, crest + 40),
            (crest_x, crest),
            (crest_x + 330, base - 40),
            (WIDE + 80.0, base + 60 * noise.at(layer * 1.7, 4)),
        ]
        body = smooth(line)
        sheet.path(f"{body}V{TALL + 40}H-80z", fill=tone)
        flank = [
            (crest_x - 100, crest + 22),
            (crest_x, crest),
            (crest_x + 330, base - 40),
            (WIDE + 80.0, base + 20),
            (WIDE + 80.0, base + 380),
            (crest_x + 260, base + 330),
            (crest_x - 130, base + 210),
            (crest_x + 60, base + 40),
        ]
        sheet.path(
            smooth(flank, True),
            fill=sheet.linear([(0, f"{inks.ink}/0.62"), (0.9, f"{inks.ink}/0")], (0, 0), (0.25, 1)),
        )
        combs = []
        for comb in range(7):
            y = base + 60 + comb * 26
            combs.append(
                smooth([(crest_x - 620, y + 30), (crest_x - 380, y - 20), (crest_x - 170, y + 8)])
            )
        sheet.path(
            "".join(combs),
            fill="none",
            stroke=mix(tone, "#ffffff", 0.4),
            stroke_width=4,
            stroke_opacity=0.5,
        )


GOLDEN = (math.sqrt(5) - 1) / 2
