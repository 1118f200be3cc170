"""Products one by one: made, changed, put on sale and taken off it, found and listed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from galleria.commerce.catalog import errors
from galleria.commerce.catalog.events import (
    products_changed,
    products_removed,
    variants_removed,
)
from galleria.commerce.catalog.model import changes as change_rules
from galleria.commerce.catalog.model import products as model
from galleria.commerce.catalog.model.changes import ProductChanges
from galleria.commerce.catalog.model.drafts import Merged, ProductDraft
from galleria.commerce.catalog.model.products import (
    Product,
    ProductTree,
    Status,
    StatusChange,
)
from galleria.commerce.catalog.model.structure import free_handle
from galleria.commerce.catalog.model.wording import KeptProduct
from galleria.commerce.catalog.repository import products as repository
from galleria.commerce.catalog.repository import trees
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.commerce.catalog.service import addresses, metafields, requirements, revising
from galleria.commerce.catalog.service.merging import merge, tell_collections
from galleria.commerce.catalog.service.remembering import (
    remember_edit,
    remember_removal,
    remember_status,
    remember_statuses,
)
from galleria.commerce.catalog.service.standing import lock_standing
from galleria.commerce.catalog.service.wording import in_words, trees_in_words
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import Conflict
from galleria.foundation.text import slugify
from galleria.platform import audit

MAX_BULK = 500
_CONFLICTS: dict[str, type[Conflict]] = {
    "handle_taken": errors.HandleTaken,
    "sku_taken": errors.SkuTaken,
}


async def create_product(ctx: Context, draft: ProductDraft) -> ProductTree:
    """The product as the draft describes it, a draft unless it says otherwise.

    An empty handle is made from the title.

    Raises:
        InvalidProduct: something is wrong with it; the errors name each field.
        HandleTaken, SkuTaken: another product has the name.
    """
    async with ctx.transaction() as tx:
        await lock_names(tx)
        if not draft.handle:
            base = slugify(draft.title)
            taken = await repository.taken_handles(tx, base)
            draft = msgspec.structs.replace(draft, handle=free_handle(base, taken))
        (merged,) = await merge(tx, [draft], may_change=False)
        if merged.product_id is None or merged.errors:
            raise _refusal_of(merged)
        tell_collections(tx, [draft], [merged])
        await audit.record(tx, "products.product_created", f"product:{merged.product_id}")
        return await get_product(tx, merged.product_id)


def _refusal_of(merged: Merged) -> errors.InvalidProduct | Conflict:
    first = merged.errors[0]
    conflict = _CONFLICTS.get(first.code)
    if conflict is not None:
        return conflict(first.message, errors=merged.errors)
    return errors.InvalidProduct("the product is not valid", errors=merged.errors)


async def get_product(reader: Reader, product_id: UUID) -> ProductTree:
    """The product with variants, pictures and categories.

    Raises:
        ProductNotFound: this tenant has no such product.
    """
    for tree in await products_for_listing(reader, [product_id]):
        return tree
    raise errors.ProductNotFound(f"no product {product_id}")


async def metafields_of(reader: Reader, product_id: UUID) -> dict[str, Any]:
    """What the product carries beside itself, by `namespace.code`, whoever may read it; nothing
    when there is no such product. One statement, whatever the number of its variants."""
    return await repository.find_metafields(reader, product_id)


async def get_product_by_handle(reader: Reader, handle: str) -> ProductTree:
    """The product with this handle.

    Raises:
        ProductNotFound: this tenant has no such product.
    """
    product_id = await repository.find_by_handle(reader, handle)
    if product_id is None:
        raise errors.ProductNotFound(f"no product {handle!r}")
    return await get_product(reader, product_id)


async def lock_version(
    tx: Transaction, product_id: UUID, expected_version: int | None
) -> KeptProduct:
    """The product, locked until the commit, and at the version the caller saw, if it says one.

    Raises:
        ProductNotFound: this tenant has no such product.
        StaleVersion: it has another version by now.
    """
    product = await repository.lock_product(tx, product_id)
    if product is None:
        raise errors.ProductNotFound(f"no product {product_id}")
    if expected_version not in (None, product.version):
        raise errors.StaleVersion(f"the product is at version {product.version}")
    return product


async def update_product(
    ctx: Context, product_id: UUID, changes: ProductChanges, expected_version: int | None = None
) -> ProductTree:
    """The product with these changes.

    Raises:
        ProductNotFound: this tenant has no such product.
        StaleVersion: it has another version than `expected_version`.
        InvalidProduct: it would not be sound; the errors name each field.
        HandleTaken, ExternalRefTaken: another product has the name.
        CategoryNotFound: a category that is none.
    """
    async with ctx.transaction() as tx:
        await lock_names(tx)
        product = await lock_version(tx, product_id, expected_version)
        before = await lock_standing(tx, [product_id])
        in_old_words = await in_words(tx, product)
        change_rules.check_changes(in_old_words, changes)
        await revising.refuse_taken(tx, product_id, changes)
        fields = await revising.fields_of(tx, changes)
        fields |= await revising.words_of(tx, product, changes)
        fields["metafields"] = await metafields.changed(
            tx, "product", product.metafields, changes.metafields
        )
        if changes.media is not UNSET:
            await revising.place_media(tx, product_id, changes.media)
        await revising.move_product(tx, product_id, changes)
        edited = model.edited(product, tx.now, **fields)
        if changes.options is not UNSET or changes.product_type is not UNSET:
            await revising.refuse_illegal_variants(tx, edited)
        touched = (changes.attributes, changes.category_ids, changes.product_type)
        if any(each is not UNSET for each in touched):
            await requirements.refuse_emptied(tx, edited)
        await repository.save_product(tx, edited)
        await addresses.products_moved(tx, [(product_id, product.handle, edited.handle)])
        await remember_edit(tx, before, product_id)
        tx.publish(*products_changed([product_id], "changed"))
        await audit.record(tx, "products.product_changed", f"product:{product_id}")
        return await get_product(tx, product_id)


async def publish_product(
    ctx: Context, product_id: UUID, expected_version: int | None = None
) -> Product:
    """The product is on sale. Safe to repeat.

    Raises:
        ProductNotFound: this tenant has no such product.
        ProductNotPublishable: see `model.products.publish`.
        AttributeRequired: its categories or its type ask for something it lacks.
        StaleVersion: it has another version than `expected_version`.
    """
    return await _set_status(ctx, product_id, model.ACTIVE, expected_version)


async def unpublish_product(
    ctx: Context, product_id: UUID, expected_version: int | None = None
) -> Product:
    """The product is a draft again, from sale or from the archive. Raises as `publish_product`."""
    return await _set_status(ctx, product_id, model.DRAFT, expected_version)


async def archive_product(
    ctx: Context, product_id: UUID, expected_version: int | None = None
) -> Product:
    """The product is put away. Raises as `publish_product`."""
    return await _set_status(ctx, product_id, model.ARCHIVED, expected_version)


async def _set_status(
    ctx: Context, product_id: UUID, status: Status, expected_version: int | None
) -> Product:
    async with ctx.transaction() as tx:
        before = await lock_version(tx, product_id, expected_version)
        after = model.with_status(before, status, tx.now)
        if after is not before:
            if status == model.ACTIVE:
                await requirements.refuse_incomplete(tx, after)
            await repository.save_product(tx, after, keeps_hash=True)
            await repository.add_tally(tx, {before.status: -1, after.status: 1})
            await remember_status(tx, before, after)
            tx.publish(*products_changed([product_id], "status"))
            detail = {"status": status}
            await audit.record(tx, "products.status_changed", f"product:{product_id}", detail)
    return await in_words(ctx, after)


async def bulk_set_status(
    ctx: Context, product_ids: Sequence[UUID], status: Status
) -> list[StatusChange]:
    """Each of at most 500 products has the status, or the reason why not comes back.

    In the order given, each product once.
    """
    wanted = list(dict.fromkeys(product_ids))
    assert len(wanted) <= MAX_BULK, "the door lets no more in"
    outcomes: dict[UUID, StatusChange] = {}
    changed: list[tuple[KeptProduct, KeptProduct]] = []
    tally: dict[Status, int] = dict.fromkeys(model.STATUSES, 0)
    async with ctx.transaction() as tx:
        locked = await repository.lock_products(tx, wanted)
        lacking = await requirements.lacking(tx, locked) if status == model.ACTIVE else {}
        for before in locked:
            is_lacking = before.product_id in lacking
            after, outcomes[before.product_id] = _try_status(before, status, ctx, is_lacking)
            if after is not before:
                changed.append((before, after))
                tally[before.status] -= 1
                tally[status] += 1
        if changed:
            ids = [after.product_id for _, after in changed]
            await repository.save_statuses(tx, [after for _, after in changed])
            await remember_statuses(tx, changed)
            await repository.add_tally(tx, tally)
            tx.publish(*products_changed(ids, "status"))
            detail = {"status": status, "products": len(ids)}
            await audit.record(tx, "products.status_changed", "products:many", detail)
    missing = errors.ProductNotFound.code
    return [
        outcomes.get(each, StatusChange(product_id=each, outcome="refused", code=missing))
        for each in wanted
    ]


def _try_status(
    before: KeptProduct, status: Status, ctx: Context, is_lacking: bool
) -> tuple[KeptProduct, StatusChange]:
    product_id = before.product_id
    try:
        after = model.with_status(before, status, ctx.now)
        if is_lacking and after is not before:
            raise errors.AttributeRequired("it lacks what its categories ask for")
    except (errors.ProductNotPublishable, errors.AttributeRequired) as refusal:
        return before, StatusChange(product_id=product_id, outcome="refused", code=refusal.code)
    return after, StatusChange(
        product_id=product_id, outcome="unchanged" if after is before else "changed"
    )


async def delete_product(
    ctx: Context,
    product_id: UUID,
    expected_version: int | None = None,
    redirect_to: str | None = None,
) -> None:
    """The product and its variants exist no more; its address leads to `redirect_to`, if given.

    Raises:
        ProductNotFound: this tenant has no such product.
        StaleVersion: it has another version than `expected_version`.
        InvalidRedirect: nothing can be led there.
    """
    async with ctx.transaction() as tx:
        product = await lock_version(tx, product_id, expected_version)
        before = await lock_standing(tx, [product_id])
        variants = before.variants.get(product_id, [])
        await remember_removal(tx, before, product_id)
        await repository.delete_products(tx, [product_id])
        await repository.add_tally(tx, {product.status: -1})
        tx.publish(*variants_removed([variant.variant_id for variant in variants]))
        tx.publish(*products_removed([product_id]))
        if redirect_to is not None:
            await addresses.product_replaced(tx, product.handle, redirect_to)
        detail = {"handle": product.handle}
        await audit.record(tx, "products.product_removed", f"product:{product_id}", detail)


async def products_for_listing(reader: Reader, product_ids: Sequence[UUID]) -> list[ProductTree]:
    """Those of the products that exist, by id, with all a storefront shows; three statements, and
    one for words not met lately."""
    return await trees_in_words(reader, await trees.trees_of(reader, product_ids))


async def count_products(reader: Reader) -> dict[Status, int]:
    """How many products have each status: added up from changes, never counted."""
    return await repository.count_products(reader)


async def refresh_statistics(tx: Transaction) -> None:
    """The planner knows what bulk work has just filled in."""
    await tx.analyze("catalog.product", "catalog.variant", "catalog.product_category")
