"""How a cloth is shown: hung over a rail, folded, stacked, stuffed, laid on a floor."""

from __future__ import annotations

from collections.abc import Callable

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.colour import mix
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.outline import smooth, straight
from galleria.demo.pictures.textiles import cloth
from galleria.demo.pictures.textiles.cloth import SHADOW, TALL, WIDE
from galleria.demo.pictures.textiles.yarns import Yarns

Weaver = Callable[[Canvas, Yarns, Dice], str]
Shown = Callable[[str, Yarns, Dice], Canvas]


def hung(weave: Weaver, wall: str, hem: str = "fringe", width: int = 900) -> Shown:
    """Show a throw over a rail, its far end a little longer than the near one."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.wall(name, wall)
        left, right, top, low = (WIDE - width) // 2, (WIDE + width) // 2, 262, 1610
        paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice)
        edge = [
            (right - (right - left) * step / 10, low + dice.between(-16, 16)) for step in range(11)
        ]
        near = (
            f"M{left} {top + 20}q0-22 24-24H{right - 24}q24 2 24 24L{right + 8} {low}"
            + "".join(f"L{x:.0f} {y:.0f}" for x, y in edge)
            + f"L{left - 8} {low}z"
        )
        far = f"M{left + 26} {top}H{right + 26}L{right + 40} {low + 84}H{left + 30}z"
        cloth.drop_shadow(scene, far, (34, 30), 34, 0.34)
        cloth.rail(scene, top - 12)
        with scene.group(filter=cloth.hand(scene, dice)):
            if hem == "fringe":
                cloth.fringe(
                    scene,
                    (right + 34, low + 80),
                    (left + 36, low + 80),
                    -96,
                    mix(yarns.figure, SHADOW, 0.35),
                    dice,
                )
            cloth.lay(scene, far, paint, fine)
            scene.path(far, fill=SHADOW, fill_opacity=0.45)
            if hem == "fringe":
                cloth.fringe(
                    scene, (right + 2, low - 2), (left - 2, low - 2), -110, yarns.figure, dice
                )
            cloth.lay(scene, near, paint, fine)
        with scene.group(clip_path=scene.clip(near)):
            cloth.folds(scene, (left, top, width, low - top), 5, dice)
            bend = scene.linear(
                [
                    (0, "#ffffff/0.34"),
                    (0.014, "#ffffff/0.1"),
                    (0.05, "#000000/0.14"),
                    (0.1, "#000000/0"),
                    (0.8, "#000000/0"),
                    (1, "#000000/0.16"),
                ]
            )
            scene.rect(left - 20, top - 10, width + 40, low - top + 20, fill=bend)
        return scene

    return show


# Left, top, width and height of a folded blanket.
_FOLDED = (270, 390, 1040, 1120)


def _layers(
    scene: Canvas, yarns: Yarns, dice: Dice, fabric: tuple[str, str], has_fringe: bool
) -> None:
    """Draw the three layers that show below the top one, the lowest first."""
    x, y, w, h = _FOLDED
    for layer in (3, 2, 1):
        shift = layer * 17
        under = f"M{x + 30} {y + 40 + shift}H{x + w + shift}V{y + h + shift}H{x + 40}z"
        if has_fringe and layer % 2:
            start, end = (x + w + shift, y + h + shift - 4), (x + 60, y + h + shift - 4)
            cloth.fringe(scene, start, end, -100, yarns.figure, dice)
        cloth.lay(scene, under, *fabric)
        scene.path(under, fill=SHADOW, fill_opacity=0.12 + 0.1 * layer)


def folded(weave: Weaver, ground: str, has_fringe: bool = True) -> Shown:
    """Show a blanket folded to a square, seen from above."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.table(name, ground)
        paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice)
        x, y, w, h = _FOLDED
        with scene.group(transform=f"rotate(-5 {WIDE // 2} {TALL // 2})"):
            body = f"M{x} {y + 30}q2-30 40-32H{x + w}V{y + h}H{x + 40}q-38-2-40-36z"
            cloth.drop_shadow(scene, body, (44, 56), 44, 0.42)
            _layers(scene, yarns, dice, (paint, fine), has_fringe)
            scene.path(
                body,
                fill=SHADOW,
                fill_opacity=0.5,
                filter=scene.blur(9),
                transform="translate(7 9)",
            )
            with scene.group(filter=cloth.hand(scene, dice)):
                cloth.lay(scene, body, paint, fine)
            roll = scene.linear(
                [
                    (0, "#000000/0.3"),
                    (0.012, "#ffffff/0.3"),
                    (0.05, "#ffffff/0.12"),
                    (0.1, "#000000/0.05"),
                    (0.16, "#000000/0"),
                    (1, "#000000/0.1"),
                ],
                (0, 0),
                (1, 0.12),
            )
            scene.path(body, fill=roll)
            with scene.group(clip_path=scene.clip(body)):
                soft = scene.blur(30)
                for crease_y, lean in ((y + 380, 34), (y + 770, -26)):
                    line = smooth(
                        [(x, crease_y), (x + w / 2, crease_y + lean), (x + w, crease_y - lean / 2)]
                    )
                    scene.path(
                        line,
                        fill="none",
                        stroke="#000",
                        stroke_width=34,
                        stroke_opacity=0.1,
                        filter=soft,
                    )
        return scene

    return show


