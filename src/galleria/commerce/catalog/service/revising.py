"""The parts of a product's change that lie in other tables than its own row."""

from typing import Any
from uuid import UUID

from msgspec import UNSET

from galleria.commerce.catalog import errors
from galleria.commerce.catalog.model import merging as merge_rules
from galleria.commerce.catalog.model import products as model
from galleria.commerce.catalog.model.attributes import AttributeRule, check_attributes
from galleria.commerce.catalog.model.changes import ProductChanges, own_fields
from galleria.commerce.catalog.model.drafts import MediaDraft
from galleria.commerce.catalog.model.products import AttributeValue, Option
from galleria.commerce.catalog.repository import attributes, merging, structure, trees
from galleria.commerce.catalog.service.merging import clean_translations
from galleria.commerce.catalog.service.naming import ensure_product_types
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
    """The new values of the product's own row; names they need are made, markup is cleaned.

    Raises:
        InvalidProduct: an attribute does not fit the dictionary.
    """
    fields = own_fields(changes)
    if changes.description_html is not UNSET:
        fields["description_html"] = clean_html(changes.description_html)
    if changes.translations is not UNSET:
        fields["translations"] = clean_translations(changes.translations)
    if changes.attributes is not UNSET:
        await learn_attributes(tx, changes.attributes)
    if changes.product_type is not UNSET:
        name, handle = changes.product_type, slugify(changes.product_type)
        known = await ensure_product_types(tx, {handle: name}) if name else {}
        fields["product_type_id"] = known.get(handle)
    return fields


async def learn_attributes(tx: Transaction, values: dict[str, AttributeValue]) -> None:
    """The dictionary knows every code of these values.

    Raises:
        InvalidProduct: a value does not fit the dictionary.
    """
    known = await attributes.rules_of(tx, list(values))
    rules: dict[str, AttributeRule] = dict(known)
    wrong = check_attributes(values, rules)
    if wrong:
        raise errors.InvalidProduct("the attributes are not valid", errors=wrong)
    fresh = {code: rule for code, rule in rules.items() if code not in known}
    if fresh:
        await attributes.add_rules(tx, fresh)


async def fit_variants(tx: Transaction, product_id: UUID, options: list[Option]) -> None:
    """The variants fit the new options.

    Raises:
        InvalidProduct: see `model.products.fit_variants`.
    """
    before = (await trees.variants_by_product(tx, [product_id])).get(product_id, [])
    after = model.fit_variants(options, before)
    changed = [new for old, new in zip(before, after, strict=True) if new != old]
    if changed:
        await merging.write_variants(tx, [], changed)


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
