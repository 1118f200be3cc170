"""Teapots, jugs, and the pots of a kitchen shelf."""

from __future__ import annotations

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.ceramics import decor, parts
from galleria.demo.pictures.ceramics.glazes import Glaze
from galleria.demo.pictures.ceramics.studio import GROUND
from galleria.demo.pictures.ceramics.wheel import SHADOW, Form, Pot, shadow, throw, turn
from galleria.demo.pictures.colour import lighter, mix
from galleria.demo.pictures.dice import Dice

ROUND = Form(((520, 172), (508, 190), (440, 330), (280, 408), (120, 330), (26, 222), (0, 210)),
             is_open=False)  # fmt: skip
DOME = Form(((176, 6), (172, 40), (148, 52), (116, 30), (100, 44), (78, 130), (36, 186), (0, 196)),
            is_open=False, bare=0)  # fmt: skip
LOW = Form(((400, 196), (386, 220), (310, 380), (190, 428), (70, 350), (0, 280)), is_open=False)
JUG = Form(((1010, 214), (980, 196), (860, 168), (720, 190), (520, 306), (320, 336), (110, 270),
            (0, 220)))  # fmt: skip
CARAFE = Form(((1000, 128), (980, 124), (760, 118), (620, 156), (480, 276), (260, 300), (60, 262),
               (0, 244)))  # fmt: skip
CUP_LID = Form(((210, 148), (204, 152), (110, 158), (20, 146), (0, 140)), is_open=False, bare=0)
CREAMER = Form(((400, 166), (384, 156), (310, 150), (190, 206), (90, 204), (20, 156), (0, 146)))
BUTTER_LID = Form(((420, 8), (414, 46), (384, 58), (344, 34), (320, 60), (292, 250), (210, 380),
                   (60, 448), (0, 456)), is_open=False, tilt=0.27, bare=0)  # fmt: skip
PIG = Form(((720, 8), (700, 120), (600, 286), (420, 370), (200, 366), (40, 320), (0, 300)),
           is_open=False, bare=34)  # fmt: skip
OIL = Form(((900, 62), (880, 72), (862, 54), (700, 52), (600, 90), (500, 206), (300, 248),
            (60, 238), (0, 222)))  # fmt: skip
MORTAR = Form(((430, 430), (400, 440), (300, 426), (160, 330), (90, 230), (50, 236), (0, 280)),
              tilt=0.28, wall=44, bare=0)  # fmt: skip
CORK = "#c89b6a"


