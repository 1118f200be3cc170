"""A finished print in its frame, on a wall with daylight and something to stand below it."""

from __future__ import annotations

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.colour import lighter, mix
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.outline import segment, smooth
from galleria.demo.pictures.prints.inks import TALL, WIDE, Inks

# Light edge, dark edge and face of each moulding.
MOULDINGS: dict[str, tuple[str, str, str]] = {
    "oak": ("#dcb98a", "#a97f4f", "#c89f6b"),
    "black": ("#4a4845", "#171614", "#2a2826"),
    "white": ("#ffffff", "#d9d5cc", "#f4f1ea"),
    "walnut": ("#86603f", "#4c3321", "#694829"),
}
_BOARD = 1706


def hang(art: Canvas, moulding: str, inks: Inks, name: str) -> Canvas:
    """Return the scene: the art behind glass in the named moulding, on a wall of its mood."""
    dice = Dice(name.rsplit("/", 1)[0])
    room = Canvas(WIDE, TALL, name)
    wall = mix(dice.pick(("#e6ded1", "#dcdcd4", "#e4d8cc", "#d7d9d3")), inks.ink, 0.05)
    room.rect(
        0,
        0,
        WIDE,
        TALL,
        fill=room.linear([(0, lighter(wall, 0.02)), (1, lighter(wall, -0.06))], (0, 0), (1, 0.6)),
    )
    light = room.linear([(0, "#fff6e2/0.75"), (1, "#fff6e2/0.05")], (0, 0), (1, 1))
    with room.group(fill=light, filter=room.blur(26)):
        room.path("M-80 120L700-200 1120 820 340 1180z")
        room.path("M420 1300L1200 960 1420 1500 640 1860z")
    _frame(room, art, moulding)
    _board(room, moulding)
    (_stems, _books, _bowls)[dice.whole(0, 2)](room, dice, inks)
    return room


def _frame(room: Canvas, art: Canvas, moulding: str) -> None:
    """Draw shadow, moulding, mount and the print itself."""
    bright, dark, face = MOULDINGS[moulding]
    left, top, width, height, rail, mount = 300, 150, 1000, 1250, 30, 66
    room.rect(
        left + 22, top + 34, width, height, fill="#2b241c", opacity=0.36, filter=room.blur(24)
    )
    room.rect(left + 6, top + 8, width, height, fill="#2b241c", opacity=0.4, filter=room.blur(6))
    right, bottom = left + width, top + height
    sides = (
        (f"M{left} {top}H{right}l-{rail} {rail}H{left + rail}z", bright),
        (f"M{left} {top}V{bottom}l{rail}-{rail}V{top + rail}z", face),
        (f"M{right} {top}V{bottom}l-{rail}-{rail}V{top + rail}z", mix(face, dark, 0.5)),
        (f"M{left} {bottom}H{right}l-{rail}-{rail}H{left + rail}z", dark),
    )
    for outline, tone in sides:
        room.path(outline, fill=tone)
    inner_x, inner_y = left + rail, top + rail
    inner_w, inner_h = width - 2 * rail, height - 2 * rail
    room.rect(inner_x, inner_y, inner_w, inner_h, fill="#faf8f3")
    shade = room.linear([(0, "#2b241c/0.3"), (0.035, "#2b241c/0")])
    room.rect(inner_x, inner_y, inner_w, inner_h, fill=shade)
    x, y = inner_x + mount, inner_y + mount
    w = inner_w - 2 * mount
    h = w * TALL // WIDE
    y = inner_y + (inner_h - h) // 2
    room.add(
        f'<svg x="{x}" y="{y}" width="{w}" height="{h}" viewBox="0 0 {WIDE} {TALL}">'
        f"{art.markup()}</svg>"
    )
    room.rect(x, y, w, h, fill="none", stroke="#2b241c", stroke_opacity=0.28, stroke_width=3)
    glass = room.linear([(0, "#ffffff/0.2"), (0.42, "#ffffff/0.03"), (0.43, "#ffffff/0.12"),
                         (0.6, "#ffffff/0")], (0, 0), (1, 1))  # fmt: skip
    room.rect(inner_x, inner_y, inner_w, inner_h, fill=glass)