def cushion(weave: Weaver, ground: str, is_long: bool = False) -> Shown:
    """Show a stuffed cushion standing on a bench."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.wall(name, ground)
        scene.rect(
            0,
            1540,
            WIDE,
            460,
            fill=scene.linear(
                [(0, "#c8a678"), (0.06, "#b48f60"), (0.3, "#a37d50"), (1, "#8d6a42")]
            ),
        )
        scene.rect(0, 1540, WIDE, 10, fill="#e2c79d")
        paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice)
        w, h = (640, 430) if is_long else (570, 560)
        cx, cy = 800, 1560 - h + 16
        body = (
            f"M{cx - w} {cy - h}q{w} {h * 0.13:.0f} {2 * w} 0q-{w * 0.12:.0f} {h} 0 {2 * h}"
            f"q-{w}-{h * 0.1:.0f}-{2 * w} 0q{w * 0.12:.0f}-{h} 0-{2 * h}z"
        )
        scene.ellipse(cx + 40, 1562, w * 1.02, 40, fill=SHADOW, opacity=0.55, filter=scene.blur(24))
        cloth.drop_shadow(scene, body, (60, 30), 50, 0.3)
        with scene.group(filter=cloth.hand(scene, dice, 14)):
            scene.path(
                body, fill=paint, stroke=yarns.deep, stroke_width=16, stroke_linejoin="round"
            )
            scene.path(body, fill=fine)
        _plump(scene, body, (cx, cy, w, h))
        return scene

    return show


def _plump(scene: Canvas, body: str, box: tuple[float, float, float, float]) -> None:
    """Model the stuffing: full in the middle, dents along the sides, creases at the corners."""
    cx, cy, w, h = box
    with scene.group(clip_path=scene.clip(body)):
        scene.path(
            body,
            fill=scene.radial(
                [
                    (0, "#ffffff/0.3"),
                    (0.45, "#ffffff/0.05"),
                    (0.7, "#000000/0.06"),
                    (1, "#000000/0.46"),
                ],
                (0.4, 0.36),
                0.72,
            ),
        )
        with scene.group(
            fill="none",
            stroke="#000000",
            stroke_linecap="round",
            filter=scene.blur(16),
            stroke_opacity=0.24,
        ):
            for side_x in (-1, 1):
                for side_y in (-1, 1):
                    x, y = cx + side_x * w * 0.93, cy + side_y * h * 0.93
                    for swing in (0.5, 1.5):
                        scene.path(
                            smooth(
                                [
                                    (x, y),
                                    (
                                        x - side_x * w * 0.14 * swing,
                                        y - side_y * h * 0.12 * (2 - swing),
                                    ),
                                    (
                                        x - side_x * w * 0.36 * swing * 0.8,
                                        y - side_y * h * 0.34 * (2 - swing) * 0.8,
                                    ),
                                ]
                            ),
                            stroke_width=20,
                        )


def stacked(weave: Weaver, ground: str, count: int = 4) -> Shown:
    """Show folded towels, one on the other, seen from the front; every other one is plain."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.wall(name, ground)
        scene.rect(
            0,
            1500,
            WIDE,
            500,
            fill=scene.linear([(0, "#efe9df"), (0.08, "#ded5c7"), (1, "#cfc4b3")]),
        )
        fine = cloth.threads(scene, dice, 10)
        paint = weave(scene, yarns, dice)
        plain = weave(scene, Yarns(yarns.figure, yarns.ground, yarns.accent, yarns.deep), dice)
        y = 1524
        scene.ellipse(840, y, 640, 40, fill=SHADOW, opacity=0.5, filter=scene.blur(22))
        thick = 880 // count
        for index in range(count):
            width = 1100 - 26 * index + dice.whole(-14, 14)
            x = 800 - width // 2 + dice.whole(-12, 12)
            y -= thick
            _bundle(scene, (x, y, width, thick), plain if index % 3 == 1 else paint, fine)
            scene.rect(
                x + 40,
                y + thick - 12,
                width - 80,
                16,
                fill=SHADOW,
                opacity=0.5,
                filter=scene.blur(7),
            )
        return scene

    return show


