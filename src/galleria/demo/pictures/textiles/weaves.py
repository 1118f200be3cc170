"""Weaves and prints as repeating tiles; each function returns a paint to fill a cloth with."""

from __future__ import annotations

from collections.abc import Sequence

from galleria.demo.pictures.canvas import Canvas, number
from galleria.demo.pictures.colour import lighter, mix
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.textiles.yarns import Yarns

Stripe = tuple[float, str]


def _block(
    width: float, height: float, fill: str, x: float = 0, y: float = 0, opacity: float = 1
) -> str:
    fade = f' fill-opacity="{number(opacity)}"' if opacity < 1 else ""
    return (
        f'<path d="M{number(x)} {number(y)}h{number(width)}v{number(height)}'
        f'h-{number(width)}z" fill="{fill}"{fade}/>'
    )


def stripes(scene: Canvas, bands: Sequence[Stripe], is_upright: bool = True) -> str:
    """Return bands of (width, colour), beside one another or one above the other."""
    size = sum(width for width, _ in bands)
    content, at = "", 0.0
    for width, tone in bands:
        content += _block(width, 40, tone, at) if is_upright else _block(40, width, tone, 0, at)
        at += width
    width, height = (size, 40.0) if is_upright else (40.0, size)
    return scene.pattern(width, height, content)


def checks(scene: Canvas, bands: Sequence[Stripe], blend: float = 0.5) -> str:
    """Return the same bands both ways; where they cross, the yarns mix (tartan, gingham)."""
    size = sum(width for width, _ in bands)
    content, at = "", 0.0
    for width, tone in bands:
        content += _block(width, size, tone, at)
        at += width
    at = 0.0
    for width, tone in bands:
        content += _block(size, width, tone, 0, at, blend)
        at += width
    return scene.pattern(size, size, content)


def mirrored(bands: Sequence[Stripe]) -> list[Stripe]:
    """Return the bands there and back again, the outermost once: a tartan's sett."""
    return [*bands, *reversed(bands[1:-1])]


def herringbone(scene: Canvas, yarns: Yarns, size: float = 96) -> str:
    """Return broken twill: ribs that change direction at each spine."""
    half, rib = size / 2, size / 6
    ribs = "".join(
        f"M0 {number(y)}l{number(half)} {number(half)}M{number(half)} "
        f"{number(y + half + rib / 2)}l{number(half)}-{number(half)}"
        for y in (step * rib - size for step in range(12))
    )
    content = _block(size, size, yarns.ground) + (
        f'<path d="{ribs}" stroke="{yarns.figure}" stroke-width="{number(rib * 0.4)}" fill="none"/>'
        f'<path d="M{number(half)} 0v{number(size)}M0 0v{number(size)}" stroke="{yarns.deep}" '
        'stroke-width="2" stroke-opacity=".35"/>'
    )
    return scene.pattern(size, size, content)


def waffle(scene: Canvas, yarns: Yarns, size: float = 44) -> str:
    """Return honeycomb cells, lit from the upper left."""
    inner = size * 0.64
    edge = (size - inner) / 2
    s, e, i = number(size), number(edge), number(inner)
    content = (
        _block(size, size, lighter(yarns.ground, 0.03))
        + f'<path d="M0 0L{e} {e}h{i}L{s} 0z" fill="{mix(yarns.ground, yarns.deep, 0.34)}"/>'
        + f'<path d="M0 0L{e} {e}v{i}L0 {s}z" fill="{mix(yarns.ground, yarns.deep, 0.22)}"/>'
        + f'<path d="M{s} {s}L{number(size - edge)} {number(size - edge)}v-{i}L{s} 0z" '
        f'fill="{lighter(yarns.ground, 0.05)}"/>'
        + _block(inner, inner, mix(yarns.ground, yarns.deep, 0.14), edge, edge)
        + f'<path d="M0 0h{s}M0 0v{s}" stroke="{lighter(yarns.ground, 0.06)}" stroke-width="7"/>'
    )
    return scene.pattern(size, size, content)


