"""Prints that a machine with one pen could draw: pendulums, lathes, threads, waves."""

from __future__ import annotations

import math

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.colour import ramp
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.outline import on_circle, segment, smooth
from galleria.demo.pictures.prints.inks import MARGIN, TALL, WIDE, Inks


def two_ponds(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Two stones, two ponds, one moiré between them."""
    sheet.ground(inks.paper)
    with sheet.group(fill="none", stroke_width=7):
        for centre_x, centre_y, tone in ((710, 870, inks.ink), (890, 1130, inks.tones[0])):
            with sheet.group(stroke=tone, stroke_opacity=0.92):
                for index in range(1, 39):
                    sheet.circle(centre_x, centre_y, index * 15)


def standing_wave(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Sixty-four upright lines, and the wave that stands still in them."""
    sheet.ground(inks.paper)
    lines, left, right = 64, MARGIN + 90, WIDE - MARGIN - 90
    for index in range(lines):
        share = index / (lines - 1)
        points = []
        for step in range(30):
            down = step / 29
            swell = math.exp(-(((down - 0.36) / 0.2) ** 2)) + 0.85 * math.exp(
                -(((down - 0.74) / 0.13) ** 2)
            )
            shift = 150 * swell * math.sin(math.tau * (share * 1.5 + down * 1.1))
            points.append(
                (
                    left + (right - left) * share + shift,
                    MARGIN + 60 + (TALL - 2 * MARGIN - 120) * down,
                )
            )
        sheet.path(
            smooth(points),
            fill="none",
            stroke=ramp((inks.ink, *inks.tones), share),
            stroke_width=9,
            stroke_linecap="round",
        )


def rose_engine(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Guilloche from a lathe that never existed: one curve, turned thirty-six times."""
    sheet.ground(inks.paper)
    rosettes = (
        (660, 0.46, 16, inks.ink, 20),
        (430, 0.62, 12, inks.tones[0], 18),
        (236, 0.7, 8, inks.tones[1], 14),
    )
    with sheet.group(fill="none", transform=f"translate({WIDE // 2} {TALL // 2})", stroke_width=4):
        for radius, depth, lobes, tone, turns in rosettes:
            corners = lobes * 8
            curve = [
                on_circle(
                    0,
                    0,
                    radius
                    * (1 - depth * (0.5 - 0.5 * math.cos(math.tau * lobes * corner / corners))),
                    corner / corners,
                )
                for corner in range(corners)
            ]
            name = sheet.define(f'<path id="{{id}}" d="{smooth(curve, True)}"/>')
            with sheet.group(stroke=tone):
                for turn in range(turns):
                    share = turn / (turns - 1)
                    degrees = 360 * 0.55 * share / lobes
                    size = 1 - 0.14 * share
                    sheet.use(name, transform=f"rotate({degrees:.2f})scale({size:.3f})")


def seven_times_table(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """A thread from every nail to seven times its number, round and round the ring."""
    sheet.ground(inks.paper)
    nails, radius = 252, 620
    threads: dict[str, list[str]] = {}
    for nail in range(1, nails):
        start = on_circle(WIDE / 2, TALL / 2, radius, nail / nails - 0.25)
        end = on_circle(WIDE / 2, TALL / 2, radius, 7 * nail / nails - 0.25)
        length = math.dist(start, end) / (2 * radius)
        threads.setdefault(ramp(inks.tones, round(length * 7) / 7), []).append(segment(start, end))
    with sheet.group(stroke_width=4, fill="none", stroke_opacity=0.9):
        for tone, strokes in threads.items():
            sheet.path("".join(strokes), stroke=tone)
        sheet.circle(WIDE / 2, TALL / 2, radius, stroke=inks.ink, stroke_width=7)


def ribbon(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """One ribbon in the wind, drawn as the forty-six threads it is woven of."""
    sheet.ground(inks.paper)
    threads, steps = 46, 46
    for thread in range(threads):
        share = thread / (threads - 1)
        points = []
        for step in range(steps):
            time = step / (steps - 1)
            x = 800 + 430 * math.sin(math.tau * (0.86 * time + 0.09 * share + 0.05))
            x += 130 * math.sin(math.tau * (2.1 * time - 0.22 * share))
            y = 330 + 1340 * time + 130 * math.cos(math.tau * (1.7 * time + 0.33 * share))
            points.append((x + 60 * (share - 0.5), y + 60 * (share - 0.5)))
        sheet.path(
            smooth(points), fill="none", stroke=ramp((inks.ink, *inks.tones), share), stroke_width=5
        )


def orrery(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """A clockwork sky with nine bodies, none of them ours."""
    sheet.ground(inks.paper)
    centre = (800.0, 1000.0)
    with sheet.group(fill="none", stroke=inks.ink):
        for orbit in range(9):
            radius = 150 + orbit * 62
            dash = ("1 16", None, "26 14", None)[orbit % 4]
            sheet.circle(
                *centre,
                radius,
                stroke_width=(5, 3, 4)[orbit % 3],
                stroke_dasharray=dash,
                stroke_linecap="round",
            )
        ticks = "".join(
            segment(
                on_circle(*centre, 690, turn / 120),
                on_circle(*centre, 716 if turn % 10 else 740, turn / 120),
            )
            for turn in range(120)
        )
        sheet.path(ticks, stroke_width=3)
    sun = sheet.radial([(0, inks.tones[0]), (1, inks.tones[1])], (0.38, 0.34), 0.8)
    sheet.circle(*centre, 92, fill=sun)
    for orbit in range(9):
        radius, turn = 150 + orbit * 62, dice.unit()
        x, y = on_circle(*centre, radius, turn)
        size = dice.pick((15, 20, 26, 34, 44)) * (0.8 if orbit < 2 else 1)
        tone = inks.tones[1 + orbit % (len(inks.tones) - 1)]
        sheet.circle(x, y, size + 9, fill=inks.paper)
        sheet.circle(x, y, size, fill=tone)
        if orbit in {4, 7}:
            sheet.ellipse(
                x,
                y,
                size * 1.9,
                size * 0.5,
                fill="none",
                stroke=tone,
                stroke_width=6,
                transform=f"rotate(-24 {x:.0f} {y:.0f})",
            )
        if orbit in {3, 5, 8}:
            moon = on_circle(x, y, size + 28, dice.unit())
            sheet.circle(*moon, 8, fill=inks.ink)
