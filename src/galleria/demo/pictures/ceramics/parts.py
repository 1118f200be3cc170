"""What is not thrown on the wheel: handles, spouts, plates, and things set beside pots."""

from __future__ import annotations

import math

import msgspec

from galleria.demo.pictures.canvas import Canvas, Point
from galleria.demo.pictures.ceramics.glazes import Glaze
from galleria.demo.pictures.ceramics.wheel import SHADOW
from galleria.demo.pictures.colour import lighter, mix
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.outline import dot, on_circle, smooth


def handle(scene: Canvas, points: list[Point], width: float, glaze: Glaze) -> None:
    """Pull a handle along the points: a rounded strap with light on its upper left."""
    line = scene.define(f'<path id="{{id}}" d="{smooth(points)}"/>')
    with scene.group(fill="none", stroke_linecap="round"):
        scene.use(line, stroke=mix(glaze.deep, SHADOW, 0.45), stroke_width=width)
        scene.use(
            line,
            stroke=mix(glaze.face, glaze.deep, 0.45),
            stroke_width=width * 0.82,
            x=-width * 0.05,
            y=-width * 0.05,
        )
        with scene.group(filter=scene.blur(width * 0.1)):
            scene.use(
                line,
                stroke=lighter(glaze.face, 0.04),
                stroke_width=width * 0.46,
                x=-width * 0.12,
                y=-width * 0.12,
            )
            scene.use(
                line,
                stroke="#ffffff",
                stroke_width=width * 0.14,
                x=-width * 0.16,
                y=-width * 0.18,
                stroke_opacity=0.15 + 0.45 * glaze.gloss,
            )


def spout(scene: Canvas, outline: str, glaze: Glaze, ridge: str) -> None:
    """Join a spout of the given outline; `ridge` is the line that catches the light."""
    fill = scene.linear(
        [(0, lighter(glaze.face, 0.05)), (0.5, glaze.face), (1, mix(glaze.deep, SHADOW, 0.45))],
        (0.35, 0),
        (0.75, 1),
    )
    scene.path(outline, fill=fill)
    with scene.group(clip_path=scene.clip(outline)):
        scene.path(
            ridge,
            fill="none",
            stroke="#ffffff",
            stroke_width=17,
            stroke_linecap="round",
            stroke_opacity=0.2 + 0.5 * glaze.gloss,
            filter=scene.blur(7),
        )


class Dish(msgspec.Struct, frozen=True):
    """A plate's measures: half its width in units, how round it is seen, where its flat begins."""

    reach: float
    tilt: float
    # Share of the reach at which the flat begins, and how far below the rim it lies, in units.
    rim: float = 0.7
    depth: float = 0.0


def plate(scene: Canvas, centre: Point, dish: Dish, glaze: Glaze, dice: Dice) -> None:
    """Lay a plate: its thickness, its rim, and its flat."""
    x, y = centre
    reach, flat = dish.reach, dish.reach * dish.tilt
    thick = max(8.0, reach * 0.045)
    face = glaze.face
    under = [(0, face), (0.5, mix(glaze.deep, SHADOW, 0.2)), (1, mix(glaze.deep, SHADOW, 0.55))]
    scene.ellipse(
        x, y + thick, reach * 0.985, flat * 0.985, fill=scene.linear(under, (0, 0), (1, 0.4))
    )
    scene.ellipse(x, y, reach, flat, fill=glaze.edge)
    brim = [
        (0, mix(face, SHADOW, 0.1)),
        (0.3, lighter(face, 0.02)),
        (0.75, lighter(face, 0.045)),
        (1, mix(face, SHADOW, 0.06)),
    ]
    across = ((0, 0.1), (1, 0.9))
    scene.ellipse(x, y + 2, reach * 0.982, flat * 0.978, fill=scene.linear(brim, *across))
    inner, drop = reach * dish.rim, flat * (dish.rim - 0.005)
    well = [
        (0, mix(face, SHADOW, 0.26)),
        (0.35, mix(face, SHADOW, 0.09)),
        (0.8, lighter(face, 0.05)),
        (1, lighter(face, 0.07)),
    ]
    scene.ellipse(x, y + thick * 0.3, inner, drop, fill=scene.linear(well, *across))
    shrink = 1 - dish.depth / reach
    hole = (
        f"M{x - inner:.0f} {y + thick * 0.3:.0f}a{inner:.0f} {drop:.0f} 0 1 0 {2 * inner:.0f} 0"
        f"a{inner:.0f} {drop:.0f} 0 1 0-{2 * inner:.0f} 0z"
    )
    with scene.group(clip_path=scene.clip(hole)):
        floor = (x, y + thick * 0.55 + dish.depth)
        _floor(scene, floor, (inner * shrink, drop * shrink), glaze)
    _plate_specks(scene, centre, dish, glaze, dice)
    _sheen(scene, centre, dish, glaze.gloss)


def _plate_specks(scene: Canvas, centre: Point, dish: Dish, glaze: Glaze, dice: Dice) -> None:
    """Scatter a speckled glaze's iron over a plate."""
    x, y = centre
    dots = []
    for _ in range(glaze.specks):
        east, south = on_circle(0, 0, math.sqrt(dice.unit()) * dish.reach * 0.95, dice.unit())
        dots.append(dot(x + east, y + south * dish.tilt))
    if dots:
        scene.path(
            "".join(dots),
            fill="none",
            stroke=glaze.speck,
            stroke_width=6,
            stroke_linecap="round",
            stroke_opacity=0.7,
        )


