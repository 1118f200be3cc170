"""Variants one by one."""

from uuid import UUID

import msgspec
from msgspec import UNSET

from galleria.commerce.attributes import Unfit
from galleria.commerce.catalog import errors
from galleria.commerce.catalog.events import products_changed, variants_removed
from galleria.commerce.catalog.model.changes import VariantChanges, change_variant, check_among
from galleria.commerce.catalog.model.drafts import VariantDraft
from galleria.commerce.catalog.model.products import (
    MAX_VARIANTS,
    Variant,
    VariantFacts,
    VariantView,
)
from galleria.commerce.catalog.model.wording import (
    KeptProduct,
    KeptVariant,
    Wording,
    facts_in,
)
from galleria.commerce.catalog.repository import merging, products, trees
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.commerce.catalog.service import metafields
from galleria.commerce.catalog.service.legality import refuse_illegal
from galleria.commerce.catalog.service.listing import get_variant
from galleria.commerce.catalog.service.products import lock_version
from galleria.commerce.catalog.service.remembering import remember_edit
from galleria.commerce.catalog.service.standing import Standing, lock_standing
from galleria.commerce.catalog.service.wording import wording_of
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.ids import new_id
from galleria.platform import audit


async def add_variant(
    ctx: Context, product_id: UUID, draft: VariantDraft, expected_version: int | None = None
) -> VariantView:
    """The product has one more variant, behind the others.

    Raises:
        ProductNotFound: this tenant has no such product.
        StaleVersion: the product has another version than `expected_version`.
        InvalidProduct: the variant is not sound, or its combination is there already.
        SkuTaken: another variant has the SKU.
        TooManyVariants: there are 10,000.
    """
    async with ctx.transaction() as tx:
        await lock_names(tx)
        product = await lock_version(tx, product_id, expected_version)
        others = (await trees.variants_by_product(tx, [product_id])).get(product_id, [])
        wording = await wording_of(tx, [product])
        if len(others) >= MAX_VARIANTS:
            raise errors.TooManyVariants(f"there are {MAX_VARIANTS}")
        variant = Variant(
            variant_id=new_id(),
            product_id=product_id,
            position=max((other.position for other in others), default=-1) + 1,
            sku=draft.sku,
            barcode=draft.barcode,
            option_values=draft.option_values,
            weight_g=draft.weight_g,
            is_shippable=draft.is_shippable,
            is_taxable=draft.is_taxable,
            media_id=None,
            image_url=draft.image_url,
            external_ref=draft.external_ref,
            metafields=await metafields.changed(tx, "variant", None, draft.metafields or UNSET),
        )
        in_words = [wording.variant_of(each, product.axes) for each in others]
        check_among(wording.product_of(product), in_words, variant)
        await _refuse_taken(tx, variant)
        new = _kept(wording, product, variant)
        await refuse_illegal(tx, product.product_type_id, product.axes, [new.selection])
        before = await lock_standing(tx, [product_id])
        await merging.write_variants(tx, [new], [])
        await _touched(tx, before, "variant_added", variant.variant_id, 1)
        return await get_variant(tx, variant.variant_id)


async def update_variant(
    ctx: Context, variant_id: UUID, changes: VariantChanges, expected_version: int | None = None
) -> VariantView:
    """The variant with these changes. `expected_version` is its product's.

    Raises:
        VariantNotFound: this tenant has no such variant.
        StaleVersion: the product has another version than `expected_version`.
        InvalidProduct: the variant would not be sound, or its combination is there already.
        SkuTaken: another variant has the SKU.
    """
    async with ctx.transaction() as tx:
        await lock_names(tx)
        view = await get_variant(tx, variant_id)
        product = await lock_version(tx, view.product_id, expected_version)
        kept = (await trees.variants_by_product(tx, [view.product_id])).get(view.product_id, [])
        wording = await wording_of(tx, [product])
        variants = [wording.variant_of(each, product.axes) for each in kept]
        before = _among(variants, variant_id)
        after = change_variant(wording.product_of(product), variants, before, changes)
        kept_beside = await metafields.changed(tx, "variant", before.metafields, changes.metafields)
        after = msgspec.structs.replace(after, metafields=kept_beside)
        if after != before:
            await _refuse_taken(tx, after)
            changed = _kept(wording, product, after)
            await refuse_illegal(tx, product.product_type_id, product.axes, [changed.selection])
            standing = await lock_standing(tx, [view.product_id])
            await merging.write_variants(tx, [], [changed])
            await _touched(tx, standing, "variant_changed", variant_id, 0)
        return await get_variant(tx, variant_id)


async def remove_variant(
    ctx: Context, variant_id: UUID, expected_version: int | None = None
) -> None:
    """The variant exists no more. `expected_version` is its product's.

    Raises:
        VariantNotFound: this tenant has no such variant.
        StaleVersion: the product has another version than `expected_version`.
        LastVariant: it is the only one.
    """
    async with ctx.transaction() as tx:
        view = await get_variant(tx, variant_id)
        product = await lock_version(tx, view.product_id, expected_version)
        if product.variant_count == 1:
            raise errors.LastVariant("a product keeps at least one variant")
        before = await lock_standing(tx, [view.product_id])
        await merging.delete_variants(tx, [variant_id])
        await _touched(tx, before, "variant_removed", variant_id, -1)
        tx.publish(*variants_removed([variant_id]))


def _kept(wording: Wording, product: KeptProduct, variant: Variant) -> KeptVariant:
    """The sound variant as it is kept.

    Raises:
        InvalidProduct: a number that does not fit its axis.
    """
    try:
        selection = wording.selection_of(product.axes, variant.option_values)
    except Unfit as unfit:
        fault = FieldError("option_values", unfit.code, str(unfit))
        raise errors.InvalidProduct("the variant would not be valid", errors=[fault]) from unfit
    return KeptVariant(**facts_in(variant, VariantFacts), selection=selection)


async def _refuse_taken(tx: Transaction, variant: Variant) -> None:
    if variant.sku is None:
        return
    holders = await merging.holders_of_skus(tx, [variant.sku])
    if any(holder != variant.variant_id for _, holder in holders.values()):
        raise errors.SkuTaken("another variant has this SKU")


def _among(variants: list[Variant], variant_id: UUID) -> Variant:
    for variant in variants:
        if variant.variant_id == variant_id:
            return variant
    # It was removed between the look and the lock.
    raise errors.VariantNotFound(f"no variant {variant_id}")


async def _touched(
    tx: Transaction, before: Standing, action: str, variant_id: UUID, delta: int
) -> None:
    (product_id,) = before.products
    await products.mark_edited(tx, [product_id], delta)
    await remember_edit(tx, before, product_id)
    tx.publish(*products_changed([product_id], "variants"))
    detail = {"product_id": str(product_id)}
    await audit.record(tx, f"products.{action}", f"variant:{variant_id}", detail)
