"""Prints made of one tile, turned by chance: paths, mazes, courts, baskets."""

from __future__ import annotations

import math

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.colour import mix, ramp
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.noise import Noise
from galleria.demo.pictures.outline import on_circle, smooth
from galleria.demo.pictures.prints.inks import MARGIN, TALL, WIDE, Inks


def quarter_turns(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Truchet's quarter circles (1704) as a wide road with a line down its middle."""
    sheet.ground(inks.paper)
    size, columns, rows = 168, 8, 10
    half, left, top = size // 2, (WIDE - 8 * size) // 2, (TALL - 10 * size) // 2
    roads = []
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * size, top + row * size
            if dice.chance(0.5):
                roads.append(
                    f"M{x + half} {y}a{half} {half} 0 0 1-{half} {half}m{half} {half}"
                    f"a{half} {half} 0 0 1 {half}-{half}"
                )
            else:
                roads.append(
                    f"M{x + half} {y}a{half} {half} 0 0 0 {half} {half}m-{size} 0"
                    f"a{half} {half} 0 0 1 {half} {half}"
                )
    roads_id = sheet.define(f'<path id="{{id}}" d="{"".join(roads)}"/>')
    box = f"M{left} {top}h{columns * size}v{rows * size}h-{columns * size}z"
    sheet.path(box, fill=inks.tones[0])
    with sheet.group(fill="none", clip_path=sheet.clip(box)):
        sheet.use(roads_id, stroke=inks.ink, stroke_width=86)
        sheet.use(roads_id, stroke=inks.tones[1], stroke_width=50)
        sheet.use(roads_id, stroke=inks.paper, stroke_width=14)


def garden_maze(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Raked gravel: nested arcs that meet their neighbours whichever way they lie."""
    sheet.ground(inks.paper)
    size, columns, rows = 192, 7, 9
    left, top = (WIDE - columns * size) // 2, (TALL - rows * size) // 2
    radii = [size * (2 * step + 1) // 12 for step in range(6)]
    near = "".join(f"M{radius} 0A{radius} {radius} 0 0 1 0 {radius}" for radius in radii)
    far = "".join(
        f"M{size - radius} {size}A{radius} {radius} 0 0 1 {size} {size - radius}"
        for radius in radii
    )
    tile = sheet.define(
        f'<g id="{{id}}"><path d="{far}"/>'
        f'<path d="M0 0H{size}A{size} {size} 0 0 1 0 {size}z" fill="{inks.paper}" stroke="none"/>'
        f'<path d="{near}"/></g>'
    )
    turned = sheet.define(
        f'<g id="{{id}}"><use href="#{tile}" transform="rotate(90 {size // 2} {size // 2})"/></g>'
    )
    box = f"M{left} {top}h{columns * size}v{rows * size}h-{columns * size}z"
    with sheet.group(fill="none", stroke=inks.ink, stroke_width=11, clip_path=sheet.clip(box)):
        for row in range(rows):
            for column in range(columns):
                name = tile if dice.chance(0.5) else turned
                sheet.use(name, x=left + column * size, y=top + row * size)
    x, y = left + 5 * size, top + 2 * size
    sheet.circle(x, y, 118, fill=inks.tones[0])
    sheet.circle(left + 2 * size, top + 6 * size, 62, fill=inks.tones[1])


def wandering_paths(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Winged tiles in three sizes (Carlson, 2018); each smaller one swaps the two inks."""
    sheet.ground(inks.paper)
    names = []
    for fore, back in ((inks.ink, inks.tones[0]), (inks.tones[0], inks.ink)):
        arcs = '<path d="M50 0A50 50 0 0 1 0 50M50 100A50 50 0 0 1 100 50" fill="none"/>'
        wings = "".join(
            f'<circle cx="{x}" cy="{y}" r="16.7" fill="{fore}" stroke="none"/>'
            for x, y in ((50, 0), (100, 50), (50, 100), (0, 50))
        )
        corners = "".join(
            f'<circle cx="{x}" cy="{y}" r="33.3" fill="{back}"/>'
            for x, y in ((0, 0), (100, 0), (100, 100), (0, 100))
        )
        names.append(
            sheet.define(
                f'<g id="{{id}}"><path d="M0 0h100v100H0z" fill="{back}"/>{corners}'
                f'<g stroke="{fore}" stroke-width="33.4">{arcs}</g>{wings}</g>'
            )
        )
    noise = Noise(dice.seed)
    left, top, big = 170, 160, 420
    layers: tuple[list[tuple[int, int, int]], ...] = ([], [], [])

    def lay(x: int, y: int, size: int, depth: int) -> None:
        wish = noise.at(x / 620 + 3, y / 620) + 0.55 - 0.62 * depth + dice.between(-0.25, 0.25)
        if depth < 2 and wish > 0:
            half = size // 2
            for step in range(4):
                lay(x + (step % 2) * half, y + (step // 2) * half, half, depth + 1)
        else:
            layers[depth].append((x, y, size))

    for row in range(4):
        for column in range(3):
            lay(left + column * big, top + row * big, big, 0)
    for depth, layer in enumerate(layers):
        for x, y, size in layer:
            turn = "rotate(90 50 50)" if dice.chance(0.5) else ""
            sheet.use(names[depth % 2], transform=f"translate({x} {y})scale({size / 100:g}){turn}")


def basket(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Ribbons of dawn woven through ribbons of sea, over two, under one."""
    sheet.ground(inks.paper)
    pitch, band, columns, rows = 112, 92, 12, 15
    left, top = (WIDE - columns * pitch) / 2, (TALL - rows * pitch) / 2
    half = len(inks.tones) // 2
    warp, weft = inks.tones[:half], inks.tones[half:]
    inset = (pitch - band) / 2
    for column in range(columns):
        fill = mix(ramp(warp, column / (columns - 1)), inks.ink, dice.between(0, 0.12))
        sheet.rect(
            left + column * pitch + inset, top - 34, band, rows * pitch + 68, fill=fill, rx=10
        )
    shade = sheet.linear(
        [(0, f"{inks.ink}/0.45"), (0.18, f"{inks.ink}/0"), (0.82, f"{inks.ink}/0"),
         (1, f"{inks.ink}/0.45")], (0, 0), (1, 0),
    )  # fmt: skip
    for row in range(rows):
        fill = mix(ramp(weft, row / (rows - 1)), inks.ink, dice.between(0, 0.1))
        y = top + row * pitch + inset
        start = (row * 2) % 3 - 3
        for first in range(start, columns, 3):
            begin, end = max(0, first), min(columns, first + 2)
            if begin >= end:
                continue
            # Ribbons that run out of the weave show a loose end.
            loose_left, loose_right = 34 * (begin == 0), 34 * (end == columns)
            x = left + begin * pitch - loose_left
            width = (end - begin) * pitch + loose_left + loose_right
            sheet.rect(x, y, width, band, fill=fill, rx=10)
            sheet.rect(x, y, width, band, fill=shade, rx=10)


def shape_alphabet(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Forty-eight signs from circle and square; no two neighbours are the same."""
    sheet.ground(inks.paper)
    size, columns, rows = 216, 6, 8
    left, top = (WIDE - columns * size) // 2, (TALL - rows * size) // 2
    s, h, q = size, size // 2, size // 4
    signs = (
        f"M0 0h{s}a{s} {s} 0 0 1-{s} {s}z",
        f"M0 0h{s}v{h}a{h} {h} 0 0 1-{s} 0z",
        f"M0 {h}a{h} {h} 0 1 0 {s} 0a{h} {h} 0 1 0-{s} 0z",
        f"M0 0a{s} {s} 0 0 1 {s} {s}a{s} {s} 0 0 1-{s}-{s}z",
        f"M0 0h{s}l-{s} {s}z",
        f"M0 {h}a{h} {h} 0 0 1 {s} 0zM0 {s}a{h} {h} 0 0 1 {s} 0z",
        f"M0 {h}a{h} {h} 0 1 0 {s} 0a{h} {h} 0 1 0-{s} 0zM{q} {h}a{q} {q} 0 1 1 {h} 0"
        f"a{q} {q} 0 1 1-{h} 0z",
        f"M0 0h{q}v{s}h-{q}zM{h} 0h{q}v{s}h-{q}z",
    )
    names = [sheet.define(f'<path id="{{id}}" d="{sign}"/>') for sign in signs]
    before = ""
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * size, top + row * size
            tones = dice.shuffled((inks.ink, *inks.tones))
            sheet.rect(
                x,
                y,
                size,
                size,
                fill=mix(inks.paper, tones[1], 0.14 if row % 2 else 0.9)
                if dice.chance(0.62)
                else inks.paper,
            )
            name = dice.pick([other for other in names if other != before])
            before = name
            turn = 90 * dice.whole(0, 3)
            sheet.use(
                name,
                fill=tones[0],
                transform=f"translate({x} {y})" + (f"rotate({turn} {h} {h})" if turn else ""),
            )


def eight_point_court(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Eight-pointed stars and the crosses they leave, as courtyards have been tiled for ages."""
    sheet.ground(inks.paper)
    unit = 332
    half = unit / 2
    star = _star(half, half)
    rings = "".join(
        f'<path d="{_star(half, half * size)}" fill="{fill}" stroke="{inks.paper}" '
        f'stroke-width="{width}"/>'
        for size, fill, width in (
            (0.8, inks.tones[1], 9), (0.58, inks.ink, 7), (0.36, inks.tones[0], 6)
        )
    )  # fmt: skip
    tile = (
        f'<path d="M0 0h{unit}v{unit}H0z" fill="{inks.tones[0]}"/>'
        f'<path d="{star}" fill="{inks.ink}" stroke="{inks.paper}" stroke-width="12"/>{rings}'
        f'<circle cx="{half:g}" cy="{half:g}" r="22" fill="{inks.paper}"/>'
    )
    knot = (
        f'<path d="{_star(half, 62)}" fill="{inks.tones[1]}" stroke="{inks.paper}" '
        f'stroke-width="7"/><circle cx="{half:g}" cy="{half:g}" r="17" fill="{inks.ink}"/>'
    )
    left, top = (WIDE - 4 * unit) // 2, (TALL - 5 * unit) // 2
    sheet.rect(left, top, 4 * unit, 5 * unit, fill=sheet.pattern(unit, unit, tile, x=left, y=top))
    shifted = sheet.pattern(unit, unit, knot, x=left + half, y=top + half)
    sheet.rect(left, top, 4 * unit, 5 * unit, fill=shifted)
    sheet.rect(
        left - 22,
        top - 22,
        4 * unit + 44,
        5 * unit + 44,
        fill="none",
        stroke=inks.ink,
        stroke_width=12,
    )


def _star(centre: float, radius: float) -> str:
    """Return the outline of two squares laid crosswise."""
    notch = radius * math.cos(math.tau / 8) / math.cos(math.tau / 16)
    corners = (
        on_circle(centre, centre, radius if step % 2 == 0 else notch, step / 16)
        for step in range(16)
    )
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in corners) + "z"


def one_line(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """A single line of 1,024 turns (Hilbert, 1891) that leans harder where a moon stands."""
    sheet.ground(inks.paper)
    order = 5
    side = 1 << order
    pitch = (WIDE - 2 * MARGIN - 40) / (side - 1)
    points = []
    for step in range(side * side):
        x, y, rest, size = 0, 0, step, 1
        while size < side:
            across = 1 & (rest // 2)
            down = 1 & (rest ^ across)
            if down == 0:
                if across == 1:
                    x, y = size - 1 - x, size - 1 - y
                x, y = y, x
            x, y, rest, size = x + size * across, y + size * down, rest // 4, size * 2
        points.append((MARGIN + 20 + x * pitch, 350 + y * pitch))
    line = sheet.define(f'<path id="{{id}}" d="{smooth(points)}"/>')
    moon = "M800 620a400 400 0 1 0 1 0z"
    with sheet.group(fill="none", stroke_linecap="round"):
        sheet.use(line, stroke=inks.ink, stroke_width=8)
        with sheet.group(clip_path=sheet.clip(moon)):
            sheet.path(moon, fill=inks.paper)
            sheet.use(line, stroke=inks.tones[0], stroke_width=25)


def fivefold(sheet: Canvas, dice: Dice, inks: Inks) -> None:
    """Two rhombs that fill a plane and never repeat (Penrose, 1974)."""
    sheet.ground(inks.paper)
    golden = (1 + math.sqrt(5)) / 2
    triangles: list[tuple[int, complex, complex, complex]] = []
    for step in range(10):
        one = 760 * complex(
            math.cos(math.tau * (2 * step - 1) / 20), math.sin(math.tau * (2 * step - 1) / 20)
        )
        two = 760 * complex(
            math.cos(math.tau * (2 * step + 1) / 20), math.sin(math.tau * (2 * step + 1) / 20)
        )
        triangles.append((0, 0j, two, one) if step % 2 == 0 else (0, 0j, one, two))
    for _ in range(5):
        finer = []
        for kind, a, b, c in triangles:
            if kind == 0:
                p = a + (b - a) / golden
                finer += [(0, c, p, b), (1, p, c, a)]
            else:
                q, r = b + (a - b) / golden, b + (c - b) / golden
                finer += [(1, r, c, a), (1, q, r, b), (0, r, q, a)]
        triangles = finer
    _rhombs(sheet, inks, triangles)


def _rhombs(
    sheet: Canvas, inks: Inks, triangles: list[tuple[int, complex, complex, complex]]
) -> None:
    """Join the halves to rhombs and paint them by kind and distance from the middle."""
    centre = complex(WIDE / 2, TALL / 2)
    fills: dict[str, list[str]] = {}
    done: set[tuple[int, int]] = set()
    for kind, a, b, c in triangles:
        # The halves share the side b-c; its middle is the middle of the rhomb.
        middle = (b + c) / 2
        place = (round(middle.real), round(middle.imag))
        if place in done:
            continue
        done.add(place)
        corners = [point + centre for point in (a, b, b + c - a, c)]
        near = min(1.0, abs(middle) / 730)
        tone = (
            mix(inks.tones[0], inks.tones[1], round(near * 5) / 5)
            if kind == 0
            else mix(inks.ink, inks.tones[2], round(near * 5) / 5)
        )
        xs = [(round(point.real), round(point.imag)) for point in corners]
        fills.setdefault(tone, []).append(
            f"M{xs[0][0]} {xs[0][1]}L{xs[1][0]} {xs[1][1]} {xs[2][0]} {xs[2][1]} "
            f"{xs[3][0]} {xs[3][1]}z"
        )
    with sheet.group(stroke=inks.paper, stroke_width=6, stroke_linejoin="round"):
        for tone, outlines in fills.items():
            sheet.path("".join(outlines), fill=tone)
