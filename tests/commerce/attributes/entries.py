"""A small dictionary, for the tests of its room."""

from typing import Any

from galleria.commerce import attributes
from galleria.commerce.attributes import Attribute, Kind, NewAttribute
from galleria.engines.context import Context

SIZE, COLOR, LENGTH, PACK = 1, 2, 3, 4
XL, XXL, BLACK, WHITE, NAVY = 11, 12, 21, 22, 23
WORDS = {XL: "XL", XXL: "XXL", BLACK: "Black", WHITE: "White", NAVY: "Navy"}


def attribute(attribute_id: int, code: str, kind: Kind, **fields: Any) -> Attribute:
    """An attribute whose label is its code."""
    whole = {"label": code.capitalize(), "labels": {}, **fields}
    return Attribute(attribute_id=attribute_id, code=code, kind=kind, **whole)


def axes() -> dict[int, Attribute]:
    """Size, colour, a length in cm with one decimal, and pieces in a pack."""
    every = [
        attribute(SIZE, "size", "select", is_axis=True),
        attribute(COLOR, "color", "swatch", is_axis=True),
        attribute(LENGTH, "length", "decimal", decimals=1, unit="cm", is_axis=True),
        attribute(PACK, "pack", "integer", is_axis=True),
    ]
    return {each.attribute_id: each for each in every}


async def added(ctx: Context, code: str, kind: Kind, **fields: Any) -> Attribute:
    """An attribute of the shop."""
    return await attributes.create_attribute(ctx, NewAttribute(code=code, kind=kind, **fields))


async def interned(ctx: Context, code: str, *words: str) -> list[int]:
    """The numbers of these words of a select."""
    async with ctx.transaction() as tx:
        found = (await attributes.intern_words(tx, {code: words})).words[code]
    return [found[word] for word in words]
