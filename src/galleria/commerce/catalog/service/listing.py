"""Pages of products and variants."""

from collections.abc import Sequence
from math import isqrt
from typing import Literal, TypeAlias
from uuid import UUID

from galleria.commerce.catalog.errors import VariantNotFound
from galleria.commerce.catalog.model.products import (
    ProductFilter,
    ProductSummary,
    VariantView,
)
from galleria.commerce.catalog.repository import listing, merging, products, trees
from galleria.commerce.catalog.service.wording import views_in_words
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.pagination import CursorKey, InvalidCursor, Page
from galleria.foundation.text import sort_key

Sort: TypeAlias = Literal["title", "-title", "created", "-created"]
_EVERYTHING = ProductFilter()
_FIRST = UUID(int=0)


async def list_products(
    ctx: Context,
    wanted: ProductFilter = _EVERYTHING,
    sort: Sort = "-created",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ProductSummary]:
    """A page of products; any page costs what the first one does.

    Raises:
        InvalidCursor: the cursor is not one of this list with this sort and these filters.
    """
    scope = f"catalog.products:{sort}:{wanted}".replace("\0", "")
    by, is_descending = sort.removeprefix("-"), sort.startswith("-")
    after = None
    if cursor is not None:
        keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
        after = [*keys[:-1], id_in(keys)]
    among = await _few_below(ctx, wanted.category_id, limit) if wanted.category_id else None
    found = await listing.page_of_products(
        ctx, wanted, (by, is_descending), after, limit + 1, among
    )
    shown = [summary for summary, _ in found[:limit]]
    if len(found) <= limit:
        return Page(items=shown)
    return Page(items=shown, next_cursor=_cursor_at(ctx, scope, by, found[limit - 1]))


async def _few_below(ctx: Context, category_id: UUID, limit: int) -> list[UUID] | None:
    """The products of a category, when it costs less to sort them than to look through all in
    order until enough of them have come by; None otherwise."""
    total = sum((await products.count_products(ctx)).values())
    # Sorting costs as there are products in it; looking as there are pages' worth between them.
    return await listing.products_below(ctx, category_id, isqrt((limit + 1) * max(total, 1)))


def _cursor_at(ctx: Context, scope: str, by: str, found: tuple[ProductSummary, str]) -> str:
    summary, title_key = found
    keys: list[CursorKey] = [str(summary.product_id)]
    if by == "title":
        keys.insert(0, title_key)
    return ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys)


async def cursor_before(
    ctx: Context, first: ProductSummary, wanted: ProductFilter, sort: Sort
) -> str | None:
    """The cursor of the other way round that leads to what stands before a product.

    None when it is the first one. Its page is in the opposite order: `reversed_sort`.
    """
    back = reversed_sort(sort)
    by = sort.removeprefix("-")
    scope = f"catalog.products:{back}:{wanted}".replace("\0", "")
    cursor = _cursor_at(ctx, scope, by, (first, sort_key(first.title)))
    page = await list_products(ctx, wanted, back, cursor, 1)
    return cursor if page.items else None


def reversed_sort(sort: Sort) -> Sort:
    """The same order from its other end."""
    return _OTHER_WAY[sort]


_OTHER_WAY: dict[Sort, Sort] = {
    "title": "-title",
    "-title": "title",
    "created": "-created",
    "-created": "created",
}


async def summaries_of(reader: Reader, product_ids: Sequence[UUID]) -> dict[UUID, ProductSummary]:
    """Those of the products that exist, as lines of a list."""
    found = await listing.summaries_of(reader, product_ids) if product_ids else []
    return {each.product_id: each for each in found}


def id_in(keys: Sequence[CursorKey]) -> UUID:
    """The id a cursor ends with.

    Raises:
        InvalidCursor: it ends with something else.
    """
    last = keys[-1] if keys else None
    if not isinstance(last, str):
        raise InvalidCursor("this cursor is not one of this list")
    return UUID(last)


async def list_variants(
    ctx: Context,
    product_id: UUID | None = None,
    sku: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[VariantView]:
    """A page of variants by id, of one product or with one SKU when given.

    Raises:
        InvalidCursor: the cursor is not one of this list with these filters.
    """
    scope = f"catalog.variants:{product_id}:{sku or ''}".replace("\0", "")
    after = _FIRST
    if cursor is not None:
        after = id_in(ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope))
    kept = await trees.page_of_views(ctx, product_id, sku, after, limit + 1)
    found = await views_in_words(ctx, kept)
    if len(found) <= limit:
        return Page(items=found)
    last = str(found[limit - 1].variant_id)
    return Page(
        items=found[:limit],
        next_cursor=ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, [last]),
    )


async def variants_of(reader: Reader, variant_ids: Sequence[UUID]) -> list[VariantView]:
    """Those of the variants that exist, by id, with title, handle, options and status of their
    products."""
    return await views_in_words(reader, await trees.views_of(reader, variant_ids))


async def variants_by_sku(reader: Reader, skus: Sequence[str]) -> dict[str, UUID]:
    """The variant that has each of the SKUs; those that nobody has are left out."""
    found = await merging.holders_of_skus(reader, list(dict.fromkeys(skus)))
    return {sku: variant_id for sku, (_, variant_id) in found.items()}


async def get_variant(reader: Reader, variant_id: UUID) -> VariantView:
    """The variant.

    Raises:
        VariantNotFound: this tenant has no such variant.
    """
    for view in await variants_of(reader, [variant_id]):
        return view
    raise VariantNotFound(f"no variant {variant_id}")
