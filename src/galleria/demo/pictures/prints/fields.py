"""Prints drawn along invisible forces: tides, wind, weather, height above a sea."""

from __future__ import annotations

import math

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.colour import ramp
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.noise import Noise
from galleria.demo.pictures.outline import ring, smooth
from galleria.demo.pictures.prints.inks import MARGIN, TALL, WIDE, Inks
from galleria.demo.pictures.prints.streams import Streams, sparse


def _inner(margin: float) -> tuple[float, float, float, float]:
    return (margin, margin, WIDE - 2 * margin, TALL - 2 * margin)


def tidal_field(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Currents over a low sun: the same lines, counterchanged inside the disc."""
    noise = Noise(dice.seed)
    sheet.ground(inks.paper)
    left, top, width, height = _inner(MARGIN)

    def field(x: float, y: float) -> float:
        return 0.35 + 1.9 * noise.layered(x / 780, y / 640, 2)

    def inside(x: float, y: float) -> bool:
        return left < x < left + width and top < y < top + height

    lines = Streams(field, inside, 23).draw(dice, _inner(MARGIN), 620, 110)
    outline = "".join(smooth(sparse(line, 5)) for line in lines)
    lines_id = sheet.define(f'<path id="{{id}}" d="{outline}"/>')
    sun = ring(1010, 720, 380)
    with sheet.group(fill="none", stroke_width=7, stroke_linecap="round"):
        sheet.use(lines_id, stroke=inks.ink)
        sheet.path(sun, fill=inks.tones[0])
        sheet.use(lines_id, stroke=inks.paper, clip_path=sheet.clip(sun))


def wheat_weather(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Broad strokes laid over by a gust, light where the wind turns them."""
    noise = Noise(dice.seed)
    sheet.ground(inks.paper)

    def field(x: float, y: float) -> float:
        return -1.25 + 1.5 * noise.layered(x / 1100, y / 1100, 2)

    def inside(x: float, y: float) -> bool:
        return -80 < x < WIDE + 80 and -80 < y < TALL + 80

    lines = Streams(field, inside, 37).draw(dice, (-40, -40, WIDE + 80, TALL + 80), 230, 90)
    by_tone: dict[str, list[str]] = {}
    for line in lines:
        x, y = line[len(line) // 2]
        share = 0.5 + 0.62 * noise.at(x / 420 + 9, y / 420) + dice.between(-0.16, 0.16)
        tone = inks.tones[min(len(inks.tones) - 1, max(0, int(share * len(inks.tones))))]
        by_tone.setdefault(tone, []).append(smooth(sparse(line, 6)))
    with sheet.group(fill="none", stroke_width=27, stroke_linecap="round"):
        for tone in inks.tones:
            sheet.path("".join(by_tone.get(tone, ())), stroke=tone)


def undertow(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Two slow whirls in dark water, drawn in one pale ink."""
    noise = Noise(dice.seed)
    sheet.ground(inks.paper)
    whirls = ((620.0, 830.0, 1.0), (1080.0, 1230.0, -1.0))

    def field(x: float, y: float) -> float:
        east, south = 0.35, 0.12
        for centre_x, centre_y, turn in whirls:
            dx, dy = x - centre_x, y - centre_y
            weight = turn * 420 / (dx * dx + dy * dy + 16000)
            east += -dy * weight * 2.2
            south += dx * weight * 2.2
        return math.atan2(south, east) + 0.5 * noise.at(x / 500, y / 500)

    def inside(x: float, y: float) -> bool:
        return (x - 800) ** 2 + (y - 1000) ** 2 < 640**2

    lines = Streams(field, inside, 19, 9).draw(dice, (160, 360, 1280, 1280), 900, 60)
    buckets: tuple[list[str], ...] = ([], [], [])
    for line in lines:
        buckets[min(2, len(line) // 34)].append(smooth(sparse(line, 5)))
    with sheet.group(fill="none", stroke_linecap="round"):
        for bucket, tone, width in zip(buckets, inks.tones, (4, 5, 6), strict=False):
            sheet.path("".join(bucket), stroke=tone, stroke_width=width)


def night_signals(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Forty readings of one night, each hiding what lies behind it, warming towards morning."""
    noise = Noise(dice.seed)
    sheet.ground(inks.paper)
    rows, points_a_row = 40, 58
    left, right = MARGIN + 60, WIDE - MARGIN - 60
    with sheet.group(fill=inks.paper, stroke_width=6, stroke_linejoin="round"):
        for row in range(rows):
            base = 380 + row * 36
            points = []
            for index in range(points_a_row):
                share = index / (points_a_row - 1)
                edge = min(1.0, 6 * min(share, 1 - share))
                swell = max(0.0, noise.layered(share * 4.2, row * 0.17, 3) + 0.1)
                calm = 3 * noise.at(share * 24, row * 1.7)
                points.append((left + (right - left) * share, base - 300 * edge * swell - calm))
            sheet.path(smooth(points), stroke=ramp((inks.ink, *inks.tones), row / (rows - 1)))


def slack_water(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """A harbour at the turn of the tide: one disc above, broken by the swell below."""
    noise = Noise(dice.seed)
    sheet.ground(inks.paper)
    horizon, centre = 1010, 800
    disc = ring(centre, 700, 310)
    sheet.path(disc, fill=sheet.linear([(0, inks.tones[0]), (1, inks.tones[1])]))
    swell: list[str] = []
    gleam: list[str] = []
    rows = 46
    for row in range(rows):
        depth = row / (rows - 1)
        y = horizon + 790 * depth**1.35
        x = MARGIN + 40.0
        while x < WIDE - MARGIN - 40:
            length = dice.between(60, 190) * (0.5 + depth)
            end = min(WIDE - MARGIN - 40, x + length)
            lift = (3 + 15 * depth) * noise.at(x / 160, row * 0.9)
            points = [(x, y), ((x + end) / 2, y - lift - 3 - 9 * depth), (end, y)]
            middle = abs((x + end) / 2 - centre)
            reach = 300 * (1 - 0.45 * depth) + dice.between(-90, 90)
            (gleam if middle < reach else swell).append(smooth(points))
            x = end + dice.between(14, 46) * (0.5 + depth)
    with sheet.group(fill="none", stroke_linecap="round", stroke_width=9):
        sheet.path("".join(swell), stroke=inks.ink)
        sheet.path("".join(gleam), stroke=inks.tones[1])
