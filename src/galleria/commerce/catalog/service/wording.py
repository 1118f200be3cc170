"""Fetches the words of products from the dictionary."""

from collections.abc import Iterable, Sequence

from galleria.commerce import attributes
from galleria.commerce.attributes import Dictionary
from galleria.commerce.catalog.model import wording as model
from galleria.commerce.catalog.model.products import (
    Product,
    ProductFacts,
    ProductTree,
    VariantFacts,
    VariantView,
)
from galleria.commerce.catalog.model.wording import KeptProduct, Wording
from galleria.commerce.catalog.repository.trees import KeptTree, KeptView
from galleria.engines.sql import Reader

_VIEW_FACTS = (
    *VariantFacts.__struct_fields__,
    "product_handle",
    "title",
    "product_status",
    "brand",
    "translations",
)
_TREE_FACTS = ("media", "categories")


async def wording_of(reader: Reader, products: Iterable[KeptProduct]) -> Wording:
    """The words of these products. Numbers met lately cost no statement."""
    dictionary = await attributes.dictionary(reader)
    ids = model.ids_in(dictionary, products)
    return Wording(dictionary, await _words(reader, dictionary, ids))


async def _words(reader: Reader, dictionary: Dictionary, ids: set[int]) -> model.Words:
    return await attributes.values_of(reader, dictionary, ids) if ids else {}


async def in_words(reader: Reader, kept: KeptProduct) -> Product:
    """The product as people read it."""
    return (await wording_of(reader, [kept])).product_of(kept)


async def trees_in_words(reader: Reader, kept: Sequence[KeptTree]) -> list[ProductTree]:
    """The products with all that hangs on them, as people read it."""
    wording = await wording_of(reader, kept)
    return [
        ProductTree(
            **model.facts_in(each, ProductFacts),
            **wording.words_of(each),
            **{name: getattr(each, name) for name in _TREE_FACTS},
            product_type=wording.type_of(each),
            variants=[wording.variant_of(variant, each.axes) for variant in each.variants],
            labels=wording.labels_of(each),
        )
        for each in kept
    ]


async def views_in_words(reader: Reader, kept: Sequence[KeptView]) -> list[VariantView]:
    """The variants as a cart shows them."""
    if not kept:
        return []
    dictionary = await attributes.dictionary(reader)
    ids = {
        value
        for view in kept
        for axis, value in zip(view.axes, view.selection, strict=True)
        if not dictionary.attributes[axis.attribute_id].is_number
    }
    wording = Wording(dictionary, await _words(reader, dictionary, ids))
    return [
        VariantView(
            **{name: getattr(each, name) for name in _VIEW_FACTS},
            option_values=wording.option_values(each.axes, each.selection),
            option_names=[dictionary.attributes[axis.attribute_id].label for axis in each.axes],
        )
        for each in kept
    ]
