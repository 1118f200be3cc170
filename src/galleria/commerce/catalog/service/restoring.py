"""The past of a product: told version by version, and brought back."""

from uuid import UUID

import msgspec

from galleria.commerce.catalog import errors
from galleria.commerce.catalog.model.products import ProductTree
from galleria.commerce.catalog.model.states import ProductState
from galleria.commerce.catalog.model.versions import ProductVersion, places_in, shown_version
from galleria.commerce.catalog.repository import products, structure
from galleria.commerce.catalog.repository.locking import lock_names
from galleria.commerce.catalog.service.products import get_product, lock_version
from galleria.commerce.catalog.service.remembering import PRODUCT
from galleria.commerce.catalog.service.rewriting import rewrite
from galleria.commerce.catalog.service.standing import lock_standing, states_in
from galleria.engines.context import Context
from galleria.foundation.errors import Conflict, FieldError
from galleria.foundation.pagination import Page
from galleria.platform import audit, changes

_CONFLICTS: dict[str, type[Conflict]] = {
    "handle_taken": errors.HandleTaken,
    "sku_taken": errors.SkuTaken,
    "external_ref_taken": errors.ExternalRefTaken,
}


async def list_versions(
    ctx: Context, product_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[ProductVersion]:
    """A page of a product's versions, newest first; also of one that is no more.

    A page looks through a bounded share of the shop's bulk work, so it may hold fewer than
    `limit` versions, even none, and still have a next one.

    Raises:
        ProductNotFound: this tenant has no such product, and had none.
        InvalidCursor: the cursor is not one of this list.
    """
    page = await changes.history_of(ctx, PRODUCT, product_id, cursor, limit)
    if cursor is None and not page.items and page.next_cursor is None:
        # One that nobody has changed since versions are remembered has none.
        if await products.find_product(ctx, product_id) is None:
            raise errors.ProductNotFound(f"no product {product_id}")
        return Page(items=[])
    spoken_of = {place for view in page.items for place in places_in(view)}
    names = await structure.names_of_categories(ctx, sorted(spoken_of)) if spoken_of else {}
    items = [shown_version(view, names) for view in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


async def restore_product(
    ctx: Context, product_id: UUID, version: int, expected_version: int | None = None
) -> ProductTree:
    """The product is as it was at `version`, as a new version; prices, stock and collections stay.

    Variants that are no more come back with the ids they had, and without price or stock.
    Categories that are no more are left out. The version it has already changes nothing.

    Raises:
        ProductNotFound: this tenant has no such product.
        StaleVersion: it has another version than `expected_version`.
        VersionNotKept: the history does not reach back to that version.
        ChangeDoesNotFit: a word it used is called otherwise now, so that the way back is lost.
        HandleTaken, SkuTaken, ExternalRefTaken: somebody else has the name by now.
        InvalidProduct: what was sound then is no more; the errors name each field.
    """
    async with ctx.transaction() as tx:
        await lock_names(tx)
        product = await lock_version(tx, product_id, expected_version)
        if product.version == version:
            return await get_product(tx, product_id)
        before = await lock_standing(tx, [product_id])
        (present,) = await states_in(tx, [before])
        tree = await changes.version_before(ctx, PRODUCT, product_id, present[product_id], version)
        wanted = msgspec.convert(tree, ProductState)
        whole = {product_id: version}
        refused = await rewrite(tx, {product_id: wanted}, before, whole=whole)
        if refused:
            raise _refusal_of(refused[product_id])
        detail = {"version": version}
        await audit.record(tx, "products.product_restored", f"product:{product_id}", detail)
        return await get_product(tx, product_id)


def _refusal_of(faults: list[FieldError]) -> errors.InvalidProduct | Conflict:
    first = faults[0]
    conflict = _CONFLICTS.get(first.code)
    if conflict is not None:
        return conflict(first.message, errors=faults)
    return errors.InvalidProduct("the product cannot be as it was", errors=faults)