def boucle(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    """Return looped yarn: small curls, each with its own shade."""
    size = 220
    dark, bright = "", ""
    for _ in range(95):
        x, y, r = dice.whole(0, size), dice.whole(0, size), dice.whole(7, 13)
        for shift_x, shift_y in ((0, 0), (-size, 0), (0, -size)):
            curl = f"M{x + shift_x} {y + shift_y}a{r} {r} 0 1 {dice.whole(0, 1)} {r} {r}"
            dark += curl if shift_x == shift_y or dice.chance(0.2) else ""
            bright += (
                f"M{x + shift_x - 4} {y + shift_y - 4}a{r} {r} 0 0 1 {r} {r - 4}"
                if shift_x == shift_y
                else ""
            )
    content = _block(size, size, mix(yarns.ground, yarns.deep, 0.1)) + (
        f'<g fill="none" stroke-linecap="round"><path d="{dark}" stroke="{yarns.deep}" '
        f'stroke-opacity=".22" stroke-width="7"/><path d="{bright}" '
        f'stroke="{lighter(yarns.ground, 0.05)}" stroke-width="8" stroke-opacity=".9"/></g>'
    )
    return scene.pattern(size, size, content)


def _jagged(dice: Dice, half_width: float, height: float, bleed: float) -> str:
    """Return a diamond whose sides run out along the threads, as resist-dyed warps do."""
    rows = int(height / 12)
    left, right = [], []
    for row in range(rows + 1):
        share = 1 - abs(2 * row / rows - 1)
        reach = half_width * share
        out = dice.between(-bleed, bleed) if 0 < row < rows else 0
        left.append((-reach + out, row * 12.0))
        right.append((reach - out * dice.between(0.6, 1.2), row * 12.0))
    out_side = "".join(f"H{x:.0f}V{y + 12:.0f}" for x, y in right)
    back_side = "".join(f"H{x:.0f}V{y:.0f}" for x, y in reversed(left))
    return f"M0 0{out_side}{back_side}z"


def ikat(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    """Return nested diamonds with feathered edges, every second column a half step lower."""
    wide, tall = 320, 480
    shapes = ""
    for half, height, tone in (
        (150, 456, yarns.figure),
        (104, 336, yarns.accent),
        (66, 216, yarns.deep),
        (28, 96, yarns.figure),
    ):
        outline = _jagged(dice, half, height, 13)
        for x, y in ((wide / 2, tall / 2), (0, 0), (wide, 0), (0, tall), (wide, tall)):
            shapes += (
                f'<path d="{outline}" fill="{tone}" '
                f'transform="translate({x:.0f} {y - height / 2:.0f})"/>'
            )
    return scene.pattern(wide, tall, _block(wide, tall, yarns.ground) + shapes)


def sashiko(scene: Canvas, yarns: Yarns) -> str:
    """Return waves of white running stitch on dark cloth."""
    radius = 120
    rings = ""
    for x, y in (
        (0, 0),
        (240, 0),
        (120, 60),
        (-120, 60),
        (360, 60),
        (0, 120),
        (240, 120),
        (120, 180),
        (-120, 180),
        (360, 180),
    ):
        rings += _block(0, 0, yarns.ground)
        rings += f'<circle cx="{x}" cy="{y + 60}" r="{radius}" fill="{yarns.ground}"/>'
        for share in (0.96, 0.68, 0.4):
            rings += f'<circle cx="{x}" cy="{y + 60}" r="{number(radius * share)}"/>'
    content = _block(240, 120, yarns.ground) + (
        f'<g fill="none" stroke="{yarns.figure}" stroke-width="7" stroke-dasharray="17 9" '
        f'stroke-linecap="round">{rings}</g>'
    )
    return scene.pattern(240, 120, content.replace(_block(0, 0, yarns.ground), ""))


def block_print(scene: Canvas, yarns: Yarns) -> str:
    """Return a sprig in two blocks, the second a hair off, in a half-drop repeat."""
    leaf = "M0 0C26-30 70-34 104-4C70 26 28 26 0 0z"
    sprig = (
        f'<path d="M0 130C-8 60 8-20 0-120" fill="none" stroke="{yarns.deep}" stroke-width="7"/>'
    )
    for index, y in enumerate((96, 52, 8, -36, -78)):
        size = 1.0 - 0.1 * index
        for side in (-1, 1):
            sprig += (
                f'<path d="{leaf}" fill="{yarns.figure}" transform="translate({4 * side} {y})'
                f'rotate({-32 if side > 0 else 212})scale({number(size)})"/>'
            )
            sprig += (
                f'<path d="M8 -2L74-5" stroke="{yarns.deep}" stroke-width="4" '
                f'transform="translate({4 * side + 4} {y + 3})'
                f'rotate({-32 if side > 0 else 212})scale({number(size)})"/>'
            )
    sprig += f'<circle cy="-136" r="15" fill="{yarns.accent}"/>'
    berry = f'<circle r="11" fill="{yarns.accent}"/>'
    content = _block(300, 340, yarns.ground)
    for x, y in ((75, 170), (225, 0), (225, 340)):
        content += f'<g transform="translate({x} {y})">{sprig}</g>'
    for x, y in ((75, 0), (75, 340), (225, 170)):
        content += f'<g transform="translate({x} {y})">{berry}</g>'
    return scene.pattern(300, 340, content)


def checkerboard(scene: Canvas, yarns: Yarns, size: float = 190) -> str:
    """Return big soft squares in two yarns."""
    content = (
        _block(2 * size, 2 * size, yarns.figure)
        + _block(size, size, yarns.ground)
        + _block(size, size, yarns.ground, size, size)
    )
    return scene.pattern(2 * size, 2 * size, content)


def zigzag(scene: Canvas, bands: Sequence[Stripe], width: float = 160, rise: float = 70) -> str:
    """Return chevrons of the given bands."""
    tall = sum(band for band, _ in bands)
    half = width / 2
    content = _block(width, tall, bands[0][1])
    for turn in (-2, -1, 0, 1):
        at = turn * tall
        for band, tone in bands:
            content += (
                f'<path d="M-2 {number(at)}L{number(half)} {number(at + rise)}'
                f"L{number(width + 2)} {number(at)}v{number(band + 1)}"
                f"L{number(half)} {number(at + rise + band + 1)}"
                f'L-2 {number(at + band + 1)}z" fill="{tone}"/>'
            )
            at += band
    return scene.pattern(width, tall, content)


def ombre(scene: Canvas, tones: Sequence[str]) -> str:
    """Return a slow change of colour from top to bottom of the cloth."""
    last = len(tones) - 1
    return scene.linear([(index / last, tone) for index, tone in enumerate(tones)])


def speckled_twill(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    """Return a tweed: a diagonal of two yarns with flecks of a third."""
    size = 192
    diagonal = "".join(
        f"M{x} 0l{size} {size}M{x - size} 0l{size} {size}" for x in range(0, size, 16)
    )
    flecks = "".join(
        f"M{dice.whole(4, size - 8)} {dice.whole(4, size - 8)}l{dice.pick((5, 8))} "
        f"{dice.pick((4, 7))}"
        for _ in range(26)
    )
    content = _block(size, size, yarns.ground) + (
        f'<path d="{diagonal}" stroke="{yarns.accent}" stroke-width="6" stroke-opacity=".55"/>'
        f'<path d="{flecks}" stroke="{yarns.figure}" stroke-width="6" stroke-linecap="round"/>'
    )
    return scene.pattern(size, size, content)


def leno_dots(scene: Canvas, yarns: Yarns, size: float = 120) -> str:
    """Return tufts set in quincunx on plain cloth."""
    half = size / 2
    tuft = "".join(
        f'<circle cx="{number(x)}" cy="{number(y)}" r="13" fill="{yarns.figure}"/>'
        f'<circle cx="{number(x - 3)}" cy="{number(y - 3)}" r="6" '
        f'fill="{lighter(yarns.figure, 0.06)}"/>'
        for x, y in ((half / 2, half / 2), (half * 1.5, half * 1.5))
    )
    return scene.pattern(size, size, _block(size, size, yarns.ground) + tuft)
