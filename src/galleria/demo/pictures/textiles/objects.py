"""Cloth made into things: scarves, bags, aprons, runners, bolts, pot holders."""

from __future__ import annotations

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.ceramics import parts
from galleria.demo.pictures.ceramics.glazes import GLAZES
from galleria.demo.pictures.colour import lighter, mix
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.outline import smooth
from galleria.demo.pictures.textiles import cloth
from galleria.demo.pictures.textiles.cloth import SHADOW
from galleria.demo.pictures.textiles.scenes import Shown, Weaver
from galleria.demo.pictures.textiles.yarns import Yarns


def _peg(scene: Canvas, x: float, y: float) -> None:
    """Fix a turned peg to the wall."""
    scene.circle(x + 10, y + 14, 42, fill=SHADOW, opacity=0.4, filter=scene.blur(10))
    scene.circle(
        x,
        y,
        38,
        fill=scene.radial([(0, "#e6c597"), (0.6, "#c0945f"), (1, "#7f5a34")], (0.36, 0.3), 0.75),
    )


def scarf(weave: Weaver, wall: str) -> Shown:
    """Show a scarf over a peg, both ends down."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.wall(name, wall)
        paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice)
        soft = scene.blur(15)
        for left, foot, right, low in ((760, 830, 1190, 1480), (690, 440, 800, 1620)):
            body = (
                f"M{left + 20} 330C{left - 20} 700 {foot} 900 {foot} {low}H{right}"
                f"C{right} 900 {left + 150} 760 {left + 150} 330z"
            )
            cloth.drop_shadow(scene, body, (26, 24), 26, 0.36)
            with scene.group(filter=cloth.hand(scene, dice)):
                cloth.fringe(
                    scene, (right - 4, low - 4), (foot + 4, low - 4), -130, yarns.figure, dice
                )
                cloth.lay(scene, body, paint, fine)
            with scene.group(clip_path=scene.clip(body), fill="none", filter=soft):
                for share, tone, opacity in (
                    (0.18, "#ffffff", 0.3),
                    (0.42, "#000000", 0.34),
                    (0.6, "#ffffff", 0.25),
                    (0.8, "#000000", 0.3),
                    (1.0, "#000000", 0.3),
                ):
                    top_x = left + 20 + 130 * share
                    scene.path(
                        smooth(
                            [
                                (top_x, 330),
                                (top_x, 700),
                                (foot + (right - foot) * share, 1120),
                                (foot + (right - foot) * share, low + 30),
                            ]
                        ),
                        stroke=tone,
                        stroke_opacity=opacity,
                        stroke_width=36,
                    )
        knot = "M690 360q-30-120 110-126q130 0 116 130q-110-60-226-4z"
        cloth.lay(scene, knot, paint, fine)
        scene.path(knot, fill=scene.linear([(0, "#ffffff/0.3"), (1, "#000000/0.45")]))
        _peg(scene, 800, 250)
        return scene

    return show


def tote(weave: Weaver, wall: str) -> Shown:
    """Show a bag on a peg."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.wall(name, wall)
        paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice)
        strap = mix(yarns.ground, yarns.deep, 0.5)
        _peg(scene, 800, 250)
        body = "M372 800Q800 846 1228 800L1272 1690Q800 1740 328 1690z"
        cloth.drop_shadow(scene, body, (34, 30), 34, 0.4)
        for shift, shade in ((34, 0.35), (0, 0.0)):
            line = smooth(
                [
                    (560, 860),
                    (600 + shift, 560),
                    (740, 268 - shift / 3),
                    (800, 232 - shift / 4),
                    (860, 268 - shift / 3),
                    (1000 - shift, 560),
                    (1040, 860),
                ]
            )
            scene.path(line, fill="none", stroke=mix(strap, SHADOW, shade + 0.25), stroke_width=52)
            scene.path(line, fill="none", stroke=mix(strap, SHADOW, shade), stroke_width=44)
        with scene.group(filter=cloth.hand(scene, dice, 12)):
            cloth.lay(scene, body, paint, fine)
            scene.path("M372 800Q800 846 1228 800l4 80Q800 926 368 880z", fill=strap)
        cloth.stitches(scene, (392, 872), (1206, 872), lighter(strap, 0.2))
        for x in (536, 1012):
            scene.path(
                f"M{x} 820h52v96h-52zM{x} 820l52 96M{x + 52} 820l-52 96",
                fill="none",
                stroke=lighter(strap, 0.18),
                stroke_width=5,
            )
        with scene.group(clip_path=scene.clip(body)):
            cloth.folds(scene, (340, 840, 920, 860), 3, dice, 0.16)
        scene.path(
            body,
            fill=scene.linear(
                [(0, "#ffffff/0.14"), (0.5, "#ffffff/0"), (1, "#000000/0.2")], (0, 0), (1, 1)
            ),
        )
        return scene

    return show


