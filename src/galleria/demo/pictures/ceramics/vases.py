"""Vases, jars and other things that stand and hold a branch."""

from __future__ import annotations

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.ceramics import decor, parts
from galleria.demo.pictures.ceramics.glazes import Glaze
from galleria.demo.pictures.ceramics.studio import GROUND
from galleria.demo.pictures.ceramics.wheel import Form, Pot, shadow, throw, turn
from galleria.demo.pictures.colour import lab_of, mix
from galleria.demo.pictures.dice import Dice

HERON = Form(((1180, 142), (1145, 116), (1060, 104), (940, 170), (760, 300), (560, 326),
              (300, 262), (90, 176), (0, 160)))  # fmt: skip
MOON = Form(((850, 172), (822, 166), (796, 190), (716, 330), (590, 444), (430, 490), (260, 452),
             (110, 310), (44, 214), (0, 196)), bare=40)  # fmt: skip
BOTTLE = Form(((1240, 74), (1210, 60), (1000, 54), (820, 66), (660, 190), (480, 330), (280, 344),
               (90, 250), (0, 196)))  # fmt: skip
GOURD = Form(((1130, 92), (1096, 76), (1040, 96), (920, 198), (800, 206), (690, 140), (610, 176),
              (430, 352), (260, 366), (80, 240), (0, 186)))  # fmt: skip
AMPHORA = Form(((1150, 176), (1112, 164), (1080, 122), (920, 116), (800, 236), (620, 360),
                (420, 340), (180, 196), (50, 150), (0, 168)), bare=0)  # fmt: skip
COLUMN = Form(((1010, 214), (1000, 214), (700, 232), (360, 240), (60, 226), (0, 204)))
DISH = Form(((190, 560), (150, 548), (70, 470), (22, 400), (0, 380)), tilt=0.27, wall=20, bare=0)
GINGER = Form(((760, 168), (740, 186), (660, 300), (500, 376), (300, 356), (100, 262), (0, 224)),
              is_open=False)  # fmt: skip
GINGER_LID = Form(((196, 8), (192, 34), (170, 44), (140, 26), (122, 40), (96, 130), (52, 196),
                   (0, 206)), is_open=False, bare=0)  # fmt: skip
BUDS = (
    Form(((620, 52), (600, 44), (470, 40), (360, 110), (210, 176), (70, 150), (0, 116))),
    Form(((860, 48), (836, 40), (640, 38), (420, 66), (220, 118), (60, 134), (0, 112))),
    Form(((420, 60), (400, 52), (330, 70), (230, 178), (120, 186), (30, 136), (0, 118))),
)
PLANTER = Form(((640, 372), (560, 372), (552, 346), (300, 318), (40, 268), (0, 262)), tilt=0.24,
               wall=22, bare=0)  # fmt: skip
SAUCER = Form(((70, 400), (52, 396), (14, 350), (0, 338)), tilt=0.24, wall=18, bare=0)
CANDLE = Form(((430, 64), (400, 58), (330, 50), (210, 46), (120, 74), (86, 226), (64, 262),
               (30, 250), (0, 216)), tilt=0.24, wall=12, bare=0)  # fmt: skip