def round_teapot(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A round pot with a strap handle, for four cups."""
    pot = Pot(ROUND, 760, GROUND - 60, 1.2)
    shadow(scene, pot)
    top = pot.top
    parts.handle(
        scene,
        [
            (pot.centre + 330, top + 130),
            (pot.centre + 600, top - 10),
            (pot.centre + 740, top + 220),
            (pot.centre + 590, top + 470),
            (pot.centre + 420, top + 440),
        ],
        72,
        glaze,
    )
    x = pot.centre
    parts.spout(
        scene,
        f"M{x - 300:.0f} {top + 480:.0f}C{x - 530:.0f} {top + 430:.0f} {x - 540:.0f}"
        f" {top + 130:.0f} {x - 690:.0f} {top - 6:.0f}q26-40 84-34C{x - 490:.0f} "
        f"{top + 30:.0f} {x - 460:.0f} {top + 120:.0f} {x - 330:.0f} {top + 120:.0f}z",
        glaze,
        f"M{x - 622:.0f} {top - 4:.0f}Q{x - 520:.0f} {top + 60:.0f} {x - 450:.0f} {top + 210:.0f}",
    )
    turn(scene, pot, glaze, dice)
    _lid(scene, Pot(DOME, x, top + 12, 1.16), glaze, dice)


def _lid(scene: Canvas, lid: Pot, glaze: Glaze, dice: Dice) -> None:
    """Set a lid down with the thin dark line where it sits."""
    scene.ellipse(
        lid.centre + 4,
        lid.ground + lid.foot * lid.tilt * 0.3,
        lid.foot * 1.04,
        lid.foot * lid.tilt * 0.9,
        fill=SHADOW,
        opacity=0.45,
        filter=scene.blur(7),
    )
    turn(scene, lid, glaze, dice)


def side_handle_pot(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A low pot held by a side handle, for small pourings of green tea."""
    pot = Pot(LOW, 740, GROUND - 60, 1.1)
    shadow(scene, pot)
    x, top = pot.centre, pot.top
    parts.spout(
        scene,
        f"M{x - 400:.0f} {top + 150:.0f}L{x - 640:.0f} {top + 10:.0f}"
        f"L{x - 600:.0f} {top - 40:.0f}L{x - 300:.0f} {top + 60:.0f}L{x - 330:.0f} "
        f"{top + 330:.0f}z",
        glaze,
        f"M{x - 590:.0f} {top - 8:.0f}L{x - 380:.0f} {top + 110:.0f}",
    )
    grip = (
        f"M{x + 280:.0f} {top + 270:.0f}L{x + 700:.0f} {top + 96:.0f}"
        f"q66-10 76 46q4 60-54 76L{x + 330:.0f} {top + 410:.0f}z"
    )
    scene.path(
        grip,
        fill=scene.linear(
            [(0, lighter(glaze.face, 0.06)), (0.5, glaze.face), (1, mix(glaze.deep, SHADOW, 0.5))],
            (0.3, 0),
            (0.6, 1),
        ),
    )
    scene.ellipse(
        x + 738,
        top + 158,
        30,
        46,
        fill=mix(glaze.deep, SHADOW, 0.5),
        transform=f"rotate(-22 {x + 738:.0f} {top + 158:.0f})",
    )
    turn(scene, pot, glaze, dice, decor.combed((0.36, 0.44, 0.52), 10, 7))
    _lid(scene, Pot(DOME, x, top + 12, 1.1), glaze, dice)


def tall_jug(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A water jug with a pulled handle and a pinched lip."""
    pot = Pot(JUG, 750, GROUND - 20, 1.1)
    shadow(scene, pot)
    right, top, left = pot.centre + 200, pot.top, pot.centre - pot.mouth
    parts.handle(
        scene,
        [
            (right - 20, top + 70),
            (right + 230, top + 10),
            (right + 320, top + 250),
            (right + 250, top + 500),
            (right + 90, top + 620),
        ],
        76,
        glaze,
    )
    _lip(scene, left, top, glaze)
    turn(
        scene,
        pot,
        glaze,
        dice,
        decor.dipped(0.7, mix(glaze.face, "#f6efe2", 0.75) if glaze.gloss > 0.5 else glaze.clay),
    )


def _lip(scene: Canvas, left: float, top: float, glaze: Glaze, size: float = 1.0) -> None:
    """Pinch a pouring lip out of the left of a rim."""
    outline = (
        f"M{left + 60 * size:.0f} {top - 34 * size:.0f}l{-150 * size:.0f} {-26 * size:.0f}"
        f"q{-30 * size:.0f} {24 * size:.0f} {8 * size:.0f} {60 * size:.0f}"
        f"q{70 * size:.0f} {60 * size:.0f} {110 * size:.0f} {160 * size:.0f}"
        f"l{90 * size:.0f} {-120 * size:.0f}z"
    )
    scene.path(
        outline,
        fill=scene.linear([(0, glaze.edge), (0.25, glaze.face), (1, mix(glaze.deep, SHADOW, 0.2))]),
    )


def carafe_and_cup(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A bedside carafe that wears its cup as a hat."""
    pot = Pot(CARAFE, 790, GROUND - 30, 1.05)
    throw(scene, pot, glaze, dice, decor.banded((0.52, 10, glaze.deep), (0.56, 4, glaze.deep)))
    turn(scene, Pot(CUP_LID, 790, pot.top + 150, 1.18), glaze, dice)


def cream_jug(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A small jug for cream."""
    pot = Pot(CREAMER, 780, GROUND - 60, 1.95)
    shadow(scene, pot)
    right, top, left = pot.centre + 290, pot.top, pot.centre - pot.mouth
    parts.handle(
        scene,
        [
            (right - 10, top + 70),
            (right + 170, top + 20),
            (right + 240, top + 220),
            (right + 170, top + 420),
            (right + 70, top + 470),
        ],
        66,
        glaze,
    )
    _lip(scene, left, top, glaze, 1.05)
    turn(scene, pot, glaze, dice)
    inner = pot.mouth - 30
    scene.ellipse(pot.centre, pot.top + 16, inner, inner * pot.tilt * 0.8, fill="#fbf5e8")


def butter_dish(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A round dish under a domed lid."""
    parts.plate_shadow(scene, (790, GROUND - 120), 640, 0.3, 24)
    parts.plate(scene, (790, GROUND - 120), parts.Dish(640, 0.3, 0.8), glaze, dice)
    lid = Pot(BUTTER_LID, 790, GROUND - 130, 1.12)
    shadow(scene, lid)
    turn(scene, lid, glaze, dice, decor.banded((0.78, 9, glaze.deep), (0.83, 4, glaze.deep)))


def salt_pig(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A hooded jar, open to the hand, with coarse salt."""
    pot = Pot(PIG, 790, GROUND - 30, 1.28)
    throw(scene, pot, glaze, dice)
    x, y = pot.centre - 70, pot.top + 470
    scene.ellipse(
        x,
        y,
        270,
        232,
        fill=scene.linear([(0, lighter(glaze.edge, 0.03)), (1, mix(glaze.edge, glaze.deep, 0.7))]),
        transform=f"rotate(-8 {x:.0f} {y:.0f})",
    )
    hollow = f"M{x - 240:.0f} {y + 10:.0f}a240 204 0 0 1 480 0a240 204 0 0 1-480 0z"
    scene.path(
        hollow,
        fill=scene.linear([(0, mix(glaze.face, SHADOW, 0.86)), (1, mix(glaze.face, SHADOW, 0.45))]),
    )
    with scene.group(clip_path=scene.clip(hollow)):
        scene.ellipse(x + 10, y + 190, 250, 110, fill="#f4efe6")
        grains = "".join(
            f"M{x + dice.between(-220, 220):.0f} {y + dice.between(96, 200):.0f}h0"
            for _ in range(70)
        )
        scene.path(grains, stroke="#d2c8b8", stroke_width=13, stroke_linecap="round", fill="none")


def oil_bottle(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A corked bottle for oil, with a drip of second glaze."""
    pot = Pot(OIL, 790, GROUND - 20, 1.28)
    cork = f"M{pot.centre - 52:.0f} {pot.top + 6:.0f}l-14-150q66-30 132 0l-14 150z"
    throw(scene, pot, glaze, dice, decor.running(mix(glaze.face, "#f6efe2", 0.6), 0.5, 7))
    scene.path(
        cork,
        fill=scene.linear(
            [(0, lighter(CORK, 0.06)), (0.4, CORK), (1, lighter(CORK, -0.16))], (0, 0), (1, 0)
        ),
    )
    scene.ellipse(pot.centre, pot.top - 146, 66, 15, fill=lighter(CORK, 0.07))


def mortar(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A heavy mortar; its inside is left rough, and the pestle leans in it."""
    pot = Pot(MORTAR, 760, GROUND - 50, 1.22)
    throw(scene, pot, glaze, dice)
    pestle = scene.linear(
        [(0, lighter(glaze.clay, 0.1)), (0.5, glaze.clay), (1, lighter(glaze.clay, -0.18))],
        (0, 0),
        (1, 0.4),
    )
    x, y = pot.centre, pot.top
    inside = f"M0 0H1600V{y:.0f}H{x + 470:.0f}A470 {470 * 0.28:.0f} 0 0 1 {x - 470:.0f} {y:.0f}H0z"
    with scene.group(clip_path=scene.clip(inside)):
        scene.path(
            f"M{x - 60:.0f} {y + 100:.0f}L{x + 430:.0f} {y - 520:.0f}q60-60 116-14"
            f"q52 50 8 116L{x + 110:.0f} {y + 200:.0f}z",
            fill=pestle,
        )
