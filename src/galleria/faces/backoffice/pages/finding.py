"""Finds variants by what a merchant's people know of them: an SKU, or how the title begins."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce import catalog
from galleria.commerce.catalog import ProductFilter, VariantView
from galleria.engines.context import Context

MOST_PRODUCTS = 20  # whose titles begin so; with more, the words were too few
MOST_VARIANTS = 100


class Found(msgspec.Struct, frozen=True):
    """Variants that fit; `has_more` when the words fit more than are shown."""

    variant_ids: list[UUID]
    has_more: bool


async def find_variants(ctx: Context, words: str) -> Found:
    """The variant with this SKU, or those of products whose title begins so."""
    by_sku = await catalog.list_variants(ctx, None, words[:100], None, 10)
    if by_sku.items:
        return Found([view.variant_id for view in by_sku.items], False)
    page = await catalog.list_products(
        ctx, ProductFilter(query=words), "title", None, MOST_PRODUCTS
    )
    trees = await catalog.products_for_listing(ctx, [each.product_id for each in page.items])
    order = {each.product_id: at for at, each in enumerate(page.items)}
    trees.sort(key=lambda tree: order[tree.product_id])
    ids = [variant.variant_id for tree in trees for variant in tree.variants]
    return Found(ids[:MOST_VARIANTS], page.next_cursor is not None or len(ids) > MOST_VARIANTS)


async def views_of(ctx: Context, ids: Sequence[UUID]) -> dict[UUID, VariantView]:
    """The variants by id; those that exist no more are left out."""
    unique = list(dict.fromkeys(ids))
    return {view.variant_id: view for view in await catalog.variants_of(ctx, unique)}
