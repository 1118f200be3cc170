"""Which colour or picture stands for a value to tick."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from galleria.commerce import attributes, listings
from galleria.commerce.attributes import Attribute, AttributeValue, word_key
from galleria.engines.context import Context
from galleria.growth.search.service.remembering import Remembered

MOST_ATTRIBUTES = 20
MOST_VALUES = 500  # of one attribute; a facet shows forty

Swatches = Mapping[str, Mapping[str, str]]


async def swatches_of(ctx: Context) -> Swatches:
    """Colours (#rrggbb) and addresses of pictures by value, by facet: names as `word_key` has them,
    in all languages. No statement for some seconds after the first."""
    return await _said.of(ctx)


async def _written(ctx: Context) -> bytes:
    known = await attributes.dictionary(ctx)
    shown = [each for each in known.by_code.values() if each.kind == "swatch"]
    shown.sort(key=lambda each: (each.is_archived, each.position, each.attribute_id))
    found: dict[str, dict[str, str]] = {}
    for attribute in shown[:MOST_ATTRIBUTES]:
        page = await attributes.list_values(ctx, attribute.code, limit=MOST_VALUES)
        values = {key: swatch for each in page.items for key, swatch in _swatches(each)}
        for name in _names(attribute):
            found.setdefault(name, values)
    return msgspec.msgpack.encode(found)


def _names(attribute: Attribute) -> list[str]:
    """What the facet may be called: an attribute goes by its code, an option by its label."""
    return [word_key(e) for e in (attribute.code, attribute.label, *attribute.labels.values())]


def _swatches(value: AttributeValue) -> list[tuple[str, str]]:
    swatch = value.swatch
    if swatch is None:
        return []
    shown = swatch if swatch.startswith("#") else listings.media_url(UUID(swatch))
    return [(word_key(each), shown) for each in (value.word, *value.labels.values())]


def _read(written: bytes) -> Swatches:
    return msgspec.msgpack.decode(written, type=dict[str, dict[str, str]])


_said = Remembered("swatches", _written, _read)
