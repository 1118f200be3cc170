"""Reading the shop window: one product, lists in order, categories with their counts."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce import attributes, collections
from galleria.commerce.listings.errors import CategoryNotShown, ListingNotFound, UnknownSort
from galleria.commerce.listings.model import packed, unpacked
from galleria.commerce.listings.model.making import (
    INLINE_VARIANTS,
    Detail,
    ShownMetafield,
    ShownVariant,
    shown_metafields,
)
from galleria.commerce.listings.model.places import branch_count
from galleria.commerce.listings.model.unpacked import Page, Stored
from galleria.commerce.listings.repository import places, reading
from galleria.commerce.listings.repository.reading import ORDERS, Order, SortName
from galleria.commerce.listings.service.trees import (
    collections_of,
    collections_on_page,
    counts_of_window,
    load_collections,
    load_tree,
    shown_categories,
    tree_of,
)
from galleria.commerce.listings.service.windows import Window, window_of
from galleria.engines.context import Context
from galleria.engines.sql import Record
from galleria.foundation.pagination import InvalidCursor

CURSOR_SCOPE = "listings"
# Up to so many products of a place are sorted when somebody looks; in a larger one the next page
# is looked for along the order of the whole window, since many of the next rows belong to it.
FEW = 2_000
LISTING_PAGE = "listing-page"  # what any product may enter or leave, and what counts products
# Looking along the order ends after so many rows, should the place's products stand far away.
MOST_WALKED = 50_000


class CategoryNode(msgspec.Struct, frozen=True):
    """A category of the shop; `path` is the handles from the root joined by `/`.

    `product_count` is how many products it shows, with those below it, each counted once.
    """

    category_id: UUID
    handle: str
    name: str
    path: str
    parent_id: UUID | None
    product_count: int = 0
    metafields: list[ShownMetafield] = []


async def stored_of(ctx: Context, window: Window, handle: str) -> tuple[Stored, Page, datetime]:
    """The product with this handle as it is kept, and when that last changed.

    Raises:
        ListingNotFound: the shop shows no product with this handle.
    """
    hashed = packed.handle_hash(window.window_id, handle)
    for row in await reading.rows_with_hash(ctx, window.window_id, hashed):
        stored = stored_row(row, window.currency)
        page = unpacked.unpack_page(stored, row["document"], handle)
        if page is not None:
            ctx.note_shown(f"product:{stored.product_id}")
            return stored, page, row["updated_at"]
    raise ListingNotFound(f"no product {handle[:120]!r}")


def stored_row(row: Record, currency: str) -> Stored:
    """What a row says beside its document."""
    return Stored(row["product_id"], row["published_at"], currency)


def _card(row: Record, window: Window) -> str:
    return unpacked.card_json(stored_row(row, window.currency), row["document"])


async def detail_of(ctx: Context, window: Window, handle: str) -> tuple[str, datetime]:
    """The product page's document as JSON, and when its listing last changed.

    Names of categories and collections are those of some seconds ago.

    Raises:
        ListingNotFound: the shop shows no product with this handle.
    """
    _, page, updated_at = await stored_of(ctx, window, handle)
    locale = window.locale
    categories, shown = [], []
    if page.categories:
        tree = await tree_of(ctx, page.categories)
        categories = shown_categories(tree, page.categories, locale)
    if page.collections:
        known = await collections_of(ctx, page.collections)
        shown = collections_on_page(known, page.collections, locale)
    return page.to_json(categories, shown), updated_at


async def page_of_cards(
    ctx: Context,
    window: Window,
    *,
    sort: str | None = None,
    category: str | None = None,
    collection: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> tuple[list[str], str | None]:
    """A page of cards as JSON texts and the cursor of the next page.

    Without a `sort` a collection is shown in its own order and all else newest first; `manual` is
    the order in which a collection was put together.

    Raises:
        UnknownSort, CategoryNotShown, InvalidCursor: what was asked for does not exist.
    """
    # Whatever changes may enter this page, or leave it.
    ctx.note_shown(LISTING_PAGE)
    named, filters, usual = await _filters(ctx, category, collection)
    order = _order(sort or usual, collection)
    scope = ":".join([CURSOR_SCOPE, window.code, window.locale, order, *map(str, named)])
    after = None
    if cursor is not None:
        keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
        after = _position(keys, order)
    rows = await _rows(ctx, Order(window.window_id, order, after, limit + 1), filters)
    cards = [_card(row, window) for row in rows[:limit]]
    if len(rows) <= limit:
        return cards, None
    last = rows[limit - 1]
    value = last["sort_value"]
    key = value.isoformat() if isinstance(value, datetime) else value
    next_cursor = ctx.engines.cursors.encode(
        ctx.tenant.tenant_id, scope, [key, last["tie"], str(last["product_id"])]
    )
    return cards, next_cursor


async def _rows(ctx: Context, order: Order, filters: Sequence[Sequence[int]]) -> list[Record]:
    """The next rows of a list, found the way that looks at the fewest.

    The smallest place decides. In a large one the walk along the whole window's order ends early,
    as a rule; where it does not, it has looked at no more rows than the place holds, which are
    then taken together.
    """
    if not filters:
        return await reading.walk(ctx, order, [], order.limit)
    if order.sort == "manual":
        # One that nothing shown was ever in has no number.
        found = [await reading.in_own_order(ctx, order, at, filters[:-1]) for at in filters[-1]]
        return found[0] if found else []
    counts = await counts_of_window(ctx, order.window_id)
    by_size = sorted(filters, key=lambda each: sum(counts.get(place, 0) for place in each))
    expected = sum(counts.get(place, 0) for place in by_size[0])
    if expected > FEW:
        rows = await reading.walk(ctx, order, by_size, min(expected, MOST_WALKED))
        if len(rows) >= order.limit:
            return rows
    return await reading.gather(ctx, order, by_size)


def _position(keys: Sequence[str | int | None], order: SortName) -> tuple[object, int, UUID]:
    try:
        value, tie, product_id = keys
        if not isinstance(tie, int):
            raise TypeError
        if order == "newest":
            return datetime.fromisoformat(str(value)), tie, UUID(str(product_id))
        return value, tie, UUID(str(product_id))
    except (ValueError, TypeError):
        raise InvalidCursor("this cursor is not one of this list") from None


def _order(sort: str, collection: str | None) -> SortName:
    if sort not in ORDERS or (sort == "manual" and collection is None):
        raise UnknownSort(f"sort is one of {', '.join(ORDERS)}; manual orders a collection")
    order: SortName = sort
    return order


async def _filters(
    ctx: Context, category: str | None, collection: str | None
) -> tuple[list[UUID], list[list[int]], SortName]:
    """The ids of the places asked for, the collection last; for each the numbers of all places
    that count as it; and in which order they are shown."""
    usual: SortName = "newest"
    named: list[UUID] = []
    members: list[list[UUID]] = []
    if category is not None:
        tree = await tree_of(ctx)
        node = tree.find(category)
        if node is None:
            raise CategoryNotShown(f"no category {category[:120]!r}")
        named.append(node.category_id)
        members.append([each.category_id for each in tree.inside(node.path)])
    if collection is not None:
        found = await collections.find_collection(ctx, collection)
        if found is None or not found.is_shown_at(ctx.now):
            raise CategoryNotShown(f"no collection {collection[:120]!r}")
        usual = found.sort_order
        named.append(found.collection_id)
        members.append([found.collection_id])
    if not members:
        return [], [], usual
    # Numbers are asked for afresh: a category that was just filled for the first time has one.
    numbers = await places.numbers_of(ctx, [each for group in members for each in group])
    found_numbers = [[numbers[each] for each in group if each in numbers] for group in members]
    return named, found_numbers, usual


async def cards_of(ctx: Context, window: Window, product_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The cards of these products as JSON, by id; what is not shown is missing."""
    rows = await reading.rows_of(ctx, [window.window_id], product_ids)
    return {row["product_id"]: _card(row, window) for row in rows}