def _tapes(scene: Canvas, tape: str) -> None:
    """Draw an apron's neck band over the peg and its two ties."""
    for reach in (0, 20):
        band = ((620, 540), (640 + reach, 360), (780, 246), (820, 246), (960 - reach, 360))
        scene.path(
            smooth([*band, (980, 540)]),
            fill="none",
            stroke=mix(tape, SHADOW, 0.3 if reach else 0),
            stroke_width=30,
        )
    for side in (-1, 1):
        tie = ((412, 880), (520, 1040), (490, 1300), (540, 1520))
        scene.path(
            smooth([(800 + side * x, y) for x, y in tie]),
            fill="none",
            stroke=tape,
            stroke_width=26,
        )


def apron(weave: Weaver, wall: str) -> Shown:
    """Show an apron on a peg."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.wall(name, wall)
        paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice)
        tape = mix(yarns.ground, yarns.deep, 0.55)
        body = (
            "M596 520Q800 552 1004 520C1020 700 1080 820 1216 860L1256 1720Q800 1766 344 1720"
            "L384 860C520 820 580 700 596 520z"
        )
        cloth.drop_shadow(scene, body, (30, 30), 32, 0.38)
        _tapes(scene, tape)
        _peg(scene, 800, 250)
        with scene.group(filter=cloth.hand(scene, dice, 10)):
            cloth.lay(scene, body, paint, fine)
        pocket = "M560 1130Q800 1150 1040 1130L1050 1440Q800 1462 550 1440z"
        with scene.group(clip_path=scene.clip(body)):
            cloth.folds(scene, (390, 560, 820, 1180), 4, dice, 0.17)
        cloth.drop_shadow(scene, pocket, (4, 8), 8, 0.4)
        cloth.lay(scene, pocket, paint, fine)
        scene.path(pocket, fill="#ffffff", fill_opacity=0.06)
        scene.path(
            "M576 1150Q800 1168 1024 1150M800 1160V1444",
            fill="none",
            stroke=lighter(tape, 0.2),
            stroke_width=5,
            stroke_dasharray="16 9",
        )
        return scene

    return show


def runner(weave: Weaver, wood: str) -> Shown:
    """Show a runner down a table that is laid for one."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.boards(name, wood, dice)
        paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice)
        body = "M500 -60H1100V1580H500z"
        cloth.drop_shadow(scene, body, (10, 12), 9, 0.5)
        with scene.group(filter=cloth.hand(scene, dice, 10)):
            cloth.fringe(scene, (1096, 1576), (504, 1576), -120, yarns.figure, dice)
            cloth.lay(scene, body, paint, fine)
        scene.path(
            body,
            fill=scene.linear(
                [(0, "#ffffff/0.14"), (0.2, "#ffffff/0"), (1, "#000000/0.16")], (0, 0), (1, 0.3)
            ),
        )
        plate = GLAZES["chalk"]
        parts.plate_shadow(scene, (800, 760), 400, 0.98, 14)
        parts.plate(scene, (800, 760), parts.Dish(400, 0.98), plate, dice)
        parts.plate_shadow(scene, (800, 748), 270, 0.98, 12)
        parts.plate(scene, (800, 748), parts.Dish(270, 0.98), GLAZES["oatmeal"], dice)
        for x, tines in ((330, True), (1290, False)):
            _cutlery(scene, x, tines)
        return scene

    return show


