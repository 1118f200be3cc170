"""Whole designs, as wide as the cloth itself: kilims, quilts, hangings. One tile, used once."""

from __future__ import annotations

import itertools
import math

from galleria.demo.pictures.canvas import Canvas, Point
from galleria.demo.pictures.colour import lighter, mix
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.outline import smooth, straight
from galleria.demo.pictures.textiles.yarns import Yarns


def _polygon(points: list[Point], fill: str) -> str:
    return f'<path d="{straight(points, True)}" fill="{fill}"/>'


def _stepped(centre: Point, wide: float, tall: float, steps: int, fill: str) -> str:
    """Return a diamond with stepped sides, as a slit-woven kilim must have them."""
    x, y = centre
    quarter = [
        (wide / 2 * (1 - step / steps), tall / 2 * (step + part) / steps)
        for step in range(steps)
        for part in (0, 1)
    ]
    right = [(dx, dy) for dx, dy in quarter]
    points = (
        [(x + dx, y + dy) for dx, dy in right]
        + [(x - dx, y + dy) for dx, dy in reversed(right)]
        + [(x - dx, y - dy) for dx, dy in right]
        + [(x + dx, y - dy) for dx, dy in reversed(right)]
    )
    return _polygon(points, fill)


def kilim(scene: Canvas, yarns: Yarns, dice: Dice, size: tuple[int, int] = (960, 1620)) -> str:
    """Return stepped diamonds down the middle between saw-toothed borders."""
    width, height = size
    border = width // 8
    content = f'<path d="M0 0h{width}v{height}H0z" fill="{yarns.ground}"/>'
    for left in (0, width - border):
        content += f'<path d="M{left} 0h{border}v{height}h-{border}z" fill="{yarns.deep}"/>'
        teeth = height // 90
        for tooth in range(teeth):
            y = tooth * height / teeth
            tip, base = (
                (left + border - 14, left + 14) if left == 0 else (left + 14, left + border - 14)
            )
            content += _polygon(
                [(base, y + 8), (tip, y + height / teeth / 2), (base, y + height / teeth - 8)],
                yarns.figure if tooth % 2 else yarns.accent,
            )
    count = round(height / (width * 0.56))
    step = height / count
    layers = (
        (0.94, yarns.deep),
        (0.8, yarns.figure),
        (0.6, yarns.accent),
        (0.42, yarns.deep),
        (0.26, yarns.figure),
        (0.12, yarns.ground),
    )
    inner = width - 2 * border
    for index in range(count):
        centre = (width / 2, step * (index + 0.5))
        for share, tone in layers:
            content += _stepped(centre, inner * share, step * share, 9, tone)
    for index in range(count + 1):
        for x in (border + 0.0, width - border + 0.0):
            for share, tone in ((0.4, yarns.accent), (0.24, yarns.figure)):
                content += _stepped((x, step * index), inner * share, step * share, 6, tone)
    return scene.pattern(width, height, content)


