"""The wheel: pots as surfaces of revolution, lit from the upper left, seen from a little above."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec

from galleria.demo.pictures.canvas import Canvas, Point
from galleria.demo.pictures.ceramics.glazes import Glaze
from galleria.demo.pictures.colour import lighter, mix
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.outline import dot, smooth

SHADOW = "#2a1d14"


class Form(msgspec.Struct, frozen=True):
    """A profile: (height above the ground, radius) in units from the rim down to the foot."""

    profile: tuple[Point, ...]
    # How far the eye stands above: height of a circle's ellipse over its width.
    tilt: float = 0.2
    wall: float = 13.0
    is_open: bool = True
    # Height up to which the clay stays bare.
    bare: float = 26.0


class Pot:
    """A form set on the ground of a scene, with the points of its surface."""

    def __init__(self, form: Form, centre: float, ground: float, scale: float = 1.0) -> None:
        """Stand the form at `centre`, its foot on `ground`, both in units of the scene."""
        self.form, self.centre, self.ground = form, centre, ground
        self.tilt, self.scale = form.tilt, scale
        rounded = _rounded(form.profile)
        self.rings = [(ground - height * scale, radius * scale) for height, radius in rounded]
        self.top, self.mouth = self.rings[0]
        self.foot = self.rings[-1][1]
        self.widest = max(radius for _, radius in self.rings)

    def at(self, ring: Point, across: float) -> Point:
        """Return the point of a ring's front at `across` (-1 left edge .. 1 right edge)."""
        level, radius = ring
        forward = math.sqrt(max(0.0, 1 - across * across))
        return (self.centre + radius * across, level + self.tilt * radius * forward)

    def outline(self) -> str:
        """Return the silhouette: both sides, the front of the foot, the back of the rim."""
        left = [(self.centre - radius, level) for level, radius in self.rings]
        right = [(self.centre + radius, level) for level, radius in reversed(self.rings)]
        foot, mouth = round(self.foot), round(self.mouth)
        down, up = smooth(left), smooth(right)
        return (
            f"{down}A{foot} {round(self.tilt * foot)} 0 0 0 {up[1:].replace('q', 'q', 1)}"
            f"A{mouth} {max(1, round(self.tilt * mouth))} 0 0 0 "
            f"{round(self.centre - self.mouth)} {round(self.top)}z"
        )

    def strip(self, start: float, end: float, low: float = 0.0, high: float = 1.0) -> str:
        """Return the part of the front between two meridians, `low` to `high` of its rings."""
        first, last = int(low * (len(self.rings) - 1)), int(high * (len(self.rings) - 1)) + 1
        rings = self.rings[first:last:2]
        side = [self.at(ring, max(-1.0, min(1.0, start))) for ring in rings]
        back = [self.at(ring, max(-1.0, min(1.0, end))) for ring in reversed(rings)]
        stretch = self.widest * 0.06
        side = [(x - stretch * (start < -1), y) for x, y in side]
        back = [(x + stretch * (end > 1), y) for x, y in back]
        return smooth(side + back, True)

    def meridian(self, across: float, low: float = 0.0, high: float = 1.0) -> str:
        """Return one line from rim to foot over the front."""
        first, last = int(low * (len(self.rings) - 1)), int(high * (len(self.rings) - 1)) + 1
        return smooth([self.at(ring, across) for ring in self.rings[first:last:2]])

    def ring_at(self, share: float) -> Point:
        """Return (level, radius) at a share of the height, 0 rim and 1 foot."""
        level = self.top + share * (self.ground - self.top)
        for (upper, wide), (lower, narrow) in zip(self.rings, self.rings[1:], strict=False):
            if upper <= level <= lower and lower > upper:
                part = (level - upper) / (lower - upper)
                return (level, wide + (narrow - wide) * part)
        return self.rings[-1]

    def around(self, share: float) -> str:
        """Return the front half of the ring at a share of the height."""
        level, radius = self.ring_at(share)
        size, flat = round(radius), max(1, round(radius * self.tilt))
        return f"M{round(self.centre - radius)} {round(level)}a{size} {flat} 0 0 0 {2 * size} 0"