def _cutlery(scene: Canvas, x: float, has_tines: bool) -> None:
    """Lay a fork or a knife."""
    steel = scene.linear([(0, "#f3f1ec"), (0.5, "#c4c2bd"), (1, "#8d8b88")], (0, 0), (1, 0))
    head = (
        "M-34-250v150q0 60 26 70V330q8 18 16 0V-30q26-10 26-70v-150h-12v140h-14v-140h-14v140"
        "h-14v-140z"
        if has_tines
        else "M-10-260q52 90 40 330H8V330q-8 18-18 0z"
    )
    with scene.group(transform=f"translate({x:.0f} 760)"):
        scene.path(
            head, fill=SHADOW, fill_opacity=0.45, filter=scene.blur(8), transform="translate(10 12)"
        )
        scene.path(head, fill=steel)


def bolt(weave: Weaver, wall: str) -> Shown:
    """Show cloth by the metre, coming off its roll."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.wall(name, wall)
        paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice)
        sheet = (
            "M250 480H1350V1640"
            + "".join(f"L{1350 - step * 22} {1640 + (step % 2) * 20}" for step in range(1, 51))
            + "z"
        )
        cloth.drop_shadow(scene, sheet, (30, 34), 34, 0.4)
        with scene.group(filter=cloth.hand(scene, dice)):
            cloth.lay(scene, sheet, paint, fine)
        with scene.group(clip_path=scene.clip(sheet)):
            cloth.folds(scene, (250, 560, 1100, 1100), 4, dice, 0.22)
            scene.rect(
                250, 560, 1100, 150, fill=scene.linear([(0, "#000000/0.5"), (1, "#000000/0")])
            )
        for x in (196, 1350):
            scene.rect(
                x,
                390,
                54,
                120,
                fill=scene.linear([(0, "#d9b786"), (0.5, "#b98d58"), (1, "#7d5a35")]),
                rx=10,
            )
        roll = "M236 300q-10 140 0 300H1364q10-160 0-300z"
        scene.rect(250, 560, 1100, 80, fill=SHADOW, opacity=0.4, filter=scene.blur(18))
        cloth.lay(scene, roll, paint, fine)
        scene.path(
            roll,
            fill=scene.linear(
                [
                    (0, "#000000/0.34"),
                    (0.16, "#ffffff/0.12"),
                    (0.32, "#ffffff/0.42"),
                    (0.55, "#000000/0.04"),
                    (0.85, "#000000/0.5"),
                    (1, "#000000/0.62"),
                ]
            ),
        )
        return scene

    return show


def pot_holders(weave: Weaver, ground: str) -> Shown:
    """Show a pair of quilted pot holders with their loops."""

    def show(name: str, yarns: Yarns, dice: Dice) -> Canvas:
        scene = cloth.table(name, ground)
        paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice)
        for x, y, turn, is_plain in ((640, 760, -14, True), (930, 1230, 9, False)):
            side = 720
            left, top = x - side // 2, y - side // 2
            body = (
                f"M{left + 50} {top}h{side - 100}q50 0 50 50v{side - 100}q0 50-50 50"
                f"h-{side - 100}q-50 0-50-50v-{side - 100}q0-50 50-50z"
            )
            with scene.group(transform=f"rotate({turn} {x} {y})"):
                scene.path(
                    f"M{left + 30} {top + 30}q-130-130-20-150q90 0 30 150",
                    fill="none",
                    stroke=yarns.deep,
                    stroke_width=26,
                )
                cloth.drop_shadow(scene, body, (20, 26), 20, 0.46)
                scene.path(body, fill=yarns.ground if is_plain else paint)
                scene.path(body, fill=fine)
                grid = "".join(
                    f"M{left} {top + step}l{side} {side}M{left} {top + side - step}l{side}-{side}"
                    for step in range(-side, side, 90)
                )
                with scene.group(clip_path=scene.clip(body)):
                    scene.path(
                        grid,
                        fill="none",
                        stroke="#000000",
                        stroke_opacity=0.16,
                        stroke_width=22,
                        filter=scene.blur(6),
                    )
                    scene.path(
                        grid,
                        fill="none",
                        stroke=yarns.figure,
                        stroke_width=4,
                        stroke_dasharray="12 8",
                    )
                scene.path(body, fill="none", stroke=yarns.deep, stroke_width=30)
                scene.path(
                    body,
                    fill=scene.linear(
                        [(0, "#ffffff/0.22"), (0.5, "#ffffff/0"), (1, "#000000/0.24")],
                        (0, 0),
                        (1, 1),
                    ),
                )
        return scene

    return show
