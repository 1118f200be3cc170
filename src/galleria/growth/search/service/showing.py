"""Counts as a shopper reads them: with names in the reader's language, and with swatches."""

from collections.abc import Mapping, Sequence

from galleria.commerce import listings
from galleria.commerce.attributes import Dictionary, word_key
from galleria.engines.context import Context
from galleria.engines.search_index import CATEGORY, TRAITS, Facet, FacetValue
from galleria.growth.search.model.questions import FIXED, FacetShown, Question, ValueShown
from galleria.growth.search.service.ranging import Named
from galleria.growth.search.service.swatches import swatches_of

_FIXED_LABELS = {
    "brand": {"en": "Brand", "de": "Marke"},
    "category": {"en": "Category", "de": "Kategorie"},
    "available": {"en": "In stock", "de": "Auf Lager"},
}
_NAMES_OF_FIXED = {code: name for name, code in FIXED.items()}
_YES_NO = {"en": {"yes": "Yes", "no": "No"}, "de": {"yes": "Ja", "no": "Nein"}}


async def facets_shown(
    ctx: Context, facets: Sequence[Facet], question: Question, known: Dictionary
) -> list[FacetShown]:
    """The facets that leave a choice, in their order."""
    named: Named = {**known.definitions.get("product", {}), **known.by_code}
    names = {node.path: node.name for node in await listings.categories_of(ctx)}
    swatches = await swatches_of(ctx, known, [each.code for each in facets])
    shown: list[FacetShown] = []
    for facet in facets:
        code = _NAMES_OF_FIXED.get(facet.code, facet.code)
        chosen = set(question.filters.get(code, ()))
        if facet.code == TRAITS or (len(facet.values) < 2 and not chosen):
            continue
        own, fixed = named.get(code), _FIXED_LABELS.get(code)
        label = fixed.get(ctx.locale, fixed["en"]) if fixed else code
        if own is not None:
            label = own.labels.get(ctx.locale) or own.label
        colours = swatches.get(code, {})
        values = [
            _value_shown(ctx, facet.code, each, each.value in chosen, names, colours)
            for each in facet.values
        ]
        shown.append(FacetShown(code, label, values, facet.error_bound, facet.is_estimate))
    return shown


def _value_shown(
    ctx: Context,
    code: str,
    value: FacetValue,
    is_chosen: bool,
    names: Mapping[str, str],
    colours: Mapping[str, str],
) -> ValueShown:
    text = value.value
    words = _YES_NO.get(ctx.locale, _YES_NO["en"])
    return ValueShown(
        text,
        names.get(text) or words.get(text) or text,
        value.count,
        is_chosen,
        variants=value.variants,
        parent=(text.rpartition("/")[0] or None) if code == CATEGORY else None,
        swatch=colours.get(word_key(text)) if colours else None,
    )
