"""What a potter does to a surface before the last firing: dips, flutes, bands, combs, drips."""

from __future__ import annotations

import math

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.ceramics.glazes import Glaze
from galleria.demo.pictures.ceramics.wheel import Decor, Pot
from galleria.demo.pictures.colour import lighter, mix
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.outline import smooth


def dipped(share: float, tone: str) -> Decor:
    """Dip the pot's lower part, from `share` of its height downwards, into another slip."""

    def paint(scene: Canvas, pot: Pot, glaze: Glaze, dice: Dice) -> None:
        ring = pot.ring_at(share)
        slant = dice.between(-0.03, 0.03) * pot.widest
        line = []
        for step in range(11):
            across = -1 + step / 5
            x, y = pot.at(ring, across)
            line.append(
                (x + 40 * (abs(across) == 1) * across, y + slant * across + dice.between(-3, 3))
            )
        low = round(pot.ground + pot.tilt * pot.foot + 60)
        edge = smooth(line)
        scene.path(f"{edge}V{low}H{round(line[0][0])}z", fill=tone)
        scene.path(
            edge, fill="none", stroke=mix(tone, glaze.deep, 0.5), stroke_width=6, stroke_opacity=0.7
        )

    return paint


def fluted(count: int, low: float = 0.0, high: float = 1.0) -> Decor:
    """Carve `count` grooves over the visible half."""

    def paint(scene: Canvas, pot: Pot, glaze: Glaze, dice: Dice) -> None:
        dark, bright = [], []
        for groove in range(count + 1):
            turn = math.pi * (groove / count - 0.5)
            dark.append(pot.meridian(math.sin(turn), low, high))
            bright.append(pot.meridian(math.sin(turn + 0.26 * math.pi / count), low, high))
        wide = max(5.0, 0.5 * pot.widest / count)
        with scene.group(fill="none", stroke_linecap="round", filter=scene.blur(2.4)):
            scene.path(
                "".join(dark),
                stroke=mix(glaze.deep, "#2a1d14", 0.35),
                stroke_width=wide,
                stroke_opacity=0.5,
            )
            scene.path(
                "".join(bright),
                stroke=lighter(glaze.edge, 0.08),
                stroke_width=wide * 0.8,
                stroke_opacity=0.5,
            )

    return paint


def banded(*bands: tuple[float, float, str]) -> Decor:
    """Brush rings on the turning pot: (share of the height, width in units, colour)."""

    def paint(scene: Canvas, pot: Pot, glaze: Glaze, dice: Dice) -> None:
        for share, width, tone in bands:
            scene.path(
                pot.around(share), fill="none", stroke=tone, stroke_width=width, stroke_opacity=0.9
            )
            scene.path(
                pot.around(share + dice.between(-0.004, 0.004)),
                fill="none",
                stroke=lighter(tone, 0.1),
                stroke_width=width * 0.3,
                stroke_opacity=0.5,
            )

    return paint


def combed(shares: tuple[float, ...], waves: int, height: float) -> Decor:
    """Draw a comb in waves around the pot at the given shares of its height."""

    def paint(scene: Canvas, pot: Pot, glaze: Glaze, dice: Dice) -> None:
        for offset, tone, opacity in (
            (0, mix(glaze.deep, "#2a1d14", 0.3), 0.75),
            (6, lighter(glaze.edge, 0.06), 0.6),
        ):
            lines = []
            for share in shares:
                ring = pot.ring_at(share)
                points = []
                for step in range(6 * waves + 1):
                    turn = math.pi * (step / (6 * waves) - 0.5)
                    x, y = pot.at(ring, math.sin(turn))
                    points.append((x, y + offset + height * math.sin(math.tau * step / 6)))
                lines.append(smooth(points))
            scene.path(
                "".join(lines), fill="none", stroke=tone, stroke_width=5, stroke_opacity=opacity
            )

    return paint


def running(tone: str, reach: float, count: int) -> Decor:
    """Pour a second glaze over the rim; its runs end in thick drops, `reach` of the height."""

    def paint(scene: Canvas, pot: Pot, glaze: Glaze, dice: Dice) -> None:
        line = []
        for drop in range(count):
            turn = math.pi * ((drop + 0.5) / count - 0.5)
            depth, start = reach * dice.between(0.5, 1.0), reach * dice.between(0.18, 0.3)
            # A run: down on its left, round its thick end, up on its right.
            for aside, share in (
                (-0.5, start),
                (-0.27, depth * 0.6),
                (-0.25, depth),
                (0.25, depth),
                (0.27, depth * 0.6),
                (0.5, start),
            ):
                across = math.sin(turn + aside * math.pi / count)
                line.append(pot.at(pot.ring_at(share), across))
        line = [(line[0][0] - 60, line[0][1]), *line, (line[-1][0] + 60, line[-1][1])]
        top = round(pot.top - pot.mouth)
        edge = smooth(line)
        fill = scene.linear([(0, mix(tone, glaze.edge, 0.3)), (1, tone)])
        scene.path(f"{edge}V{top}H{round(line[0][0])}z", fill=fill)
        scene.path(
            edge, fill="none", stroke=mix(tone, "#2a1d14", 0.4), stroke_width=7, stroke_opacity=0.5
        )

    return paint


def brushed_leaves(share: float, count: int, tone: str, size: float) -> Decor:
    """Paint a wreath of single-stroke leaves around the pot."""

    def paint(scene: Canvas, pot: Pot, glaze: Glaze, dice: Dice) -> None:
        ring = pot.ring_at(share)
        stem, leaves = [], []
        for step in range(2 * count + 1):
            turn = math.pi * (step / (2 * count) - 0.5)
            x, y = pot.at(ring, math.sin(turn))
            stem.append((x, y))
            squeeze = max(0.15, math.cos(turn))
            side = 1 if step % 2 else -1
            dx, dy = 0.62 * size * squeeze, side * size
            leaves.append(
                f"M{x:.0f} {y:.0f}q{dx * 0.1:.0f} {dy * 0.62:.0f} {dx:.0f} {dy:.0f}"
                f"q{dx * 0.25:.0f} {-dy * 0.55:.0f} {-dx:.0f} {-dy:.0f}z"
            )
        scene.path(smooth(stem), fill="none", stroke=tone, stroke_width=6)
        scene.path("".join(leaves), fill=tone, fill_opacity=0.88)

    return paint


def both(*decors: Decor) -> Decor:
    """Apply several decors, one after the other."""

    def paint(scene: Canvas, pot: Pot, glaze: Glaze, dice: Dice) -> None:
        for decor in decors:
            decor(scene, pot, glaze, dice)

    return paint