def _rounded(profile: Sequence[Point], between: int = 5) -> list[Point]:
    """Return the profile as a Catmull-Rom curve; a point given twice stays a corner."""
    ends = [profile[0], *profile, profile[-1]]
    curve: list[Point] = [profile[0]]
    for p0, p1, p2, p3 in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        if p1 == p2:
            continue
        for step in range(1, between + 1):
            t = step / between
            curve.append(
                (
                    _spline(p0[0], p1[0], p2[0], p3[0], t),
                    max(1.0, _spline(p0[1], p1[1], p2[1], p3[1], t)),
                )
            )
    return curve


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b
        + (c - a) * t
        + (2 * a - 5 * b + 4 * c - d) * t * t
        + (3 * b - a - 3 * c + d) * t * t * t
    )


def shadow(scene: Canvas, pot: Pot) -> None:
    """Lay the long soft shadow to the right and the dark line of contact."""
    height = pot.ground - pot.top
    level = pot.ground + pot.tilt * pot.foot * 0.5
    soft = scene.blur(46)
    for reach, share in ((1.0, 0.12), (0.72, 0.16)):
        width = (pot.widest * 0.95 + height * 0.34) * reach
        scene.ellipse(
            pot.centre + height * 0.26 * reach + 20,
            level,
            width,
            30 + pot.widest * pot.tilt * 0.55 * reach,
            fill=SHADOW,
            opacity=share,
            filter=soft,
        )
    scene.ellipse(
        pot.centre + 12,
        level + 3,
        pot.foot * 1.08,
        pot.tilt * pot.foot * 0.6 + 10,
        fill=SHADOW,
        opacity=0.55,
        filter=scene.blur(10),
    )


def body(scene: Canvas, pot: Pot, glaze: Glaze, dice: Dice) -> str:
    """Paint the glazed body without light and return the clip to its outline."""
    outline = pot.outline()
    clip = scene.clip(outline)
    bare = pot.form.bare * pot.scale / max(1.0, pot.ground - pot.top)
    fill = scene.linear(
        [
            (0, glaze.edge),
            (0.035, glaze.face),
            (0.55, glaze.face),
            (1, mix(glaze.face, glaze.deep, 0.8)),
        ]
    )
    scene.path(outline, fill=fill)
    with scene.group(clip_path=clip):
        lines = "".join(pot.around(share / 14) for share in range(1, 14))
        scene.path(lines, fill="none", stroke=glaze.deep, stroke_width=5, stroke_opacity=0.13)
        if glaze.specks:
            scene.path(
                _specks(pot, glaze.specks, dice),
                fill="none",
                stroke=glaze.speck,
                stroke_width=6,
                stroke_linecap="round",
                stroke_opacity=0.75,
            )
        if pot.form.bare:
            _bare_foot(scene, pot, glaze, 1 - bare, dice)
    return clip


def _specks(pot: Pot, count: int, dice: Dice) -> str:
    dots = []
    for _ in range(count):
        ring = pot.ring_at(dice.unit())
        dots.append(dot(*pot.at(ring, math.sin(dice.between(-1.5, 1.5)))))
    return "".join(dots)


def _bare_foot(scene: Canvas, pot: Pot, glaze: Glaze, share: float, dice: Dice) -> None:
    """Let the glaze end in an uneven line above the unglazed clay."""
    ring = pot.ring_at(share)
    line = []
    for step in range(13):
        across = -1.05 + step * 2.1 / 12
        x, y = pot.at(ring, max(-1.0, min(1.0, across)))
        line.append(
            (x + 30 * (across - max(-1.0, min(1.0, across))), y + dice.between(-5, 7) * pot.scale)
        )
    edge = smooth(line)
    low = round(pot.ground + pot.tilt * pot.foot + 40)
    scene.path(f"{edge}V{low}H{round(line[0][0])}z", fill=glaze.clay)
    scene.path(edge, fill="none", stroke=glaze.deep, stroke_width=9, stroke_opacity=0.8)