async def described_cards_of(
    ctx: Context, window: Window, product_ids: Sequence[UUID]
) -> dict[UUID, tuple[str, str]]:
    """The cards of these products as JSON, each with its description as HTML; else `cards_of`."""
    rows = await reading.rows_of(ctx, [window.window_id], product_ids)
    return {
        row["product_id"]: (_card(row, window), unpacked.description_in(row["document"]))
        for row in rows
    }


async def details_for_search(
    ctx: Context, product_ids: Sequence[UUID]
) -> Iterator[tuple[UUID, UUID, str, Detail]]:
    """(product_id, channel_id, locale, document) of every listing of these products.

    The documents hold all variants, whatever their number.
    """
    windows = {row["window_id"]: row for row in await places.all_windows(ctx)}
    rows = await reading.rows_of(ctx, list(windows), product_ids)
    pages = [
        (row["window_id"], stored, page)
        for row in rows
        if (stored := stored_row(row, windows[row["window_id"]]["currency"]))
        and (page := unpacked.unpack_page(stored, row["document"])) is not None
    ]
    # As they are now: what is written down from this is not looked at again so soon.
    tree = await load_tree(ctx)
    wanted = {place for _, _, page in pages for place in page.collections}
    known = await load_collections(ctx, wanted) if wanted else {}
    found = []
    for window_id, stored, page in pages:
        window = windows[window_id]
        locale = window["locale"]
        detail = page.to_detail(
            shown_categories(tree, page.categories, locale),
            collections_on_page(known, page.collections, locale),
        )
        variants = await _all_variants(ctx, window_id, stored, detail)
        if variants is not detail.variants:
            detail = msgspec.structs.replace(detail, variants=variants)
        found.append((stored.product_id, window["channel_id"], locale, detail))
    return iter(found)