def _board(room: Canvas, moulding: str) -> None:
    """Draw the sideboard below: pale wood under dark frames, white under oak."""
    pale = moulding in {"oak", "walnut"}
    top, face, seam = (
        ("#efeae0", "#e3ddd1", "#c6bdae") if pale else ("#d3ab78", "#c3996a", "#97704a")
    )
    room.rect(110, _BOARD - 10, WIDE - 220, 60, fill="#2b241c", opacity=0.3, filter=room.blur(14))
    room.rect(
        130,
        _BOARD + 26,
        WIDE - 260,
        TALL,
        fill=room.linear([(0, mix(face, "#3a2f24", 0.3)), (0.05, face)]),
    )
    room.rect(104, _BOARD, WIDE - 208, 34, fill=room.linear([(0, top), (1, face)]), rx=5)
    room.path(
        "".join(segment((x, _BOARD + 34), (x, TALL)) for x in (562, 1040)),
        stroke=seam,
        stroke_width=5,
    )
    for x in (520, 604, 1000, 1082):
        room.circle(x, 1850, 9, fill=seam)


def _stems(room: Canvas, dice: Dice, inks: Inks) -> None:
    """Set a bottle vase with dry stems on the board."""
    tone = mix(inks.tones[0] if inks.tones else inks.ink, "#b8aa98", 0.45)
    with room.group(fill="none", stroke_linecap="round"):
        for index in range(5):
            lean = -110 + 52 * index + dice.between(-16, 16)
            top = 1180 + abs(lean) * 0.5 + dice.between(0, 90)
            room.path(
                smooth([(262.0, 1500.0), (262 + lean * 0.25, 1400), (262 + lean, top)]),
                stroke="#8a7a5c",
                stroke_width=5,
            )
            room.path(
                smooth(
                    [(262 + lean * 0.75, top + 80), (262 + lean, top), (262 + lean * 1.2, top - 64)]
                ),
                stroke=mix("#c9ae7c", inks.ink, 0.12),
                stroke_width=22,
            )
    shape = (
        f"M250 1474h26c-2 70 6 84 34 110c28 26 34 82-6 {_BOARD - 1584}h-82"
        f"c-40-40-34-96-6-{_BOARD - 1584}c28-26 36-40 34-110z"
    )
    room.ellipse(280, _BOARD + 4, 96, 12, fill="#2b241c", opacity=0.4, filter=room.blur(8))
    room.path(
        shape,
        fill=room.linear(
            [(0, lighter(tone, -0.12)), (0.35, lighter(tone, 0.12)), (1, lighter(tone, -0.2))],
            (0, 0),
            (1, 0),
        ),
    )


def _books(room: Canvas, dice: Dice, inks: Inks) -> None:
    """Lay three books and a stone on the board."""
    y = _BOARD
    covers = [*inks.tones, inks.ink, "#cdbfa6"]
    room.ellipse(1240, _BOARD + 4, 200, 14, fill="#2b241c", opacity=0.4, filter=room.blur(8))
    for index, width in enumerate((372, 330, 300)):
        tall = 52 - 7 * index
        y -= tall
        tone = mix(covers[index % len(covers)], "#8d8578", 0.28)
        x = 1240 - width / 2 + dice.between(-16, 16)
        room.rect(x, y, width, tall, fill=tone, rx=4)
        room.rect(x + width * 0.03, y + 7, width * 0.97, tall - 14, fill="#f1eadb")
        room.rect(x, y, 34, tall, fill=lighter(tone, -0.06), rx=4)
    room.ellipse(
        1230, y - 34, 74, 38, fill=room.radial([(0, "#d8d1c4"), (1, "#8f877a")], (0.36, 0.28), 0.8)
    )


def _bowls(room: Canvas, dice: Dice, inks: Inks) -> None:
    """Set a footed bowl and a small cup on the board."""
    tone = mix(inks.tones[-1] if inks.tones else inks.ink, "#d5c8b4", 0.55)
    room.ellipse(1190, _BOARD + 4, 180, 14, fill="#2b241c", opacity=0.4, filter=room.blur(8))
    shading = room.linear(
        [(0, lighter(tone, -0.1)), (0.3, lighter(tone, 0.1)), (1, lighter(tone, -0.22))],
        (0, 0),
        (1, 0),
    )
    room.path(
        f"M1010 1548c0 92 66 124 130 132v{_BOARD - 1680}h100v-{_BOARD - 1680}c64-8 130-40 130-132z",
        fill=shading,
    )
    room.ellipse(1190, 1548, 180, 20, fill=lighter(tone, -0.25))
    cup = mix(inks.ink, "#c9bba4", 0.4)
    room.path(
        f"M356 1600c0 70 10 90 26 {_BOARD - 1600}h64c16-16 26-36 26-{_BOARD - 1600}z",
        fill=room.linear([(0, lighter(cup, 0.06)), (1, lighter(cup, -0.14))], (0, 0), (1, 0)),
    )
    room.ellipse(414, 1600, 58, 8, fill=lighter(cup, -0.2))
    room.path(
        segment((430, 1600), (486, 1470)),
        stroke=dice.pick(inks.tones or (inks.ink,)),
        stroke_width=8,
        stroke_linecap="round",
    )
