"""Bowls, cups and plates."""

from __future__ import annotations

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.ceramics import decor, parts
from galleria.demo.pictures.ceramics.glazes import GLAZES, Glaze
from galleria.demo.pictures.ceramics.studio import GROUND
from galleria.demo.pictures.ceramics.wheel import Form, Pot, shadow, throw, turn
from galleria.demo.pictures.colour import lighter, mix
from galleria.demo.pictures.dice import Dice

BREAKFAST = Form(((420, 500), (400, 498), (290, 460), (140, 340), (50, 214), (36, 196), (0, 190)),
                 tilt=0.3, wall=17)  # fmt: skip
NOODLE = Form(((470, 520), (440, 506), (260, 410), (110, 270), (62, 206), (0, 196)), tilt=0.3,
              wall=16)  # fmt: skip
FOOTED = Form(((520, 580), (486, 566), (400, 470), (310, 280), (262, 150), (180, 120), (60, 170),
               (0, 220)), tilt=0.27, wall=18, bare=18)  # fmt: skip
MIXING = Form(((500, 560), (470, 566), (452, 548), (240, 440), (70, 290), (0, 262)), tilt=0.3,
              wall=20)  # fmt: skip
NEST = Form(((250, 420), (240, 420), (150, 370), (60, 250), (30, 206), (0, 200)), tilt=0.3,
            wall=14, bare=16)  # fmt: skip
DIP = Form(((130, 190), (124, 190), (60, 166), (20, 116), (0, 108)), tilt=0.36, wall=11, bare=10)
ESPRESSO = Form(((300, 182), (280, 182), (140, 170), (40, 130), (0, 116)), tilt=0.26, wall=11)
MUG = Form(((470, 214), (456, 212), (240, 222), (70, 206), (16, 176), (0, 172)), tilt=0.24)
TUMBLER = Form(((520, 196), (500, 194), (240, 184), (40, 160), (0, 150)), tilt=0.24, bare=0)
CAPPUCCINO = Form(((330, 296), (316, 294), (210, 268), (90, 180), (40, 128), (0, 120)), tilt=0.28)
CHAWAN = Form(((420, 280), (400, 286), (300, 286), (150, 256), (60, 150), (44, 120), (0, 112)),
              tilt=0.26, wall=15, bare=62)  # fmt: skip
BEAKER = Form(((690, 186), (672, 184), (420, 172), (120, 148), (30, 142), (0, 150)), tilt=0.22)
EGG_CUP = Form(((260, 128), (246, 128), (160, 108), (110, 60), (70, 52), (30, 96), (0, 124)),
               tilt=0.26, wall=10, bare=12)  # fmt: skip