async def details_of(
    ctx: Context, window: Window, product_ids: Sequence[UUID], *, whole: bool = True
) -> dict[UUID, Detail]:
    """The documents of these products by id, with all their variants, whatever their number, and
    without the names of their places; what is not shown is missing. When not `whole`, with the
    first hundred variants only."""
    rows = await reading.rows_of(ctx, [window.window_id], product_ids)
    found = {}
    for row in rows:
        stored = stored_row(row, window.currency)
        page = unpacked.unpack_page(stored, row["document"])
        if page is not None:
            detail = page.to_detail()
            if whole:
                variants = await _all_variants(ctx, window.window_id, stored, detail)
                detail = msgspec.structs.replace(detail, variants=variants)
            found[stored.product_id] = detail
    return found


async def _all_variants(
    ctx: Context, window_id: int, stored: Stored, detail: Detail
) -> list[ShownVariant]:
    variants = detail.variants
    if len(variants) == detail.variant_count:
        return variants
    last = detail.variant_count // INLINE_VARIANTS
    chunks = await reading.chunks_of(ctx, window_id, stored.product_id, 1, last)
    options = [option.values for option in detail.options]
    for chunk in chunks:
        variants = variants + unpacked.unpack_chunk(stored, chunk, options)
    return variants


async def listed_among(ctx: Context, product_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the products that some window shows."""
    windows = [row["window_id"] for row in await places.all_windows(ctx)]
    return {row["product_id"] for row in await reading.rows_of(ctx, windows, product_ids)}


async def listed_ids(ctx: Context, after: UUID, limit: int) -> list[UUID]:
    """Ids of shown products after an id, in order."""
    windows = [row["window_id"] for row in await places.all_windows(ctx)]
    return await reading.listed_ids(ctx, windows, after, limit)


async def count_listed(ctx: Context, most: int) -> int:
    """How many listings the shop has, in all channels and languages, or `most` where there are
    more. Looks at each up to then."""
    return await reading.count_listings(ctx, most)


async def categories_of(ctx: Context, window: Window | None = None) -> list[CategoryNode]:
    """The shop's categories in the context's language: parents before children, as arranged.

    Counts are those of the window, or of the default one, some seconds ago.
    """
    if window is None:
        window = await window_of(ctx)
    ctx.note_shown(LISTING_PAGE)
    tree = await tree_of(ctx)
    counts = await counts_of_window(ctx, window.window_id)
    # Nearly no shop has any: then nobody asks what they are called.
    has_metafields = any(each.metafields for each in tree.categories)
    known = (await attributes.dictionary(ctx)).definitions if has_metafields else {}
    definitions = known.get("category", {})
    return [
        CategoryNode(
            each.category_id,
            each.handle,
            each.name_in(ctx.locale),
            each.path,
            each.parent_id,
            branch_count(each.path, tree, counts),
            shown_metafields(definitions, each.metafields, ctx.locale),
        )
        for each in tree.categories
    ]
