"""Every pot of the ceramics shop by its handle: how it is drawn, on what paper, in which glazes."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.ceramics import pouring, tableware, vases
from galleria.demo.pictures.ceramics.glazes import GLAZES, Glaze
from galleria.demo.pictures.ceramics.studio import studio
from galleria.demo.pictures.dice import Dice


class Subject(msgspec.Struct, frozen=True):
    """A pot, the paper behind it, and the glazes it is fired in (the first is shown first)."""

    drawing: Callable[[Canvas, Glaze, Dice], None]
    paper: str
    glazes: tuple[str, ...]


def _pot(drawing: Callable[[Canvas, Glaze, Dice], None], paper: str, *glazes: str) -> Subject:
    return Subject(drawing, paper, glazes)


SUBJECTS: dict[str, Subject] = {
    "heron-vase": _pot(vases.heron_vase, "sand", "celadon", "chalk", "iron"),
    "moon-jar": _pot(vases.moon_jar, "clay", "chalk", "celadon", "charcoal"),
    "stillwater-bottle": _pot(vases.stillwater_bottle, "stone", "tide", "ink", "honey"),
    "three-sisters": _pot(vases.three_sisters, "blush", "blush", "ash", "moss"),
    "gourd-vase": _pot(vases.gourd_vase, "sage", "honey", "iron", "moss"),
    "amphora": _pot(vases.amphora, "sand", "terracotta", "chalk", "charcoal"),
    "column-vase": _pot(vases.column_vase, "mist", "chalk", "blush", "ash"),
    "branch-dish": _pot(vases.branch_dish, "stone", "charcoal", "tide"),
    "ginger-jar": _pot(vases.ginger_jar, "mist", "ink", "celadon", "terracotta"),
    "planter": _pot(vases.planter, "sand", "terracotta", "ash", "tide"),
    "candle-holder": _pot(vases.candle_holder, "clay", "iron", "chalk", "moss"),
    "breakfast-bowl": _pot(tableware.breakfast_bowl, "stone", "oatmeal", "celadon", "ink", "blush"),
    "noodle-bowl": _pot(tableware.noodle_bowl, "sage", "ash", "iron", "tide"),
    "fruit-bowl": _pot(tableware.fruit_bowl, "blush", "moss", "chalk", "ink"),
    "mixing-bowl": _pot(tableware.mixing_bowl, "mist", "oatmeal", "tide", "honey"),
    "nesting-bowls": _pot(tableware.nesting_bowls, "sand", "celadon", "blush", "charcoal"),
    "pasta-bowl": _pot(tableware.pasta_bowl, "clay", "ash", "celadon", "ink"),
    "dip-bowls": _pot(tableware.dip_bowls, "stone", "celadon", "ink"),
    "espresso-cup": _pot(tableware.espresso_cup, "blush", "chalk", "terracotta", "ink", "moss"),
    "morning-mug": _pot(tableware.morning_mug, "sand", "oatmeal", "tide", "honey", "charcoal"),
    "two-tone-tumbler": _pot(tableware.two_tone_tumbler, "mist", "ink", "moss", "blush"),
    "cappuccino-cup": _pot(tableware.cappuccino_cup, "sage", "celadon", "chalk", "iron"),
    "tea-bowl": _pot(tableware.tea_bowl, "clay", "iron", "ash", "moss"),
    "tall-beaker": _pot(tableware.tall_beaker, "stone", "blush", "tide", "chalk"),
    "dinner-plate": _pot(tableware.dinner_plate, "sand", "chalk", "oatmeal", "celadon", "ink"),
    "side-plate": _pot(tableware.side_plate, "clay", "oatmeal", "blush", "tide"),
    "oval-platter": _pot(tableware.oval_platter, "mist", "ink", "ash"),
    "plate-stack": _pot(tableware.plate_stack, "blush", "oatmeal", "celadon", "charcoal"),
    "egg-cups": _pot(tableware.egg_cups, "sage", "chalk", "honey", "blush"),
    "round-teapot": _pot(pouring.round_teapot, "sand", "celadon", "iron", "oatmeal"),
    "side-handle-pot": _pot(pouring.side_handle_pot, "stone", "charcoal", "terracotta"),
    "tall-jug": _pot(pouring.tall_jug, "blush", "ink", "honey", "chalk"),
    "carafe-and-cup": _pot(pouring.carafe_and_cup, "clay", "ash", "tide"),
    "cream-jug": _pot(pouring.cream_jug, "mist", "blush", "oatmeal", "celadon"),
    "butter-dish": _pot(pouring.butter_dish, "sage", "chalk", "oatmeal", "tide"),
    "salt-pig": _pot(pouring.salt_pig, "stone", "terracotta", "moss", "chalk"),
    "oil-bottle": _pot(pouring.oil_bottle, "sand", "moss", "honey", "ash"),
    "mortar": _pot(pouring.mortar, "blush", "charcoal", "oatmeal"),
}
VIEWS = ("studio", "detail")


def subjects() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return every subject's glaze codes and views."""
    return {handle: (subject.glazes, VIEWS) for handle, subject in SUBJECTS.items()}


def draw(handle: str, colour: str, view: str) -> bytes:
    """Return one picture of the ceramics shop; the caller has checked that it exists."""
    subject = SUBJECTS[handle]
    scene = studio(f"ceramics/{handle}/{colour}/{view}", subject.paper)
    # One seed a subject: the same pot in every glaze.
    subject.drawing(scene, GLAZES[colour], Dice(handle))
    return scene.svg((330, 700, 720, 900) if view == "detail" else None)