def heron_vase(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A tall-necked vase with a single dry branch."""
    pot = Pot(HERON, 760, GROUND)
    parts.branch(scene, (770, pot.top + 10), (1130, 110), dice)
    throw(scene, pot, glaze, dice, decor.combed((0.2,), 9, 9))


def moon_jar(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A moon jar: two bowls joined at the widest place."""
    throw(scene, Pot(MOON, 800, GROUND, 1.12), glaze, dice)


def stillwater_bottle(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A long-necked bottle over which a darker glaze has run."""
    throw(scene, Pot(BOTTLE, 780, GROUND), glaze, dice, decor.running(glaze.deep, 0.62, 8))


def gourd_vase(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A double gourd."""
    throw(scene, Pot(GOURD, 780, GROUND), glaze, dice, decor.running(glaze.edge, 0.3, 7))


def amphora(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A two-handled jar with brushed rings."""
    pot = Pot(AMPHORA, 790, GROUND)
    shadow(scene, pot)
    for side in (-1, 1):
        x = pot.centre
        parts.handle(
            scene,
            [
                (x + side * 112, pot.top + 66),
                (x + side * 250, pot.top + 40),
                (x + side * 318, pot.top + 190),
                (x + side * 296, pot.top + 420),
            ],
            58,
            glaze,
        )
    slip = mix(glaze.face, "#2b2420", 0.62)
    turn(
        scene,
        pot,
        glaze,
        dice,
        decor.both(
            decor.banded((0.42, 16, slip), (0.46, 7, slip), (0.66, 12, slip)),
            decor.combed((0.54,), 8, 20),
        ),
    )


def column_vase(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A fluted cylinder with grasses."""
    pot = Pot(COLUMN, 780, GROUND)
    parts.grasses(scene, (790, pot.top + 30), 440, 7, dice)
    throw(scene, pot, glaze, dice, decor.fluted(17))


def branch_dish(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A low dish for one branch and two fingers of water."""
    pot = Pot(DISH, 800, GROUND - 60)
    throw(scene, pot, glaze, dice)
    water = scene.linear([(0, "#5e7476/0.55"), (1, "#cfe0dd/0.5")], (0, 0), (1, 0.5))
    scene.ellipse(pot.centre, pot.top + 22, 505, 118, fill=water)
    parts.branch(scene, (560, pot.top + 30), (1010, 420), dice)
    for x, y, size in ((640, 40, 46), (560, 62, 34), (700, 74, 28)):
        scene.ellipse(
            x,
            pot.top + y,
            size * 1.2,
            size * 0.7,
            fill=scene.radial([(0, "#8c8a82"), (1, "#3f3e3b")], (0.36, 0.3), 0.8),
        )


def ginger_jar(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A lidded jar with a painted wreath."""
    pot = Pot(GINGER, 780, GROUND, 1.08)
    is_dark = lab_of(glaze.face)[0] < 0.5
    paint = "#f3ead9" if is_dark else mix(glaze.deep, "#22324a", 0.55)
    throw(
        scene,
        pot,
        glaze,
        dice,
        decor.both(
            decor.brushed_leaves(0.42, 10, paint, 92),
            decor.banded((0.2, 8, paint), (0.66, 8, paint), (0.7, 4, paint)),
        ),
    )
    lid = Pot(GINGER_LID, 780, pot.top + 10, 1.02)
    scene.ellipse(780, pot.top + 16, 210, 42, fill="#2a1d14", opacity=0.34, filter=scene.blur(8))
    turn(scene, lid, glaze, dice)


def three_sisters(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """Three bud vases, each with one stem."""
    places = ((430, GROUND - 40, 1.15), (830, GROUND - 70, 1.18), (1180, GROUND + 30, 1.2))
    for form, (x, ground, scale) in zip(BUDS, places, strict=True):
        pot = Pot(form, x, ground, scale)
        if form is BUDS[0]:
            parts.branch(scene, (x, pot.top + 8), (x - 120, pot.top - 420), dice, "#8a9270")
        elif form is BUDS[2]:
            parts.grasses(scene, (x, pot.top + 10), 460, 3, dice)
        throw(scene, pot, glaze, dice)


def planter(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A plant pot on its saucer, planted."""
    saucer = Pot(SAUCER, 790, GROUND)
    pot = Pot(PLANTER, 790, GROUND - 40, 1.06)
    throw(scene, saucer, glaze, dice)
    turn(scene, pot, glaze, dice)
    scene.ellipse(790, pot.top + 16, 350, 78, fill="#3a2c22")
    blade = scene.define('<path id="{id}" d="M0 0C-60-130-66-330 0-560C66-330 60-130 0 0z"/>')
    rib = scene.define('<path id="{id}" d="M0 0Q-8-260 0-520"/>')
    for index, lean in enumerate((-74, 70, -50, 48, -28, 30, -8, 12)):
        size = 1.2 - 0.075 * abs(lean) / 8
        place = (
            f"translate({790 + lean:.0f} {pot.top + 30:.0f})rotate({lean})"
            f"scale({size * 1.05:.2f} {size * 1.3:.2f})"
        )
        tone = mix(("#4c6a4f", "#5f7d58", "#3c5a48", "#76906a")[index % 4], "#2a3a2c", 0.08)
        scene.use(blade, transform=place, fill=tone)
        scene.use(
            rib, transform=place, fill="none", stroke="#a9bd94", stroke_width=5, stroke_opacity=0.7
        )


def candle_holder(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A chamber stick with a burning candle."""
    pot = Pot(CANDLE, 790, GROUND - 20, 1.5)
    scene.circle(790, 560, 420, fill=scene.radial([(0, "#ffdf9a/0.6"), (1, "#ffdf9a/0")]))
    shadow(scene, pot)
    parts.handle(
        scene,
        [(990, GROUND - 150), (1200, GROUND - 300), (1290, GROUND - 140), (1110, GROUND - 60)],
        54,
        glaze,
    )
    wax = scene.linear([(0, "#fdf6e6"), (0.5, "#f3e6cb"), (1, "#cbb894")], (0, 0), (1, 0))
    turn(scene, pot, glaze, dice)
    scene.path("M742 710q48-26 96 0V920q-48 24-96 0z", fill=wax)
    scene.path("M790 712v-42", stroke="#3a2c22", stroke_width=8)
    flame = "M790 690c-40-40-34-96 0-170c34 74 40 130 0 170z"
    scene.path(
        flame,
        fill=scene.radial([(0, "#fffbe6"), (0.5, "#ffd873"), (1, "#f2973c")], (0.5, 0.75), 0.7),
    )
