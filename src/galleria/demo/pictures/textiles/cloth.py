"""Cloth in the light: threads, folds, fringes, shadows, and the rooms it lies in."""

from __future__ import annotations

import math

from galleria.demo.pictures.canvas import Canvas, Point
from galleria.demo.pictures.colour import lighter, mix
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.outline import segment, smooth

WIDE, TALL = 1600, 2000
SHADOW = "#2a1d14"

WALLS: dict[str, str] = {
    "plaster": "#e7ddd0",
    "linen": "#e3d9c8",
    "dawn": "#ead5c8",
    "fog": "#d9dcda",
    "olive": "#d2d3c0",
    "clay": "#d6b69c",
}


def threads(scene: Canvas, dice: Dice, pitch: int = 8, slub: float = 0.08) -> str:
    """Return a see-through weave: single threads over and under, with the slubs of real yarn."""
    size = pitch * 30
    half = pitch // 2
    over = f"M0 {half}h{half}M{half} 0h{half}"
    fine = scene.pattern(pitch, pitch, (
        f'<path d="{over}" stroke="#000" stroke-opacity=".13" stroke-width="{half}"/>'
        f'<path d="M0 0v{pitch}" stroke="#fff" stroke-opacity=".16" stroke-width="2"/>'
    ))  # fmt: skip
    slubs = {"#fff": "", "#000": ""}
    for index in range(70):
        x, y, run = dice.whole(0, size), dice.whole(0, size // pitch) * pitch, dice.whole(30, 150)
        slubs["#fff" if index % 2 else "#000"] += (
            f"M{x} {y}h{run}" if index % 3 else f"M{y} {x}v{run}"
        )
    content = f'<rect width="{size}" height="{size}" fill="{fine}"/>' + "".join(
        f'<path d="{lines}" stroke="{tone}" stroke-opacity="{slub}" stroke-width="{half}" '
        'fill="none"/>'
        for tone, lines in slubs.items()
    )
    return scene.pattern(size, size, content)


def hand(scene: Canvas, dice: Dice, wander: float = 9) -> str:
    """Return the filter that lets lines wander as a hand-woven cloth's do."""
    return scene.filter(
        f'<feTurbulence type="fractalNoise" baseFrequency=".009" numOctaves="2" '
        f'seed="{dice.whole(1, 99)}"/><feDisplacementMap in="SourceGraphic" scale="{wander}" '
        'xChannelSelector="R" yChannelSelector="G"/>',
        x="-2%", y="-2%", width="104%", height="104%",
    )  # fmt: skip


def lay(scene: Canvas, outline: str, paint: str, weave: str) -> None:
    """Fill an outline with a paint and the threads over it."""
    scene.path(outline, fill=paint)
    scene.path(outline, fill=weave)


def drop_shadow(
    scene: Canvas, outline: str, shift: Point = (18, 26), soft: float = 26, opacity: float = 0.34
) -> None:
    """Lay the shadow of an outline behind it."""
    scene.path(
        outline,
        fill=SHADOW,
        fill_opacity=opacity,
        filter=scene.blur(soft),
        transform=f"translate({shift[0]} {shift[1]})",
    )


def folds(
    scene: Canvas,
    box: tuple[float, float, float, float],
    count: int,
    dice: Dice,
    depth: float = 0.26,
) -> None:
    """Model upright folds inside the box (x, y, width, height), deeper towards the hem."""
    left, top, width, height = box
    with scene.group(filter=scene.blur(width / count * 0.16)):
        for index in range(count):
            x = left + width * (index + dice.between(0.25, 0.75)) / count
            reach = width / count * dice.between(0.26, 0.44)
            sway = dice.between(-0.3, 0.3) * width / count
            for side, tone, opacity in (
                (1, "#000", depth * dice.between(0.6, 1)),
                (-1, "#fff", depth * dice.between(0.4, 0.8)),
            ):
                begin, end = x + side * reach * 0.15, x + sway + side * reach * 0.2
                scene.path(
                    smooth(
                        [
                            (begin, top + height * 0.04),
                            (begin + side * reach * 0.2, top + height * 0.4),
                            (end, top + height + 30),
                            (end + side * reach, top + height + 30),
                            (begin + side * reach * 0.9, top + height * 0.4),
                        ],
                        True,
                    ),
                    fill=tone,
                    fill_opacity=opacity,
                )


def fringe(scene: Canvas, start: Point, end: Point, length: float, tone: str, dice: Dice) -> None:
    """Knot a fringe along a line, hanging down (or sideways when the line stands upright)."""
    (x0, y0), (x1, y1) = start, end
    run = math.hypot(x1 - x0, y1 - y0)
    count = int(run / 17)
    turn_x, turn_y = -(y1 - y0) / run, (x1 - x0) / run
    strands, knots = "", ""
    for index in range(count + 1):
        share = index / count
        x, y = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
        reach = length * dice.between(0.88, 1.06)
        aside = dice.between(-7, 7)
        strands += smooth(
            [
                (x, y),
                (
                    x + turn_x * reach * 0.5 + turn_y * aside,
                    y + turn_y * reach * 0.5 + turn_x * aside,
                ),
                (
                    x + turn_x * reach + turn_y * aside * 0.4,
                    y + turn_y * reach - turn_x * aside * 0.4,
                ),
            ]
        )
        knots += f"M{x + turn_x * 8:.0f} {y + turn_y * 8:.0f}h0"
    with scene.group(fill="none", stroke_linecap="round"):
        scene.path(
            strands, stroke=SHADOW, stroke_width=9, stroke_opacity=0.25, transform="translate(5 6)"
        )
        scene.path(strands, stroke=mix(tone, SHADOW, 0.16), stroke_width=9)
        scene.path(strands, stroke=lighter(tone, 0.05), stroke_width=3)
        scene.path(knots, stroke=tone, stroke_width=15)


def wall(name: str, tone_name: str) -> Canvas:
    """Return a plastered wall with morning light across it."""
    tone = WALLS[tone_name]
    scene = Canvas(WIDE, TALL, name)
    scene.rect(
        0,
        0,
        WIDE,
        TALL,
        fill=scene.linear([(0, lighter(tone, 0.02)), (1, lighter(tone, -0.05))], (0, 0), (1, 1)),
    )
    with scene.group(fill="#fff8ea", fill_opacity=0.3, filter=scene.blur(40)):
        scene.path("M-100 260L880-160 1200 160-100 760z")
        scene.path("M-100 1100L1300 480 1480 700-100 1480z")
    return scene


def table(name: str, tone_name: str) -> Canvas:
    """Return a table top or a floor seen from above, lit from the upper left."""
    tone = WALLS[tone_name]
    scene = Canvas(WIDE, TALL, name)
    scene.rect(
        0,
        0,
        WIDE,
        TALL,
        fill=scene.radial(
            [(0, lighter(tone, 0.025)), (0.6, lighter(tone, -0.01)), (1, lighter(tone, -0.075))],
            (0.3, 0.25),
            0.95,
        ),
    )
    return scene


def boards(name: str, tone: str, dice: Dice) -> Canvas:
    """Return floor boards seen from above."""
    scene = Canvas(WIDE, TALL, name)
    scene.ground(tone)
    for index in range(7):
        y = index * 290
        for start in (dice.whole(-900, -200), dice.whole(300, 900)):
            scene.rect(start, y, 1400, 288, fill=lighter(tone, dice.between(-0.035, 0.03)))
        grain = ""
        for _ in range(9):
            x, rise = dice.whole(-200, 1300), dice.whole(-9, 9)
            grain += (
                f"M{x} {y + dice.whole(20, 270)}q{dice.whole(120, 260)} {rise} "
                f"{dice.whole(300, 520)} {rise // 2}"
            )
        scene.path(
            grain, fill="none", stroke=lighter(tone, -0.09), stroke_width=3, stroke_opacity=0.5
        )
    seams = "".join(f"M0 {index * 290}h{WIDE}" for index in range(1, 7))
    scene.path(seams, stroke=lighter(tone, -0.18), stroke_width=5)
    scene.rect(
        0,
        0,
        WIDE,
        TALL,
        fill=scene.linear(
            [(0, "#fff6e4/0.28"), (0.5, "#fff6e4/0"), (1, f"{SHADOW}/0.22")], (0, 0), (1, 1)
        ),
    )
    return scene


def rail(scene: Canvas, y: float) -> None:
    """Fix a round oak rail to the wall."""
    scene.rect(150, y + 20, 1300, 34, fill=SHADOW, opacity=0.3, filter=scene.blur(14))
    for x in (190, 1386):
        scene.rect(
            x,
            y - 52,
            24,
            70,
            fill=scene.linear([(0, "#c9a06c"), (1, "#8f6a41")], (0, 0), (1, 0)),
            rx=6,
        )
    scene.rect(
        130,
        y,
        1340,
        34,
        fill=scene.linear([(0, "#ddb987"), (0.4, "#c79d68"), (1, "#8a653d")]),
        rx=17,
    )


def stitches(scene: Canvas, start: Point, end: Point, tone: str) -> None:
    """Sew one straight line."""
    scene.path(
        segment(start, end),
        fill="none",
        stroke=tone,
        stroke_width=5,
        stroke_dasharray="18 10",
        stroke_linecap="round",
    )