def light(scene: Canvas, pot: Pot, glaze: Glaze, clip: str) -> None:
    """Model the body with shade on its right and a highlight on its left."""
    soft = scene.blur(max(9.0, pot.widest * 0.07))
    dark = 0.085 if glaze.gloss < 0.5 else 0.1
    with scene.group(clip_path=clip):
        with scene.group(filter=soft, fill="#000000", fill_opacity=dark):
            for start in (0.08, 0.26, 0.43, 0.58, 0.71, 0.82, 0.91):
                scene.path(pot.strip(start, 1.1))
            scene.path(pot.strip(-1.1, -0.9))
            scene.path(pot.strip(-1.1, -0.8))
        glow = 0.055 + 0.05 * glaze.gloss
        with scene.group(filter=soft, fill="#ffffff", fill_opacity=glow):
            for start, end in ((-0.86, 0.02), (-0.74, -0.12), (-0.64, -0.24), (-0.55, -0.34)):
                scene.path(pot.strip(start, end))
            scene.path(pot.strip(0.93, 1.04), fill_opacity=0.16)
        if glaze.gloss > 0.25:
            with scene.group(filter=scene.blur(5 + 9 * (1 - glaze.gloss)), fill="#ffffff"):
                scene.path(pot.strip(-0.56, -0.42, 0.1, 0.62), fill_opacity=0.75 * glaze.gloss)
                scene.path(pot.strip(-0.36, -0.33, 0.14, 0.5), fill_opacity=0.4 * glaze.gloss)


def mouth(scene: Canvas, pot: Pot, glaze: Glaze, inside: str | None = None) -> None:
    """Open the pot: the lip, and the inside that darkens downwards."""
    radius, tilt = pot.mouth, pot.tilt
    wall = min(pot.form.wall * pot.scale, radius * 0.3)
    lip = scene.linear(
        [
            (0, lighter(glaze.edge, 0.05)),
            (0.45, glaze.edge),
            (1, mix(glaze.edge, glaze.deep, 0.65)),
        ],
        (0, 0),
        (1, 0.3),
    )
    scene.ellipse(pot.centre, pot.top, radius, radius * tilt, fill=lip)
    tone = inside or glaze.face
    deep = 0.3 + 0.4 * min(1.0, (pot.ground - pot.top) / (2.2 * radius))
    well = scene.linear(
        [
            (0, mix(tone, SHADOW, deep)),
            (0.4, mix(tone, SHADOW, deep * 0.62)),
            (0.85, mix(tone, SHADOW, deep * 0.12)),
            (1, mix(tone, SHADOW, deep * 0.3)),
        ],
        (0, 0.3),
        (1, 0.62),
    )
    inner, flat = radius - wall, (radius - wall) * tilt
    scene.ellipse(pot.centre, pot.top + 2, inner, flat, fill=well)
    if inner > 60:
        depth = scene.linear(
            [(0, f"{SHADOW}/{deep * 0.62:.2f}"), (0.55, f"{SHADOW}/0.04"), (1, f"{SHADOW}/0")]
        )
        scene.ellipse(pot.centre, pot.top + 2, inner, flat, fill=depth)


Decor = Callable[[Canvas, Pot, Glaze, Dice], None]


def throw(scene: Canvas, pot: Pot, glaze: Glaze, dice: Dice, decor: Decor | None = None) -> None:
    """Draw a whole pot with its shadow; `decor` paints on the glaze before light falls on it."""
    shadow(scene, pot)
    turn(scene, pot, glaze, dice, decor)


def turn(scene: Canvas, pot: Pot, glaze: Glaze, dice: Dice, decor: Decor | None = None) -> None:
    """Draw a pot that stands in the shadow of another: without its own."""
    clip = body(scene, pot, glaze, dice)
    if decor is not None:
        with scene.group(clip_path=clip):
            decor(scene, pot, glaze, dice)
    light(scene, pot, glaze, clip)
    if pot.form.is_open:
        mouth(scene, pot, glaze)
