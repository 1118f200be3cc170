"""Keeps an entry for each product, and finds products by them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from galleria.commerce import catalog, collections, inventory, pricing
from galleria.commerce.workbench.model.entries import (
    COLUMN_OF,
    Entry,
    Order,
    Turned,
    Wanted,
    entry_of,
    mark_of,
    way_of,
)
from galleria.commerce.workbench.repository import entries as repository
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.pagination import CursorKey, InvalidCursor
from galleria.platform import tenants

AT_ONCE = 1_000  # products read together
FILLED_AT_ONCE = 2_000  # of one transaction
STATUSES = ("active", "draft", "archived")


async def refresh(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """These products are found as they are now; those that are no more, not at all."""
    await repository.lock_entries(tx)
    channel = await tenants.channel_of(tx)
    lineages = {each.category_id: each.lineage for each in await catalog.all_categories(tx)}
    unique = list(dict.fromkeys(product_ids))
    for portion in await catalog.in_portions(tx, unique, AT_ONCE):
        products = await catalog.products_for_listing(tx, portion)
        ids = [variant.variant_id for product in products for variant in product.variants]
        prices = await pricing.prices_of(tx, ids, channel.channel_id, channel.currency)
        stock = await inventory.availability(tx, ids)
        held = await collections.collections_of(tx, [each.product_id for each in products])
        entries = [
            entry_of(
                product,
                lineages,
                [each.collection_id for each in held[product.product_id]],
                [p.amount_minor for v in product.variants if (p := prices.get(v.variant_id))],
                [stock[variant.variant_id] for variant in product.variants],
            )
            for product in products
        ]
        there = {each.product_id for each in products}
        await repository.write_entries(tx, entries)
        gone = [each for each in portion if each not in there]
        if gone:
            await repository.remove_entries(tx, gone)


async def remove(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """These products are found no more."""
    await repository.lock_entries(tx)
    await repository.remove_entries(tx, product_ids)


async def products_of(tx: Transaction, variant_ids: Sequence[UUID]) -> list[UUID]:
    """The products these variants belong to."""
    return await catalog.products_of_variants(tx, variant_ids) if variant_ids else []


async def fill_step(ctx: Context, limit: int = FILLED_AT_ONCE) -> bool:
    """The next products of a shop from before its work-bench are taken in; False when all are."""
    # Asked of every shop every minute, and hardly ever of one that is not filled.
    if await repository.is_filled(ctx):
        return False
    async with ctx.transaction() as tx:
        after = await repository.lock_filling(tx)
        if after is None:
            return False
        ids = await catalog.product_ids_after(tx, after, limit)
        if ids:
            await refresh(tx, ids)
        await repository.save_filling(tx, ids[-1] if len(ids) == limit else None)
        return len(ids) == limit


async def is_filled(reader: Reader) -> bool:
    """Every product of the shop can be found by its entry."""
    return await repository.is_filled(reader)


async def entries_of(reader: Reader, product_ids: Sequence[UUID]) -> dict[UUID, Entry]:
    """What those of the products come to that have an entry."""
    found = await repository.entries_of(reader, product_ids) if product_ids else []
    return {each.product_id: each for each in found}


async def find_products(
    ctx: Context,
    wanted: Wanted,
    order: Order = "-created",
    cursor: str | None = None,
    limit: int = 50,
) -> Turned:
    """A page of the products that are wanted, to be turned both ways; any page costs the same.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    by, is_descending = order.removeprefix("-"), order.startswith("-")
    scope = f"workbench.products:{order}:{wanted}".replace("\0", "")
    after, is_back = _place(ctx, scope, cursor, by)
    counts, total = await _counts(ctx, wanted)
    at_most = min([total, *counts.values()])
    is_exact = not wanted.is_bounded and len(counts) < 2
    if at_most == 0:
        return Turned(entries=[], at_most=0, is_exact=True)
    way = way_of(counts, total, by == "created", limit)
    found = await repository.page_of_entries(
        ctx, wanted, (by, is_descending != is_back), after, limit + 1, way.along_mark
    )
    has_more, shown = len(found) > limit, found[:limit]
    if is_back:
        shown.reverse()
    if cursor is None and not has_more:
        at_most, is_exact = len(shown), True
    return Turned(
        entries=shown,
        at_most=at_most,
        is_exact=is_exact,
        next_cursor=_cursor(ctx, scope, ">", by, shown[-1:], has_more or is_back),
        previous_cursor=_cursor(
            ctx, scope, "<", by, shown[:1], has_more if is_back else cursor is not None
        ),
    )


async def ids_after(ctx: Context, wanted: Wanted, after: UUID, limit: int) -> list[UUID]:
    """At most `limit` ids after an id, in order, of the products that are wanted."""
    counts, total = await _counts(ctx, wanted)
    if min([total, *counts.values()]) == 0:
        return []
    way = way_of(counts, total, True, limit)
    found = await repository.page_of_entries(
        ctx, wanted, ("created", False), [after], limit, way.along_mark
    )
    return [each.product_id for each in found]


async def count_at_most(reader: Reader, wanted: Wanted) -> int:
    """A number that there are no more products than: of each mark it is kept when they change."""
    counts, total = await _counts(reader, wanted)
    return min([total, *counts.values()])


async def count_by_category(reader: Reader, category_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many products lie in each of the categories or below, kept when they change."""
    marks = {each: mark_of("category", str(each)) for each in category_ids}
    counts = await repository.counts_of(reader, list(marks.values())) if marks else {}
    return {each: counts[mark] for each, mark in marks.items()}


async def _counts(reader: Reader, wanted: Wanted) -> tuple[dict[int, int], int]:
    """How many products have each mark that is wanted, and how many there are."""
    statuses = [mark_of("status", each) for each in STATUSES]
    known = await repository.counts_of(reader, [*statuses, *wanted.marks])
    return {mark: known[mark] for mark in wanted.marks}, sum(known[mark] for mark in statuses)


def _place(ctx: Context, scope: str, cursor: str | None, by: str) -> tuple[list[Any] | None, bool]:
    """Where a page begins, and whether it is read towards the start."""
    if cursor is None:
        return None, False
    direction, *keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    if not isinstance(keys[-1], str):
        raise InvalidCursor("this cursor is not one of this list")
    after: list[Any] = [*keys[:-1], UUID(keys[-1])]
    if by == "changed":
        after[0] = datetime.fromisoformat(str(keys[0]))
    return after, direction == "<"


def _cursor(
    ctx: Context, scope: str, direction: str, by: str, edge: Sequence[Entry], is_wanted: bool
) -> str | None:
    if not (is_wanted and edge):
        return None
    keys: list[CursorKey] = [direction]
    column = COLUMN_OF[by]
    if column is not None:
        value = getattr(edge[0], column[0])
        keys.append(value.isoformat() if isinstance(value, datetime) else value)
    keys.append(str(edge[0].product_id))
    return ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys)