def berber(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    """Return wandering lozenges knotted by eye, and a few signs between them."""
    width, height = 960, 1620
    lines, signs = "", ""
    for column in range(-1, 5):
        for lean in (-1, 1):
            points = []
            for row in range(19):
                x = (column + 0.5 * lean * (row % 2 * 2 - 1) + 0.5) * 240 + dice.between(-22, 22)
                points.append((x, row * 94.0 - 30 + dice.between(-12, 12)))
            for (x0, y0), (x1, y1) in itertools.pairwise(points):
                lines += smooth(
                    [(x0, y0), ((x0 + x1) / 2 + dice.between(-8, 8), (y0 + y1) / 2), (x1, y1)]
                )
    for row in range(9):
        for column in range(4):
            if dice.chance(0.45):
                x, y = 120 + column * 240 + dice.whole(-12, 12), 94 + row * 188
                signs += (
                    f"M{x - 22} {y}l22-26 22 26-22 26z"
                    if dice.chance(0.5)
                    else f"M{x - 20} {y - 20}l40 40M{x + 20} {y - 20}l-40 40"
                )
    content = (
        f'<path d="M0 0h{width}v{height}H0z" fill="{yarns.ground}"/>'
        f'<g fill="none" stroke-linecap="round"><path d="{lines}" stroke="{yarns.deep}" '
        f'stroke-width="15"/><path d="{signs}" stroke="{yarns.accent}" stroke-width="12"/></g>'
    )
    return scene.pattern(width, height, content)


def flatweave(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    """Return broad and narrow bands with a row of combs at each change."""
    width, height = 960, 1620
    content, y = f'<path d="M0 0h{width}v{height}H0z" fill="{yarns.figure}"/>', 0.0
    order = (yarns.ground, yarns.figure, yarns.accent, yarns.figure, yarns.deep, yarns.figure)
    heights = (210, 60, 120, 60, 40, 60)
    index = 0
    while y < height:
        tone, tall = order[index % 6], heights[index % 6]
        content += f'<path d="M0 {y:.0f}h{width}v{tall}H0z" fill="{tone}"/>'
        if tall > 100:
            combs = "".join(f"M{x} {y + 18:.0f}v{tall - 36}" for x in range(20, width, 40))
            content += (
                f'<path d="{combs}" stroke="{lighter(tone, 0.05)}" stroke-width="13" '
                f'stroke-dasharray="26 14"/>'
            )
        y += tall
        index += 1
    return scene.pattern(width, height, content)


def star_quilt(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    """Return saw-toothed stars, each pieced from what was in the basket."""
    block, columns, rows = 277, 4, 5
    width, height = 1108, 1385
    content = f'<path d="M0 0h{width}v{height}H0z" fill="{yarns.figure}"/>'
    q = block / 4
    for row in range(rows):
        for column in range(columns):
            x, y = column * block + 0.0, row * block + 0.0
            tone = dice.pick((yarns.ground, yarns.accent, yarns.deep, yarns.ground))
            heart = dice.pick((yarns.accent, yarns.deep, yarns.ground))
            content += _polygon(
                [(x + q, y + q), (x + 3 * q, y + q), (x + 3 * q, y + 3 * q), (x + q, y + 3 * q)],
                heart,
            )
            for turn in range(4):
                for outer, inner, tip in (((1, 1), (2, 1), (1, 0)), ((3, 1), (2, 1), (3, 0))):
                    content += _polygon(
                        [
                            _turned((x, y), block, turn, (a * q, b * q))
                            for a, b in (outer, inner, tip)
                        ],
                        tone,
                    )
    content += _quilting(width, height, 69, yarns)
    return scene.pattern(width, height, content)


def _turned(corner: Point, block: float, turn: int, place: Point) -> Point:
    """Return a place in a block after `turn` quarter turns about its middle."""
    x, y = place[0] - block / 2, place[1] - block / 2
    for _ in range(turn):
        x, y = -y, x
    return (corner[0] + x + block / 2, corner[1] + y + block / 2)


def log_cabin(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    """Return log cabins: strips around a hearth, one half light, one half dark."""
    block, columns, rows = 277, 4, 5
    width, height = 1108, 1385
    content, strip = "", block / 9
    light = [mix(yarns.figure, yarns.accent, share) for share in (0, 0.3, 0.55, 0.8)]
    dark = [mix(yarns.ground, yarns.deep, share) for share in (0, 0.3, 0.6, 0.9)]
    for row in range(rows):
        for column in range(columns):
            x, y = column * block, row * block
            flip = (row + column) % 2
            content += f'<path d="M{x} {y}h{block}v{block}h-{block}z" fill="{yarns.accent}"/>'
            for level in range(4):
                inset, run = level * strip, block - 2 * level * strip
                pale, deep = dice.pick(light), dice.pick(dark)
                first, second = (pale, deep) if flip else (deep, pale)
                content += (
                    f'<path d="M{x + inset:.0f} {y + inset:.0f}h{run:.0f}v{strip:.0f}h-{run:.0f}z'
                    f'M{x + inset:.0f} {y + inset:.0f}h{strip:.0f}v{run:.0f}h-{strip:.0f}z" '
                    f'fill="{first}"/><path d="M{x + inset:.0f} {y + inset + run:.0f}h{run:.0f}'
                    f"v-{strip:.0f}h-{run:.0f}zM{x + inset + run:.0f} {y + inset:.0f}h-{strip:.0f}"
                    f'v{run:.0f}h{strip:.0f}z" fill="{second}"/>'
                )
            heart = block / 9
            content += (
                f'<path d="M{x + 4 * heart:.0f} {y + 4 * heart:.0f}h{heart:.0f}v{heart:.0f}'
                f'h-{heart:.0f}z" fill="{yarns.deep}"/>'
            )
    return scene.pattern(width, height, content + _quilting(width, height, 92, yarns))


def _quilting(width: int, height: int, pitch: int, yarns: Yarns) -> str:
    """Return diagonal rows of running stitch over a quilt."""
    rows = "".join(f"M{x} 0l{height} {height}" for x in range(-height, width, pitch))
    return (
        f'<path d="{rows}" fill="none" stroke="{yarns.deep}" stroke-opacity=".5" '
        'stroke-width="3" stroke-dasharray="11 9"/>'
    )


def hanging(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    """Return a woven landscape: a disc, hills in loops, open warp below."""
    width, height = 1112, 1000
    content = f'<path d="M0 0h{width}v{height}H0z" fill="{yarns.figure}"/>'
    content += f'<circle cx="720" cy="300" r="180" fill="{yarns.accent}"/>'
    for index, tone in enumerate(
        (
            mix(yarns.accent, yarns.figure, 0.5),
            yarns.ground,
            mix(yarns.ground, yarns.deep, 0.45),
            yarns.deep,
        )
    ):
        points = [(-40.0, height + 40.0)]
        for step in range(9):
            x = -40 + step * (width + 80) / 8
            points.append((x, 400 + 130 * index + 70 * math.sin(step * 0.9 + index * 1.8)))
        points.append((width + 40.0, height + 40.0))
        content += f'<path d="{smooth(points)}z" fill="{tone}"/>'
        ridge = smooth([(x, y + 40) for x, y in points[1:-1]])
        content += (
            f'<path d="{ridge}" fill="none" stroke="{lighter(tone, 0.06)}" '
            'stroke-width="18" stroke-dasharray="1 26" stroke-linecap="round"/>'
        )
    return scene.pattern(width, height, content)
