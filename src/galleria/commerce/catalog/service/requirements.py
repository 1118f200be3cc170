"""What the categories and the type of a product ask for before it goes on sale."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from galleria.commerce import attributes
from galleria.commerce.attributes import Dictionary, effective_set, missing_required
from galleria.commerce.catalog.errors import AttributeRequired, CategoryNotFound, InvalidProduct
from galleria.commerce.catalog.model.structure import EffectiveAttribute
from galleria.commerce.catalog.model.wording import KeptProduct
from galleria.commerce.catalog.repository import structure
from galleria.engines.sql import Reader
from galleria.foundation.errors import FieldError


class Sold(NamedTuple):
    """As much of a product as matters: `paths` are its categories, None those it lies in now."""

    product_id: UUID | None
    product_type_id: UUID | None
    paths: Sequence[str] | None
    stored: Mapping[str, object]


async def faults_of(
    reader: Reader, dictionary: Dictionary, sold: Sequence[Sold]
) -> list[list[FieldError]]:
    """For each product the attributes that it must have and lacks, by their codes.

    Without sets in the dictionary it costs no statement, else two at most.
    """
    if not dictionary.sets or not sold:
        return [[] for _ in sold]
    known = [each.product_id for each in sold if each.paths is None and each.product_id]
    lying = await structure.sets_of_products(reader, known) if known else {}
    above = {path: _ways(path) for each in sold for path in each.paths or ()}
    prefixes = {prefix for ways in above.values() for prefix in ways}
    at = await structure.categories_at(reader, sorted(prefixes)) if prefixes else {}
    set_at = {path: category.attribute_set_id for path, category in at.items()}
    return [
        _lacking(
            dictionary,
            each,
            lying.get(each.product_id, [])
            if each.paths is None and each.product_id
            else [
                [named for way in above[path] if (named := set_at.get(way)) is not None]
                for path in each.paths or ()
            ],
        )
        for each in sold
    ]


def _ways(path: str) -> list[str]:
    """The path of each category on the way, from the root down."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _lacking(
    dictionary: Dictionary, sold: Sold, lineages: Sequence[Sequence[UUID]]
) -> list[FieldError]:
    kind = dictionary.types.get(sold.product_type_id) if sold.product_type_id else None
    own = [kind.attribute_set_id] if kind is not None and kind.attribute_set_id else []
    # Between branches the order does not matter: whatever one of them requires is required.
    named = dict.fromkeys([*own, *(each for lineage in lineages for each in lineage)])
    items = effective_set(dictionary.sets[each] for each in named if each in dictionary.sets)
    codes = {each: attribute.code for each, attribute in dictionary.attributes.items()}
    stored = {int(attribute_id): value for attribute_id, value in sold.stored.items()}
    return [
        msgspec.structs.replace(fault, code=AttributeRequired.code)
        for fault in missing_required(items, stored, codes)
    ]


async def lacking(reader: Reader, products: Sequence[KeptProduct]) -> dict[UUID, list[FieldError]]:
    """Those of the products, as they lie in their categories, that lack something, and what."""
    dictionary = await attributes.dictionary(reader)
    sold = [Sold(each.product_id, each.product_type_id, None, each.attributes) for each in products]
    faults = await faults_of(reader, dictionary, sold)
    return {each.product_id: found for each, found in zip(products, faults, strict=True) if found}


async def refuse_incomplete(reader: Reader, product: KeptProduct) -> None:
    """Pass when the product has all that it must have to be on sale.

    Raises:
        AttributeRequired: naming what it lacks.
    """
    if faults := (await lacking(reader, [product])).get(product.product_id):
        raise AttributeRequired("it lacks what its categories ask for", errors=faults)


async def refuse_emptied(reader: Reader, product: KeptProduct) -> None:
    """Pass when a product that is on sale still has all it must have.

    Raises:
        InvalidProduct: naming what it would lack.
    """
    if product.status != "active":
        return
    if faults := (await lacking(reader, [product])).get(product.product_id):
        raise InvalidProduct("it would lack what its categories ask for", errors=faults)


async def effective_attributes(reader: Reader, category_id: UUID) -> list[EffectiveAttribute]:
    """What products of a category tell, by its own set and those above, in the order asked for.

    Raises:
        CategoryNotFound: this tenant has no such category.
    """
    category = await structure.find_category(reader, category_id)
    if category is None:
        raise CategoryNotFound(f"no category {category_id}")
    dictionary = await attributes.dictionary(reader)
    at = await structure.categories_at(reader, _ways(category.path))
    named = [at[path].attribute_set_id for path in _ways(category.path) if path in at]
    sets = [dictionary.sets[each] for each in named if each is not None and each in dictionary.sets]
    known = dictionary.attributes
    return [
        EffectiveAttribute(
            attribute_id=item.attribute_id,
            code=known[item.attribute_id].code,
            label=known[item.attribute_id].label,
            is_required=item.is_required,
        )
        for item in effective_set(sets)
        if item.attribute_id in known
    ]