def _floor(scene: Canvas, centre: Point, reach: Point, glaze: Glaze) -> None:
    """Lay the flat of a plate with the rings the turning left."""
    (x, y), (wide, flat) = centre, reach
    scene.ellipse(
        x,
        y,
        wide * 0.93,
        flat * 0.92,
        fill=scene.radial(
            [
                (0, lighter(glaze.face, 0.02)),
                (0.7, glaze.face),
                (1, mix(glaze.face, glaze.deep, 0.55)),
            ],
            (0.56, 0.6),
            0.62,
        ),
    )
    for ring in (0.75, 0.5, 0.25):
        scene.ellipse(
            x,
            y,
            wide * ring,
            flat * ring,
            fill="none",
            stroke=glaze.deep,
            stroke_width=5,
            stroke_opacity=0.14,
        )


def _sheen(scene: Canvas, centre: Point, dish: Dish, gloss: float) -> None:
    """Lay the window's reflection along the rim of a plate."""
    if gloss <= 0.25:
        return
    x, y = centre
    reach, tilt = dish.reach, dish.tilt
    points = [on_circle(0, 0, reach * 0.87, 0.54 + 0.02 * step) for step in range(8)]
    with scene.group(
        fill="none",
        stroke="#ffffff",
        stroke_linecap="round",
        filter=scene.blur(7 + 6 * (1 - gloss)),
    ):
        scene.path(
            smooth([(x + east, y + south * tilt) for east, south in points]),
            stroke_width=reach * 0.055,
            stroke_opacity=0.7 * gloss,
        )


def plate_shadow(scene: Canvas, centre: Point, reach: float, tilt: float, height: float) -> None:
    """Lay the shadow of something flat that is `height` units thick."""
    x, y = centre
    scene.ellipse(
        x + 40 + height * 0.5,
        y + height + 16,
        reach * 1.02,
        reach * tilt * 1.02,
        fill=SHADOW,
        opacity=0.3,
        filter=scene.blur(38),
    )
    scene.ellipse(
        x + 10,
        y + height + 8,
        reach * 0.9,
        reach * tilt * 0.94,
        fill=SHADOW,
        opacity=0.4,
        filter=scene.blur(14),
    )


def branch(scene: Canvas, foot: Point, tip: Point, dice: Dice, leaf: str = "#7d8a66") -> None:
    """Set a leafy branch from `foot` to `tip`."""
    (x0, y0), (x1, y1) = foot, tip
    bend = (x0 + (x1 - x0) * 0.25, y0 + (y1 - y0) * 0.6)
    scene.path(
        smooth([foot, bend, tip]),
        fill="none",
        stroke="#6b5540",
        stroke_width=9,
        stroke_linecap="round",
    )
    blade = scene.define('<path id="{id}" d="M0 0C24-34 86-44 130-8C86 24 30 22 0 0z"/>')
    for index in range(9):
        share = 0.3 + 0.7 * index / 8
        x = (1 - share) ** 2 * x0 + 2 * share * (1 - share) * bend[0] + share**2 * x1
        y = (1 - share) ** 2 * y0 + 2 * share * (1 - share) * bend[1] + share**2 * y1
        heading = math.degrees(math.atan2(y1 - bend[1], x1 - bend[0]))
        side = 1 if index % 2 else -1
        degrees = heading + (0 if index == 8 else side * dice.between(34, 62))
        size = dice.between(0.72, 1.05) * (1.1 - 0.35 * share)
        scene.use(
            blade,
            fill=mix(leaf, "#d9d2b0", dice.between(0, 0.4)),
            transform=f"translate({x:.0f} {y:.0f})rotate({degrees:.0f})"
            f"scale({size:.2f} {size * side:.2f})",
        )


def grasses(scene: Canvas, foot: Point, height: float, count: int, dice: Dice) -> None:
    """Set dry grasses that fan out of `foot`."""
    x, y = foot
    with scene.group(fill="none", stroke_linecap="round"):
        for index in range(count):
            lean = (index - (count - 1) / 2) * 70 + dice.between(-20, 20)
            top = y - height * dice.between(0.82, 1) + abs(lean) * 0.3
            scene.path(
                smooth([(x, y), (x + lean * 0.2, (y + top) / 2), (x + lean, top)]),
                stroke="#9a8660",
                stroke_width=6,
            )
            scene.path(
                smooth([(x + lean * 0.86, top + 90), (x + lean, top), (x + lean * 1.12, top - 80)]),
                stroke=dice.pick(("#cdb384", "#c4a477", "#d8c39a")),
                stroke_width=26,
            )


def steam(scene: Canvas, foot: Point, dice: Dice) -> None:
    """Let a little steam rise."""
    x, y = foot
    with scene.group(fill="none", stroke="#ffffff", stroke_linecap="round", filter=scene.blur(13)):
        for shift in (-50, 20):
            scene.path(
                smooth(
                    [
                        (x + shift, y),
                        (x + shift + 46, y - 110),
                        (x + shift - 34, y - 230),
                        (x + shift + 30, y - 360),
                    ]
                ),
                stroke_width=24,
                stroke_opacity=0.3,
            )
