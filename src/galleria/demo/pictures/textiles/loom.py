"""Every cloth of the textile shop by its handle: how it is woven, shown, and in which colours."""

from __future__ import annotations

import msgspec

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.colour import lighter, mix
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.textiles import cloth, designs, objects, scenes, weaves
from galleria.demo.pictures.textiles.scenes import Shown, Weaver
from galleria.demo.pictures.textiles.yarns import YARNS, Yarns


class Subject(msgspec.Struct, frozen=True):
    """A weave, the scene it is shown in, and its colours (the first is shown first)."""

    weave: Weaver
    shown: Shown
    colours: tuple[str, ...]


# -- weaves that need a recipe of their own


def _herringbone(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.herringbone(scene, yarns)


def _fine_herringbone(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.herringbone(scene, yarns, 60)


def _tartan(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.checks(scene, weaves.mirrored([
        (90, yarns.ground), (14, yarns.deep), (60, yarns.accent), (10, yarns.figure),
        (60, yarns.accent), (90, yarns.deep),
    ]))  # fmt: skip


def _small_tartan(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.checks(scene, weaves.mirrored([
        (56, yarns.deep), (8, yarns.figure), (34, yarns.ground), (6, yarns.accent),
        (34, yarns.ground), (12, yarns.deep), (56, yarns.accent),
    ]))  # fmt: skip


def _windowpane(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.checks(
        scene, [(118, yarns.ground), (9, yarns.deep), (118, yarns.ground), (9, yarns.accent)], 0.42
    )


def _gingham(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.checks(scene, [(36, yarns.ground), (36, "#f4efe4")])


def _ombre(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.ombre(
        scene,
        (
            yarns.figure,
            lighter(yarns.accent, 0.02),
            yarns.ground,
            mix(yarns.ground, yarns.deep, 0.6),
            yarns.deep,
        ),
    )


def _boucle(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.boucle(scene, yarns, dice)


def _checkerboard(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.checkerboard(scene, yarns)


def _rug_squares(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.checkerboard(scene, yarns, 160)


def _waffle(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.waffle(scene, yarns)


def _ikat(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.ikat(scene, yarns, dice)


def _sashiko(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.sashiko(scene, yarns)


def _kilim_cushion(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return designs.kilim(scene, yarns, dice, (800, 896))


def _ticking(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    pale = mix(yarns.figure, "#f6f0e4", 0.6)
    return weaves.stripes(
        scene,
        [
            (54, pale),
            (8, yarns.ground),
            (10, pale),
            (26, yarns.ground),
            (10, pale),
            (8, yarns.ground),
        ],
    )


def _block_print(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.block_print(scene, yarns)


def _tufts(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.leno_dots(scene, yarns)


def _towel_stripes(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    pale = "#f3ecdf"
    return weaves.stripes(
        scene,
        [
            (90, pale),
            (10, yarns.ground),
            (16, pale),
            (46, yarns.ground),
            (16, pale),
            (10, yarns.ground),
            (90, pale),
        ],
    )


def _plain(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.stripes(scene, [(20, yarns.ground), (20, lighter(yarns.ground, 0.008))])


def _border(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.stripes(scene, [
        (150, yarns.ground), (10, yarns.figure), (24, yarns.ground), (34, yarns.accent),
        (24, yarns.ground), (10, yarns.figure), (150, yarns.ground), (60, yarns.deep),
    ], False)  # fmt: skip


def _apron_stripe(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.stripes(scene, [(30, yarns.ground), (5, yarns.figure)])


def _terry(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.boucle(
        scene,
        Yarns(yarns.ground, yarns.figure, yarns.accent, mix(yarns.ground, yarns.deep, 0.6)),
        dice,
    )


def _hammam(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    pale = "#f4eee2"
    return weaves.stripes(scene, [
        (210, yarns.ground), (12, pale), (30, yarns.accent), (12, pale), (60, yarns.deep),
        (12, pale), (30, yarns.accent), (12, pale),
    ], False)  # fmt: skip


def _zigzag(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.zigzag(
        scene, [(64, yarns.ground), (34, yarns.figure), (64, yarns.accent), (34, yarns.deep)]
    )


def _tweed(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.speckled_twill(scene, yarns, dice)


def _small_zigzag(scene: Canvas, yarns: Yarns, dice: Dice) -> str:
    return weaves.zigzag(
        scene, [(30, yarns.ground), (18, yarns.figure), (30, yarns.accent)], 120, 52
    )


# -- the range

SUBJECTS: dict[str, Subject] = {
    "herringbone-throw": Subject(
        _herringbone, scenes.hung(_herringbone, "plaster"), ("slate", "madder", "forest", "ochre")
    ),
    "highland-blanket": Subject(
        _tartan, scenes.folded(_tartan, "linen"), ("forest", "madder", "indigo")
    ),
    "windowpane-blanket": Subject(
        _windowpane, scenes.folded(_windowpane, "dawn"), ("cream", "sky", "charcoal")
    ),
    "dusk-throw": Subject(_ombre, scenes.hung(_ombre, "fog"), ("rose", "indigo", "ochre")),
    "cloud-throw": Subject(
        _boucle, scenes.hung(_boucle, "clay", "plain"), ("cream", "sage", "rose")
    ),
    "checkerboard-blanket": Subject(
        _checkerboard, scenes.folded(_checkerboard, "olive"), ("ochre", "forest", "plum")
    ),
    "cradle-blanket": Subject(
        _waffle, scenes.folded(_waffle, "dawn", False), ("cream", "sky", "rose")
    ),
    "ridge-cushion": Subject(
        _fine_herringbone, scenes.cushion(_fine_herringbone, "olive"), ("madder", "slate", "forest")
    ),
    "ikat-cushion": Subject(_ikat, scenes.cushion(_ikat, "dawn"), ("indigo", "madder", "plum")),
    "wave-cushion": Subject(
        _sashiko, scenes.cushion(_sashiko, "fog", True), ("indigo", "forest", "charcoal")
    ),
    "kilim-cushion": Subject(
        _kilim_cushion, scenes.cushion(_kilim_cushion, "plaster"), ("madder", "ochre")
    ),
    "ticking-cushion": Subject(
        _ticking, scenes.cushion(_ticking, "linen", True), ("indigo", "sage", "madder")
    ),
    "sprig-cushion": Subject(
        _block_print, scenes.cushion(_block_print, "fog"), ("sage", "rose", "ochre")
    ),
    "tuft-cushion": Subject(_tufts, scenes.cushion(_tufts, "clay"), ("plum", "sage", "natural")),
    "kitchen-towels": Subject(
        _towel_stripes,
        scenes.hung(_towel_stripes, "linen", "plain", 640),
        ("indigo", "madder", "sage"),
    ),
    "gingham-towels": Subject(
        _gingham, scenes.hung(_gingham, "dawn", "plain", 640), ("sky", "ochre", "forest")
    ),
    "plain-napkins": Subject(
        _plain, scenes.fanned(_plain, "clay"), ("natural", "sage", "rose", "slate")
    ),
    "sprig-napkins": Subject(_block_print, scenes.fanned(_block_print, "olive"), ("cream", "sky")),
    "harvest-runner": Subject(
        _border, objects.runner(_border, "#a8794a"), ("indigo", "natural", "madder")
    ),
    "workday-apron": Subject(
        _apron_stripe, objects.apron(_apron_stripe, "plaster"), ("slate", "natural", "forest")
    ),
    "pot-holders": Subject(
        _gingham, objects.pot_holders(_gingham, "linen"), ("madder", "ochre", "slate")
    ),
    "terry-towels": Subject(
        _terry, scenes.stacked(_terry, "fog"), ("sage", "sky", "rose", "charcoal")
    ),
    "waffle-towels": Subject(
        _waffle, scenes.stacked(_waffle, "dawn", 3), ("natural", "slate", "plum")
    ),
    "shore-towel": Subject(
        _hammam, scenes.hung(_hammam, "fog", "fringe", 820), ("sky", "rose", "ochre")
    ),
    "kilim-rug": Subject(
        designs.kilim, scenes.on_floor(designs.kilim, "#c9a97e"), ("madder", "indigo", "ochre")
    ),
    "atlas-rug": Subject(
        designs.berber, scenes.on_floor(designs.berber, "#a37b52"), ("cream", "rose")
    ),
    "furrow-rug": Subject(
        designs.flatweave,
        scenes.on_floor(designs.flatweave, "#8f6b48"),
        ("ochre", "slate", "sage"),
    ),
    "square-rug": Subject(
        _rug_squares, scenes.on_floor(_rug_squares, "#b8905f"), ("rose", "sage", "charcoal")
    ),
    "hall-runner": Subject(
        _zigzag, scenes.on_floor(_zigzag, "#c2a077", 640), ("forest", "madder", "indigo")
    ),
    "moor-scarf": Subject(
        _small_tartan, objects.scarf(_small_tartan, "plaster"), ("forest", "madder", "indigo")
    ),
    "heather-scarf": Subject(_tweed, objects.scarf(_tweed, "fog"), ("plum", "sage", "slate")),
    "market-tote": Subject(
        _small_zigzag, objects.tote(_small_zigzag, "dawn"), ("natural", "indigo", "ochre")
    ),
    "star-quilt": Subject(
        designs.star_quilt,
        scenes.on_wall(designs.star_quilt, "plaster", 1385),
        ("indigo", "madder"),
    ),
    "cabin-quilt": Subject(
        designs.log_cabin, scenes.on_wall(designs.log_cabin, "fog", 1385), ("ochre", "forest")
    ),
    "hill-hanging": Subject(
        designs.hanging, scenes.on_wall(designs.hanging, "linen", 960, True), ("madder", "sage")
    ),
    "ikat-cloth": Subject(_ikat, objects.bolt(_ikat, "linen"), ("indigo", "plum", "ochre")),
}
VIEWS = ("room", "swatch")


def subjects() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return every subject's colour codes and views."""
    return {handle: (subject.colours, VIEWS) for handle, subject in SUBJECTS.items()}


def draw(handle: str, colour: str, view: str) -> bytes:
    """Return one picture of the textile shop; the caller has checked that it exists."""
    subject = SUBJECTS[handle]
    name, yarns, dice = f"textiles/{handle}/{colour}/{view}", YARNS[colour], Dice(handle)
    if view == "swatch":
        return _swatch(name, subject.weave, yarns, dice).svg()
    return subject.shown(name, yarns, dice).svg()


def _swatch(name: str, weave: Weaver, yarns: Yarns, dice: Dice) -> Canvas:
    """Return the cloth close by, one corner turned over."""
    scene = Canvas(1600, 2000, name)
    paint, fine = weave(scene, yarns, dice), cloth.threads(scene, dice)
    whole = "M-60-60H1660V2060H-60z"
    with (
        scene.group(filter=cloth.hand(scene, dice, 12)),
        scene.group(transform="scale(1.5)"),
    ):
        cloth.lay(scene, whole, paint, fine)
    cloth.folds(scene, (-100, -100, 1800, 2200), 3, dice, 0.13)
    corner = "M1600 1180C1420 1330 1260 1640 1060 2000H1600z"
    scene.path(
        "M1640 1080C1400 1300 1210 1640 1000 2040H1640z",
        fill=cloth.SHADOW,
        fill_opacity=0.5,
        filter=scene.blur(34),
    )
    scene.path(corner, fill=mix(yarns.ground, yarns.figure, 0.45))
    scene.path(corner, fill=fine)
    scene.path(
        corner,
        fill=scene.linear(
            [(0, "#ffffff/0.4"), (0.4, "#ffffff/0.1"), (1, "#000000/0.3")], (0, 0), (1, 1)
        ),
    )
    return scene