def _bundle(scene: Canvas, box: tuple[int, int, int, int], paint: str, fine: str) -> None:
    """Draw one folded towel from its folded side: two thick rolls of cloth."""
    x, y, width, thick = box
    half = thick // 2
    for row in (1, 0):
        top = y + row * half
        bend, turn = half // 2, half // 3
        sag = 6 - 4 * row
        outline = (
            f"M{x + bend} {top}Q{x + width // 2} {top + sag} {x + width - turn} {top}"
            f"q{turn} 0 {turn} {bend}q0 {bend}-{turn} {bend}"
            f"Q{x + width // 2} {top + half + sag} {x + bend} {top + half}"
            f"q-{bend} 0-{bend}-{bend}q0-{bend} {bend}-{bend}z"
        )
        cloth.lay(scene, outline, paint, fine)
        scene.path(
            outline,
            fill=scene.linear(
                [
                    (0, "#ffffff/0.32"),
                    (0.3, "#ffffff/0.06"),
                    (0.62, "#000000/0.06"),
                    (1, "#000000/0.42"),
                ]
            ),
        )
        scene.path(
            outline,
            fill=scene.linear(
                [
                    (0, "#000000/0.24"),
                    (0.12, "#000000/0"),
                    (0.75, "#000000/0"),
                    (1, "#000000/0.26"),
                ],
                (0, 0),
                (1, 0),
            ),
        )


def on_floor(weave: Weaver, floor: str, width: int = 960, has_fringe: bool = True) -> Shown:
    """Show a rug on boards, seen from the ceiling."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.boards(name, floor, dice)
        x, y, h = (WIDE - width) // 2, 190, 1620
        paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice, 10, 0.07)
        body = f"M{x} {y}h{width}v{h}h-{width}z"
        cloth.drop_shadow(scene, body, (16, 20), 16, 0.5)
        with scene.group(filter=cloth.hand(scene, dice, 16)):
            if has_fringe:
                cloth.fringe(scene, (x + 6, y + 4), (x + width - 6, y + 4), -84, "#e8dcc4", dice)
                cloth.fringe(
                    scene, (x + width - 6, y + h - 4), (x + 6, y + h - 4), -84, "#e8dcc4", dice
                )
            with scene.group(transform=f"translate({x} {y})"):
                cloth.lay(scene, f"M0 0h{width}v{h}h-{width}z", paint, fine)
        light = scene.linear(
            [(0, "#ffffff/0.16"), (0.5, "#ffffff/0"), (1, "#000000/0.2")], (0, 0), (1, 1)
        )
        scene.path(body, fill=light)
        return scene

    return show


def on_wall(weave: Weaver, wall: str, height: int = 1300, has_fringe: bool = False) -> Shown:
    """Show a quilt or a hanging on a dowel, flat against the wall."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.wall(name, wall)
        x, y, w = 250, 300, 1100
        paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice)
        body = f"M{x} {y}h{w}l6 {height}h-{w + 12}z"
        cloth.drop_shadow(scene, body, (26, 34), 30, 0.36)
        scene.path(
            f"M{x + 130} {y - 20}L800 120 {x + w - 130} {y - 20}",
            fill="none",
            stroke="#a58a62",
            stroke_width=7,
        )
        cloth.rail(scene, y - 26)
        with scene.group(filter=cloth.hand(scene, dice, 8)):
            if has_fringe:
                cloth.fringe(
                    scene, (x + w, y + height - 4), (x, y + height - 4), -210, yarns.figure, dice
                )
            with scene.group(transform=f"translate({x} {y})"):
                cloth.lay(scene, f"M0 0h{w}l6 {height}h-{w + 12}z", paint, fine)
        with scene.group(clip_path=scene.clip(body)):
            cloth.folds(scene, (x, y, w, height), 4, dice, 0.1)
            scene.rect(x, y, w, 60, fill=scene.linear([(0, "#000000/0.3"), (1, "#000000/0")]))
        return scene

    return show


def fanned(weave: Weaver, ground: str) -> Shown:
    """Show four napkins folded to squares and laid over one another, with a ring of twine."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.table(name, ground)
        paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice)
        for index, (x, y, turn) in enumerate(
            ((560, 640, -16), (760, 850, -7), (860, 1120, 5), (740, 1360, 13))
        ):
            side = 760
            left, top = x - side // 2, y - side // 2
            body = f"M{left} {top}h{side}v{side}h-{side}z"
            with scene.group(transform=f"rotate({turn} {x} {y})"):
                cloth.drop_shadow(scene, body, (18, 24), 20, 0.4)
                with scene.group(filter=cloth.hand(scene, dice, 7)):
                    cloth.lay(scene, body, paint, fine)
                scene.path(
                    body,
                    fill=scene.linear(
                        [(0, "#ffffff/0.26"), (0.5, "#ffffff/0.02"), (1, "#000000/0.16")],
                        (0, 0),
                        (1, 1),
                    ),
                )
                scene.path(
                    f"M{left + 26} {top + 26}h{side - 52}v{side - 52}h-{side - 52}z",
                    fill="none",
                    stroke=yarns.deep,
                    stroke_opacity=0.4,
                    stroke_width=4,
                    stroke_dasharray="13 9",
                )
                if index == 3:
                    scene.path(
                        straight(((left, y), (left + side, y))), stroke="#b0905f", stroke_width=20
                    )
                    scene.path(
                        f"M{x} {y}c-90-110-170-20-10 4c-120 60-60 130 10 0c90 120 150 30 10-4"
                        "c160-30 70-120-10 0z",
                        fill="none",
                        stroke="#b0905f",
                        stroke_width=13,
                    )
        return scene

    return show