def breakfast_bowl(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A deep everyday bowl."""
    throw(scene, Pot(BREAKFAST, 790, GROUND - 60, 1.12), glaze, dice)


def noodle_bowl(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A wide conical bowl with two sticks across it."""
    pot = Pot(NOODLE, 790, GROUND - 60, 1.12)
    slip = mix(glaze.deep, "#22303a", 0.4)
    throw(scene, pot, glaze, dice, decor.banded((0.16, 15, slip), (0.23, 5, slip)))
    for shift in (0, 54):
        x, y = 250 + shift, pot.top - 20 + shift
        scene.path(
            f"M{x + 16} {y + 22}l1120-150",
            stroke="#2a1d14",
            stroke_width=18,
            stroke_opacity=0.3,
            filter=scene.blur(8),
        )
        scene.path(f"M{x} {y}l1120-150", stroke="#8a5a36", stroke_width=19, stroke_linecap="round")
        scene.path(
            f"M{x} {y - 4}l1120-150", stroke="#b98556", stroke_width=6, stroke_linecap="round"
        )


def fruit_bowl(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A footed bowl with five pears' worth of room, three in it."""
    pot = Pot(FOOTED, 790, GROUND - 10, 1.06)
    throw(scene, pot, glaze, dice)
    front = f"M0 0H1600V{pot.top + 6:.0f}H1392A602 {0.27 * 602:.0f} 0 0 1 188 {pot.top + 6:.0f}H0z"
    with scene.group(clip_path=scene.clip(front)):
        for x, y, size, tone in (
            (560, -40, 1.0, "#b9a04a"),
            (990, -30, 1.02, "#a98f44"),
            (770, 0, 1.16, "#c4ab55"),
        ):
            _pear(scene, x, pot.top + y, size, tone)


def _pear(scene: Canvas, x: float, y: float, size: float, tone: str) -> None:
    outline = (
        "M0-250C60-246 62-170 96-110C140-40 136 90 0 92C-136 90-140-40-96-110C-62-170-60-246 0-250z"
    )
    fill = scene.radial(
        [(0, lighter(tone, 0.12)), (0.55, tone), (1, mix(tone, "#5a3a1c", 0.55))],
        (0.36, 0.42),
        0.68,
    )
    with scene.group(transform=f"translate({x:.0f} {y:.0f})scale({size})"):
        scene.path(outline, fill=fill)
        scene.path(
            "M0-246q6-44 34-66",
            fill="none",
            stroke="#5a4028",
            stroke_width=12,
            stroke_linecap="round",
        )


def mixing_bowl(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A batter bowl with a pouring lip and a dipped foot."""
    pot = Pot(MIXING, 810, GROUND - 40, 1.05)
    shadow(scene, pot)
    reach, x, y = pot.mouth, pot.centre, pot.top
    under = (
        f"M{x - reach * 0.93:.0f} {y - 40:.0f}L{x - reach - 110:.0f} {y - 22:.0f}q-16 14 4 36"
        f"Q{x - reach - 20:.0f} {y + 60:.0f} {x - reach * 0.9:.0f} {y + 230:.0f}z"
    )
    scene.path(under, fill=scene.linear([(0, glaze.face), (1, mix(glaze.deep, "#2a1d14", 0.25))]))
    turn(scene, pot, glaze, dice, decor.dipped(0.62, glaze.clay))
    lip = (
        f"M{x - reach * 0.94:.0f} {y - 58:.0f}Q{x - reach:.0f} {y - 34:.0f} "
        f"{x - reach - 112:.0f} {y - 22:.0f}q-14 14 4 30Q{x - reach:.0f} {y + 20:.0f} "
        f"{x - reach * 0.93:.0f} {y + 64:.0f}z"
    )
    scene.path(lip, fill=glaze.edge)
    scene.path(
        lip,
        fill=mix(glaze.face, "#2a1d14", 0.3),
        transform=f"translate({x - reach * 0.9:.0f} {y:.0f})scale(.86 .74)"
        f"translate({-x + reach * 0.9:.0f} {-y:.0f})",
    )


def nesting_bowls(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """Three bowls, one in the other, and a fourth beside them."""
    sizes = (1.3, 1.12, 0.94)
    ground = GROUND - 60.0
    for index, size in enumerate(sizes):
        pot = Pot(NEST, 730, ground, size)
        (throw if index == 0 else turn)(scene, pot, glaze, dice)
        ground = pot.top + 26 * size + 6
    throw(scene, Pot(NEST, 1180, GROUND + 120, 0.74), glaze, dice)


def pasta_bowl(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A wide-rimmed bowl seen from the eater's chair."""
    parts.plate_shadow(scene, (800, 1080), 660, 0.52, 70)
    parts.plate(scene, (800, 1080), parts.Dish(660, 0.52, 0.72, 74), glaze, dice)


def dip_bowls(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """Four small bowls, one in each of four glazes that begin with this one."""
    order = ("chalk", "honey", "tide", "iron", "moss", "blush")
    names = [name for name in order if GLAZES[name] is not glaze]
    quartet = (glaze, *(GLAZES[name] for name in names[:3]))
    places = ((500, 1010, 1.5), (1060, 1040, 1.5), (560, 1460, 1.62), (1120, 1500, 1.62))
    for own, (x, ground, scale) in zip(quartet, places, strict=True):
        throw(scene, Pot(DIP, x, ground, scale), own, dice)


def espresso_cup(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A small handleless cup with coffee in it."""
    pot = Pot(ESPRESSO, 790, GROUND - 60, 1.9)
    throw(scene, pot, glaze, dice)
    _coffee(scene, pot)
    parts.steam(scene, (790, pot.top - 60), dice)


def _coffee(scene: Canvas, pot: Pot) -> None:
    """Fill a cup to a finger below its rim."""
    inner = pot.mouth - pot.form.wall * pot.scale - 8
    flat = inner * pot.tilt
    scene.ellipse(
        pot.centre,
        pot.top + 18,
        inner * 0.985,
        flat * 0.86,
        fill=scene.radial([(0, "#4a2a18"), (0.78, "#3a1f12"), (0.93, "#a9713f"), (1, "#c48f57")]),
    )


def morning_mug(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A mug with a broad handle."""
    pot = Pot(MUG, 730, GROUND - 50, 1.62)
    shadow(scene, pot)
    right = pot.centre + pot.mouth
    parts.handle(
        scene,
        [
            (right - 20, pot.top + 170),
            (right + 190, pot.top + 130),
            (right + 250, pot.top + 330),
            (right + 120, pot.top + 520),
            (right - 10, pot.top + 560),
        ],
        86,
        glaze,
    )
    turn(scene, pot, glaze, dice, decor.dipped(0.8, glaze.clay))


def two_tone_tumbler(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """Two tumblers, dipped to different depths."""
    for x, ground, scale, share in ((560, GROUND - 90, 1.42, 0.62), (1010, GROUND, 1.5, 0.42)):
        throw(
            scene,
            Pot(TUMBLER, x, ground, scale),
            glaze,
            dice,
            decor.dipped(share, GLAZES["chalk"].face if glaze.gloss > 0.3 else glaze.clay),
        )


def cappuccino_cup(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A round cup on its saucer."""
    parts.plate_shadow(scene, (780, GROUND - 110), 600, 0.3, 20)
    parts.plate(scene, (780, GROUND - 110), parts.Dish(600, 0.3, 0.52), glaze, dice)
    pot = Pot(CAPPUCCINO, 780, GROUND - 120, 1.28)
    shadow(scene, pot)
    right = pot.centre + pot.mouth
    parts.handle(
        scene,
        [
            (right - 26, pot.top + 96),
            (right + 130, pot.top + 50),
            (right + 170, pot.top + 190),
            (right - 40, pot.top + 250),
        ],
        58,
        glaze,
    )
    turn(scene, pot, glaze, dice)
    _coffee(scene, pot)
    inner = pot.mouth * 0.7
    scene.ellipse(
        pot.centre,
        pot.top + 18,
        inner,
        inner * pot.tilt * 0.86,
        fill="#efdcc0",
        filter=scene.blur(10),
    )


def tea_bowl(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A tea bowl whose second glaze has run and stopped above the foot."""
    run = glaze.edge if glaze.gloss > 0.6 else mix(glaze.face, "#f6efe2", 0.6)
    throw(scene, Pot(CHAWAN, 790, GROUND - 60, 1.75), glaze, dice, decor.running(run, 0.6, 7))


def tall_beaker(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A fluted beaker for cold milk or long drinks."""
    throw(scene, Pot(BEAKER, 790, GROUND - 20, 1.5), glaze, dice, decor.fluted(15, 0.12, 0.94))


def dinner_plate(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A plate, laid."""
    parts.plate_shadow(scene, (800, 1060), 700, 0.62, 26)
    parts.plate(scene, (800, 1060), parts.Dish(700, 0.62, 0.72), glaze, dice)


def side_plate(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A smaller plate on a folded napkin, with a fig."""
    cloth = scene.linear([(0, "#efe8da"), (1, "#d6cab6")], (0, 0), (1, 1))
    scene.path(
        "M190 900L960 560 1450 1180 640 1580z", fill="#2a1d14", opacity=0.25, filter=scene.blur(26)
    )
    scene.path("M180 880L950 540 1440 1160 630 1560z", fill=cloth)
    scene.path("M180 880L950 540 1020 630 250 975z", fill="#fffaf0", opacity=0.4)
    parts.plate_shadow(scene, (800, 1060), 520, 0.62, 22)
    parts.plate(scene, (800, 1060), parts.Dish(520, 0.62, 0.74), glaze, dice)
    for x, y, size in ((720, 1040, 1.0), (900, 1090, 0.86)):
        with scene.group(transform=f"translate({x} {y})scale({size})"):
            scene.ellipse(26, 66, 120, 42, fill="#2a1d14", opacity=0.4, filter=scene.blur(12))
            scene.path(
                "M0-150C22-100 120-60 112 20C104 88 50 92 0 92C-50 92-104 88-112 20"
                "C-120-60-22-100 0-150z",
                fill=scene.radial(
                    [(0, "#8a6a86"), (0.5, "#533552"), (1, "#2b1a30")], (0.36, 0.4), 0.7
                ),
            )


def oval_platter(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """A long platter with lemons."""
    with scene.group(transform="translate(0 0)rotate(-8 800 1060)"):
        parts.plate_shadow(scene, (800, 1060), 720, 0.46, 30)
        parts.plate(scene, (800, 1060), parts.Dish(720, 0.46, 0.76), glaze, dice)
    for x, y, turned in ((660, 1030, -16), (850, 1080, 20), (1000, 1000, -40)):
        with scene.group(transform=f"translate({x} {y})rotate({turned})"):
            scene.ellipse(20, 62, 124, 40, fill="#2a1d14", opacity=0.35, filter=scene.blur(12))
            scene.path(
                "M-138 0C-120-20-110-86 0-88C110-86 120-20 140-4C122 24 110 84 0 86"
                "C-110 84-120 22-138 0z",
                fill=scene.radial(
                    [(0, "#f7dc72"), (0.6, "#e6b93c"), (1, "#a8781f")], (0.36, 0.3), 0.75
                ),
            )


def plate_stack(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """Four plates and two bowls, put away."""
    y = 1380.0
    parts.plate_shadow(scene, (790, y), 640, 0.3, 60)
    for _ in range(4):
        parts.plate(scene, (790, y), parts.Dish(640, 0.3, 0.74), glaze, dice)
        y -= 46
    for _ in range(3):
        parts.plate(scene, (790, y - 10), parts.Dish(470, 0.3, 0.74), glaze, dice)
        y -= 40
    first = Pot(NEST, 790, y + 10, 0.92)
    shadow(scene, first)
    turn(scene, first, glaze, dice)
    turn(scene, Pot(NEST, 790, first.top + 40, 0.9), glaze, dice)


def egg_cups(scene: Canvas, glaze: Glaze, dice: Dice) -> None:
    """Two egg cups, one of them in use."""
    for x, ground, has_egg in ((560, GROUND - 90, True), (1040, GROUND - 10, False)):
        pot = Pot(EGG_CUP, x, ground, 2.1)
        throw(scene, pot, glaze, dice)
        if has_egg:
            egg = scene.radial(
                [(0, "#f8e6cf"), (0.55, "#e8c9a6"), (1, "#b58a63")], (0.36, 0.34), 0.75
            )
            scene.path(
                f"M{x - 226} {pot.top + 8:.0f}C{x - 226} {pot.top - 250:.0f} {x - 110} "
                f"{pot.top - 420:.0f} {x} {pot.top - 420:.0f}S{x + 226} "
                f"{pot.top - 250:.0f} {x + 226} {pot.top + 8:.0f}"
                f"A226 58 0 0 1 {x - 226} {pot.top + 8:.0f}z",
                fill=egg,
            )
