"""Which colour or picture stands for a value to tick."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from galleria.commerce import attributes, listings
from galleria.commerce.attributes import Dictionary, word_key
from galleria.engines.context import Context

Swatches = Mapping[str, Mapping[str, str]]


async def swatches_of(ctx: Context, known: Dictionary, codes: Sequence[str]) -> Swatches:
    """Colours (#rrggbb) and addresses of pictures by `word_key` of a value, by facet code.

    An attribute's facet goes by its code, an option's by what it is called, in whatever language.
    No statement when they are remembered.
    """
    by_code: dict[str, int] = {}
    for code in codes:
        attribute = known.by_code.get(code) or known.axes_by_any_label.get(word_key(code))
        if attribute is not None:
            by_code[code] = attribute.attribute_id
    if not by_code:
        return {}
    found = await attributes.swatches_of(ctx, known, list(dict.fromkeys(by_code.values())))
    return {
        code: {
            word: swatch if swatch.startswith("#") else listings.media_url(UUID(swatch))
            for word, swatch in found[attribute_id].items()
        }
        for code, attribute_id in by_code.items()
    }
