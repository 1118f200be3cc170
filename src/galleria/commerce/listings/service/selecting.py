"""Product pages for whoever says which parts of them they will look at."""

from collections.abc import Collection, Sequence
from typing import Literal
from uuid import UUID

from galleria.commerce.listings.model.making import Detail
from galleria.commerce.listings.model.unpacked import Page, unpack_page
from galleria.commerce.listings.repository import reading
from galleria.commerce.listings.service.reading import stored_of, stored_row
from galleria.commerce.listings.service.trees import (
    collections_of,
    collections_on_page,
    shown_categories,
    tree_of,
)
from galleria.commerce.listings.service.windows import Window
from galleria.engines.context import Context

PlaceKind = Literal["categories", "collections"]


async def detail_at(
    ctx: Context, window: Window, handle: str, places: Collection[PlaceKind] = ()
) -> Detail:
    """The product page's document. Only the named `places` are looked up; the others are empty.

    Raises:
        ListingNotFound: the shop shows no product with this handle.
    """
    _, page, _ = await stored_of(ctx, window, handle)
    return (await _with_places(ctx, window, [page], places))[0]


async def details_among(
    ctx: Context, window: Window, product_ids: Sequence[UUID], places: Collection[PlaceKind] = ()
) -> dict[UUID, Detail]:
    """As `detail_at`, by the ids of products; what is not shown is missing. One read for all, and
    one for each kind of place."""
    rows = await reading.rows_of(ctx, [window.window_id], product_ids) if product_ids else []
    pages = [
        page
        for row in rows
        if (page := unpack_page(stored_row(row, window.currency), row["document"])) is not None
    ]
    details = await _with_places(ctx, window, pages, places)
    return {each.product_id: each for each in details}


async def _with_places(
    ctx: Context, window: Window, pages: Sequence[Page], places: Collection[PlaceKind]
) -> list[Detail]:
    locale = window.locale
    in_categories = {each for page in pages for each in page.categories}
    in_collections = {each for page in pages for each in page.collections}
    tree = await tree_of(ctx, in_categories) if "categories" in places and in_categories else None
    known = await collections_of(ctx, sorted(in_collections)) if "collections" in places else {}
    return [
        page.to_detail(
            shown_categories(tree, page.categories, locale) if tree is not None else (),
            collections_on_page(known, page.collections, locale),
        )
        for page in pages
    ]
