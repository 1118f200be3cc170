"""Keeps a record of each product in the index, and finds products by them."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce import catalog, collections, inventory, pricing
from galleria.commerce.workbench.errors import BenchNotFilled
from galleria.commerce.workbench.model.entries import Entry, Sort, Turned, Wanted, word_of
from galleria.commerce.workbench.records import PRODUCT, entry_of, place_of, query_of, record_of
from galleria.engines.cache import CacheKey
from galleria.engines.context import Context, Engines
from galleria.engines.record_index import BY_ID, BY_TEXT, Record, RecordWriter
from galleria.engines.record_index import Sort as RecordSort
from galleria.engines.remaking import remake
from galleria.engines.search_index import Rebuild, SearchUnavailable
from galleria.foundation.pagination import CursorKey, InvalidCursor
from galleria.platform import tenants

AT_ONCE = 1_000  # products read together
# Of 300 categories over a million products they take 12 ms, and every look at the list wants them.
COUNTS_KEPT_S = 10.0


async def refresh(
    ctx: Context, product_ids: Sequence[UUID], variant_ids: Sequence[UUID] = ()
) -> None:
    """These products, and those of these variants, are found as they are now; those that are no
    more, not at all.

    Only in the process that holds the writer.
    """
    concerned = dict.fromkeys(product_ids)
    if variant_ids:
        concerned |= dict.fromkeys(await catalog.products_of_variants(ctx, variant_ids))
    writer = ctx.engines.record_writer
    assert writer is not None, "the relay runs where the index's writer is"
    async with asyncio.TaskGroup() as applying:  # one step is written while the next is made
        for portion in await catalog.in_portions(ctx, list(concerned), AT_ONCE):
            records = await _records(ctx, portion)
            there = {each.record_id for each in records}
            gone = [PRODUCT.subject(each) for each in portion if each not in there]
            applying.create_task(writer.apply(ctx.tenant.tenant_id, records, gone))


async def rebuild(engines: Engines, writer: RecordWriter) -> int:
    """A fresh index of all shops takes the place of the present one; how many products were put
    into it."""
    return await remake(engines, writer, "records", _ids_after, _put)


async def _ids_after(ctx: Context, after: UUID) -> list[UUID]:
    return await catalog.product_ids_after(ctx, after, AT_ONCE)


async def _put(ctx: Context, fresh: Rebuild[Record], product_ids: Sequence[UUID]) -> None:
    for portion in await catalog.in_portions(ctx, product_ids, AT_ONCE):
        await fresh.add(ctx.tenant.tenant_id, await _records(ctx, portion))


async def _records(ctx: Context, product_ids: Sequence[UUID]) -> list[Record]:
    """Those of the products that there are, as they are looked for."""
    lineages = {each.category_id: each.lineage for each in await catalog.all_categories(ctx)}
    products = await catalog.outlines_of(ctx, product_ids)
    groups = [product.variant_ids for product in products]
    prices = await _price_spans(ctx, groups)
    shelves = await inventory.shelf_sums(ctx, groups)
    held = await collections.collections_of(ctx, [each.product_id for each in products])
    return [
        record_of(
            product,
            lineages,
            [each.collection_id for each in held[product.product_id]],
            span,
            shelf,
        )
        for product, span, shelf in zip(products, prices, shelves, strict=True)
    ]


async def _price_spans(
    ctx: Context, groups: Sequence[Sequence[UUID]]
) -> list[tuple[int, int] | None]:
    """The prices of each group; none in a shop that has got no channel yet."""
    try:
        channel = await tenants.channel_of(ctx)
    except tenants.ChannelNotFound:
        return [None] * len(groups)
    return await pricing.price_spans(ctx, groups, channel.channel_id, channel.currency)


async def is_filled(ctx: Context) -> bool:
    """Every product of the shop can be found."""
    return not (await ctx.engines.records.status()).needs_rebuild


async def require_filled(ctx: Context) -> None:
    """Pass when every product can be found, so that nothing is left out in silence.

    Raises:
        BenchNotFilled: the index is being made anew.
    """
    if not await is_filled(ctx):
        raise BenchNotFilled("some products are not found yet", retry_after_s=30)


async def entries_of(ctx: Context, product_ids: Sequence[UUID]) -> dict[UUID, Entry]:
    """What those of the products come to that are found; none while the index cannot answer."""
    try:
        found = await ctx.engines.records.get(ctx.tenant.tenant_id, PRODUCT, product_ids)
    except SearchUnavailable:
        return {}
    return {product_id: entry_of(record) for product_id, record in found.items()}


async def find_products(
    ctx: Context,
    wanted: Wanted,
    sort: Sort = "-created",
    cursor: str | None = None,
    limit: int = 50,
) -> Turned:
    """A page of the products that are wanted, to be turned both ways; any page costs the same.

    Raises:
        InvalidCursor: the cursor is not one of this list.
        SearchUnavailable: the index cannot answer.
    """
    by, is_descending = place_of(sort.removeprefix("-")), sort.startswith("-")
    scope = f"workbench.products:{sort}:{wanted}".replace("\0", "")
    after, is_back = _place(ctx, scope, cursor, by)
    page = await ctx.engines.records.find(
        ctx.tenant.tenant_id,
        query_of(
            wanted,
            sort=RecordSort(by, is_descending != is_back),
            after=after,
            limit=limit + 1,
        ),
    )
    has_more, shown = len(page.records) > limit, page.records[:limit]
    if is_back:
        shown.reverse()
    return Turned(
        entries=[entry_of(each) for each in shown],
        total=page.total or 0,
        next_cursor=_cursor(ctx, scope, ">", by, shown[-1:], has_more or is_back),
        previous_cursor=_cursor(
            ctx, scope, "<", by, shown[:1], has_more if is_back else cursor is not None
        ),
    )


async def ids_after(ctx: Context, wanted: Wanted, after: UUID, limit: int) -> list[UUID]:
    """At most `limit` ids after an id, in order, of the products that are wanted.

    Raises:
        BenchNotFilled: some that are wanted might not be found.
        SearchUnavailable: the index cannot answer.
    """
    await require_filled(ctx)
    query = query_of(wanted, after=(None, after), limit=limit, counts=False)
    page = await ctx.engines.records.find(ctx.tenant.tenant_id, query)
    return [each.record_id for each in page.records]


async def count_products(ctx: Context, wanted: Wanted) -> int:
    """How many products are like this, counted by the index.

    Raises:
        SearchUnavailable: the index cannot answer.
    """
    page = await ctx.engines.records.find(ctx.tenant.tenant_id, query_of(wanted))
    return page.total or 0


async def count_by_category(ctx: Context, category_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many products lay in each of the categories or below some seconds ago; none while the
    index cannot answer."""
    key = CacheKey(ctx.tenant.tenant_id, "workbench-lying", *category_ids)
    if (kept := await ctx.engines.cache.get(key)) is not None:
        return msgspec.json.decode(kept, type=dict[UUID, int])
    words = {each: word_of("category", str(each)) for each in category_ids}
    try:
        counts = await ctx.engines.records.count(
            ctx.tenant.tenant_id, PRODUCT, list(words.values())
        )
    except SearchUnavailable:
        return {}
    found = {each: counts[word] for each, word in words.items()}
    await ctx.engines.cache.set(key, msgspec.json.encode(found), COUNTS_KEPT_S)
    return found


def _place(
    ctx: Context, scope: str, cursor: str | None, by: str
) -> tuple[tuple[int | str | None, UUID] | None, bool]:
    """Where a page begins, and whether it is read towards the start."""
    if cursor is None:
        return None, False
    direction, *keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    if len(keys) != (1 if by == BY_ID else 2) or not isinstance(keys[-1], str):
        raise InvalidCursor("this cursor is not one of this list")
    value = None if by == BY_ID else keys[0]
    assert value is None or isinstance(value, int | str), "as `_cursor` made it"
    return (value, UUID(keys[-1])), direction == "<"


def _cursor(
    ctx: Context, scope: str, direction: str, by: str, edge: Sequence[Record], is_wanted: bool
) -> str | None:
    if not (is_wanted and edge):
        return None
    keys: list[CursorKey] = [direction]
    if by != BY_ID:
        keys.append(edge[0].text if by == BY_TEXT else edge[0].figures[by])
    keys.append(str(edge[0].record_id))
    return ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys)
