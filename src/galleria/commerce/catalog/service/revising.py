"""The parts of a product's change that lie in other tables than its own row."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from galleria.commerce import attributes
from galleria.commerce.catalog import errors
from galleria.commerce.catalog.model import merging as merge_rules
from galleria.commerce.catalog.model import products as model
from galleria.commerce.catalog.model.changes import ProductChanges, own_fields
from galleria.commerce.catalog.model.drafts import MediaDraft, ProductDraft, VariantDraft
from galleria.commerce.catalog.model.wording import KeptProduct, KeptVariant
from galleria.commerce.catalog.repository import merging, structure, trees
from galleria.commerce.catalog.service.coding import (
    learnt_coder,
    numbers_for,
    read_drafts,
)
from galleria.commerce.catalog.service.legality import refuse_illegal
from galleria.commerce.catalog.service.merging import clean_translations
from galleria.commerce.catalog.service.wording import wording_of
from galleria.engines.sql import Transaction
from galleria.foundation.text import clean_html, slugify


async def refuse_taken(tx: Transaction, product_id: UUID, changes: ProductChanges) -> None:
    """Pass when the product's new names are free.

    Raises:
        HandleTaken, ExternalRefTaken: another product has the name.
    """
    handles = [] if changes.handle is UNSET else [changes.handle]
    refs = [changes.external_ref] if isinstance(changes.external_ref, str) else []
    for other in await merging.known_products(tx, handles, refs) if handles or refs else ():
        if other.product_id != product_id and other.handle in handles:
            raise errors.HandleTaken("another product has this handle")
        if other.product_id != product_id:
            raise errors.ExternalRefTaken("another product has this reference")


async def fields_of(tx: Transaction, changes: ProductChanges) -> dict[str, Any]:
    """The product's new facts; names they need are made, markup is cleaned."""
    fields = own_fields(changes)
    if changes.description_html is not UNSET:
        fields["description_html"] = clean_html(changes.description_html)
    if changes.translations is not UNSET:
        fields["translations"] = clean_translations(changes.translations)
    if changes.product_type is not UNSET:
        name, handle = changes.product_type, slugify(changes.product_type)
        known = await attributes.ensure_product_types(tx, {handle: name}) if name else {}
        fields["product_type_id"] = known.get(handle)
    return fields


async def words_of(
    tx: Transaction, product: KeptProduct, changes: ProductChanges
) -> dict[str, Any]:
    """The product's new attributes and axes as they are kept; its variants fit them.

    Raises:
        InvalidProduct: an attribute does not fit the dictionary, a variant the options.
    """
    if changes.attributes is UNSET and changes.options is UNSET:
        return {}
    before = await trees.variants_by_product(tx, [product.product_id])
    kept = before.get(product.product_id, [])
    variants = []
    if changes.options is not UNSET:
        wording = await wording_of(tx, [product])
        in_words = [wording.variant_of(each, product.axes) for each in kept]
        variants = model.fit_variants(changes.options, in_words)
    # Coded as a draft is that has just these words.
    draft = ProductDraft(
        title=product.title,
        attributes={} if changes.attributes is UNSET else changes.attributes,
        options=[] if changes.options is UNSET else changes.options,
        variants=[VariantDraft(option_values=each.option_values) for each in variants],
    )
    coder = await learnt_coder(tx, [draft])
    (encoded,) = await read_drafts(tx, coder, [draft])
    if encoded.errors:
        raise errors.InvalidProduct("the product would not be valid", errors=encoded.errors)
    coded = coder.coded(draft, encoded, await numbers_for(tx, coder))
    fields: dict[str, Any] = {}
    if changes.attributes is not UNSET:
        fields["attributes"] = coded.attributes
    if changes.options is not UNSET:
        fields["axes"] = coded.axes
        await _select(tx, kept, coded.selections)
    return fields


async def _select(
    tx: Transaction, variants: Sequence[KeptVariant], selections: Sequence[list[int]]
) -> None:
    """Each variant has its new selection."""
    changed = [
        msgspec.structs.replace(variant, selection=selection)
        for variant, selection in zip(variants, selections, strict=True)
        if selection != variant.selection
    ]
    if changed:
        await merging.write_variants(tx, [], changed)


async def refuse_illegal_variants(tx: Transaction, product: KeptProduct) -> None:
    """Pass when all variants of the product, as it is to be, are made.

    Raises:
        InvalidProduct: naming each rule that is broken.
    """
    kept = await trees.variants_by_product(tx, [product.product_id])
    selections = [each.selection for each in kept.get(product.product_id, [])]
    await refuse_illegal(tx, product.product_type_id, product.axes, selections)


async def place_media(tx: Transaction, product_id: UUID, pictures: list[MediaDraft]) -> None:
    """The product has these pictures, in this order."""
    before = (await trees.media_by_product(tx, [product_id])).get(product_id, [])
    after = merge_rules.place_media(pictures, before)
    if after != before:
        placed = [(product_id, picture) for picture in after]
        await merging.replace_media(tx, [product_id], placed)


async def move_product(tx: Transaction, product_id: UUID, changes: ProductChanges) -> None:
    """The product lies in the categories that the changes name, if they do.

    Raises:
        CategoryNotFound: a category that is none.
    """
    if changes.category_ids is UNSET:
        return
    places = set(changes.category_ids)
    unknown = places - await structure.known_categories(tx, list(places))
    if unknown:
        raise errors.CategoryNotFound(f"no category {min(unknown)}")
    pairs = {(product_id, place) for place in places}
    before = await merging.places_of(tx, [product_id])
    await merging.write_places(tx, sorted(before - pairs), sorted(pairs - before))
