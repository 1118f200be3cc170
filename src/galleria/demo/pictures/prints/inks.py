"""What a print is made with: a sheet's colours, and the sizes of its two formats."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.dice import Dice

WIDE, TALL = 1600, 2000
# The unprinted edge that a hand needs to hold the sheet, and a frame to cover.
MARGIN = 130


class Inks(msgspec.Struct, frozen=True):
    """The colours of one colourway: paper, main ink, and further tones in their order."""

    paper: str
    ink: str
    tones: tuple[str, ...] = ()


Drawing = Callable[[Canvas, Dice, Inks], None]


class Artwork(msgspec.Struct, frozen=True):
    """A drawing, its colourways by code (the first is the one shown first), its format."""

    drawing: Drawing
    colourways: dict[str, Inks]
    is_square: bool = False
