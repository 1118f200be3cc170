"""Counts of whole stockrooms, transfers, and the books that follow."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from galleria.commerce import catalog, inventory
from galleria.commerce.inventory import (
    AdjustStock,
    CountLine,
    InvalidLevel,
    InvalidTransfer,
    Level,
    LocationNotFound,
    NewLocation,
    StockTooLow,
)
from galleria.commerce.inventory.repository import ledger, levels
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import shirt
from tests.commerce.inventory.shelves import (
    adjust,
    allow_backorder,
    counts,
    levels_of,
    moved,
    place,
    put,
    reserve,
    sellable_variants,
    shelve,
    transfer,
)


async def far_place(ctx: Context) -> int:
    """A second location."""
    return (await inventory.create_location(ctx, NewLocation(code="far", name="Far"))).location_id


async def test_a_first_count_is_what_a_shelf_opened_with(ctx: Context) -> None:
    one, other = await shelve(ctx, 3, 4)
    (opened,) = (await inventory.list_movements(ctx, one)).items
    assert (opened.movement_id, opened.delta, opened.reason) == (0, 3, "counted")
    assert opened.actor == "system:galleria"
    acts = await ctx.read(
        "SELECT count(*) AS n, (SELECT count(*) FROM inventory.stock_movement WHERE tenant_id = $1)"
        " AS moved FROM inventory.opening WHERE tenant_id = $1"
    )
    assert (acts[0]["n"], acts[0]["moved"]) == (1, 0), "two shelves, one act, no movement"

    await put(ctx, [Level(other, await place(ctx), 1, "recount")])
    deltas = [
        (each.delta, each.reason) for each in (await inventory.list_movements(ctx, other)).items
    ]
    assert deltas == [(-3, "recount"), (4, "counted")]
    everything = [each.delta for each in (await inventory.list_movements(ctx)).items]
    assert everything == [-3, *([4, 3] if other > one else [3, 4])]


async def test_new_variants_are_put_on_shelves_without_looking(ctx: Context) -> None:
    where, ids = await place(ctx), [new_id() for _ in range(30)]
    async with ctx.transaction() as tx:
        rows = [Level(each, where, n, "opening") for n, each in enumerate(ids)]
        answer = await inventory.set_stock_levels(tx, rows, are_new=True)
    assert (len(answer.changed), answer.refused) == (30, [])
    assert [level.on_hand for level in await levels_of(ctx, *ids)] == list(range(30))
    assert (await inventory.check_ledger(ctx)).faults == []


async def test_a_count_shows_what_it_would_change_and_changes_nothing(ctx: Context) -> None:
    tree = await catalog.create_product(ctx, shirt(sizes="S"))
    variant = tree.variants[0]
    unknown = new_id()
    lines = [
        CountLine(5, sku=variant.sku),
        CountLine(7, variant_id=variant.variant_id),
        CountLine(1, variant_id=unknown),
        CountLine(1, sku="no such thing"),
        CountLine(1, variant_id=variant.variant_id, location_id=99),
        CountLine(-1, variant_id=variant.variant_id),
    ]
    seen = await inventory.count_stock(ctx, lines, is_preview=True)
    assert [(each.before, each.after, each.delta, each.code) for each in seen.lines] == [
        (0, 5, 5, None),
        (5, 7, 2, None),
        (0, 0, 0, "variant_not_found"),
        (0, 0, 0, "variant_not_found"),
        (0, 0, 0, "location_not_found"),
        (7, 7, 0, "out_of_range"),
    ]
    assert (seen.is_preview, seen.changed_count, seen.refused_count) == (True, 2, 4)
    assert await levels_of(ctx, variant.variant_id) == []

    done = await inventory.count_stock(ctx, lines)
    assert done.lines == seen.lines
    assert await counts(ctx, variant.variant_id) == (7, 0)
    assert [each.movement_id for each in (await inventory.list_movements(ctx)).items] == [0]


async def test_a_count_below_what_is_promised_is_refused_line_by_line(ctx: Context) -> None:
    promised, ahead = await sellable_variants(ctx, 2)
    where = await place(ctx)
    await put(ctx, [Level(promised, where, 5), Level(ahead, where, 5)])
    await allow_backorder(ctx, ahead)
    await reserve(ctx, "order:1", (promised, 4), (ahead, 4))
    lines = [CountLine(3, variant_id=promised), CountLine(3, variant_id=ahead)]
    done = await inventory.count_stock(ctx, lines)
    assert [each.code for each in done.lines] == ["below_reserved", None]
    adjusted = await inventory.count_stock(
        ctx, [CountLine(-1, variant_id=promised)], "adjust", "lost"
    )
    assert adjusted.lines[0].after == 4
    assert (await inventory.list_movements(ctx, promised)).items[0].reason == "lost"
    assert (await counts(ctx, promised), await counts(ctx, ahead)) == ((4, 4), (3, 4))


@pytest.mark.parametrize(
    "lines",
    [
        [CountLine(1)],
        [CountLine(1, variant_id=new_id(), sku="x")],
        [CountLine(1, sku="x")] * 10_001,
    ],
)
async def test_a_count_names_each_variant_once_and_ends_somewhere(
    ctx: Context, lines: list[CountLine]
) -> None:
    with pytest.raises(InvalidLevel):
        await inventory.count_stock(ctx, lines)


async def test_two_counts_at_once_leave_one_of_them_true(ctx: Context) -> None:
    ids = await sellable_variants(ctx, 4)

    async def count(number: int) -> None:
        turned = ids[number % 4 :] + ids[: number % 4]
        await inventory.count_stock(ctx, [CountLine(number, variant_id=v) for v in turned])

    await asyncio.gather(*(count(number) for number in range(1, 9)))
    numbers = {(await counts(ctx, each))[0] for each in ids}
    assert len(numbers) == 1
    for each in ids:
        assert await moved(ctx, each) == (await counts(ctx, each))[0]
    assert (await inventory.check_ledger(ctx)).faults == []


async def test_a_transfer_moves_all_lines_or_none(ctx: Context) -> None:
    full, short = await sellable_variants(ctx, 2)
    near, far = await place(ctx), await far_place(ctx)
    await put(ctx, [Level(full, near, 5), Level(short, near, 1)])
    with pytest.raises(StockTooLow) as raised:
        await transfer(ctx, near, far, (full, 2), (short, 2))
    assert [error.path for error in raised.value.errors] == ["lines[1].quantity"]
    assert await counts(ctx, full) == (5, 0)

    await reserve(ctx, "order:1", (full, 2))
    with pytest.raises(StockTooLow):
        await transfer(ctx, near, far, (full, 4))
    levels_after = await transfer(ctx, near, far, (full, 3))
    assert [(each.location_id, each.on_hand) for each in levels_after] == [(near, 2), (far, 3)]
    newest = (await inventory.list_movements(ctx, full)).items[:2]
    assert sorted((each.delta, each.reason) for each in newest) == [
        (-3, "transferred"),
        (3, "transferred"),
    ]
    with pytest.raises(InvalidTransfer):
        await transfer(ctx, near, near, (full, 1))
    with pytest.raises(LocationNotFound):
        await transfer(ctx, near, 99, (full, 1))


async def test_two_transfers_at_once_never_take_more_than_there_is(ctx: Context) -> None:
    (mug,) = await sellable_variants(ctx, 1)
    near, far = await place(ctx), await far_place(ctx)
    await put(ctx, [Level(mug, near, 10)])
    done = await asyncio.gather(
        *(transfer(ctx, near, far, (mug, 3)) for _ in range(5)),
        *(transfer(ctx, far, near, (mug, 2)) for _ in range(3)),
        return_exceptions=True,
    )
    assert all(isinstance(each, list | StockTooLow) for each in done)
    assert await counts(ctx, mug) == (10, 0)
    assert (await inventory.check_ledger(ctx)).faults == []


async def test_a_page_of_one_place_walks_past_others_and_says_where_it_stopped(
    ctx: Context,
) -> None:
    ids = sorted(await shelve(ctx, *[1] * (levels.WINDOW + 4)))
    far = await far_place(ctx)
    await put(ctx, [Level(each, far, 1) for each in ids[levels.WINDOW :]])
    found: list[UUID] = []
    sizes, cursor = [], None
    while True:
        page = await inventory.list_stock(ctx, location_id=far, cursor=cursor, limit=2)
        found += [level.variant_id for level in page.items]
        sizes.append(len(page.items))
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == ids[levels.WINDOW :]
    assert sizes[0] == 0, "the first rows in line are all at the other place"


async def test_pages_of_some_variants_at_one_place_lose_none(ctx: Context) -> None:
    ids = await shelve(ctx, *[1] * 7)
    far = await far_place(ctx)
    await put(ctx, [Level(each, far, 2) for each in ids])
    found, cursor = [], None
    while True:
        page = await inventory.list_stock(ctx, ids[:5], far, cursor, 2)
        found += [(level.variant_id, level.location_id) for level in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == [(each, far) for each in sorted(ids[:5])]


async def test_first_counts_are_turned_over_page_by_page(
    ctx: Context,
) -> None:
    ids = await shelve(ctx, 9, *[0] * ledger.WINDOW, *range(1, 8))
    await adjust_by_hand(ctx, ids[-1], 2)
    deltas: list[int] = []
    cursor: str | None = None
    for _ in range(20):
        page = await inventory.list_movements(ctx, cursor=cursor, limit=2)
        deltas += [each.delta for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert deltas == [2, 7, 6, 5, 4, 3, 2, 1, 9]


async def adjust_by_hand(ctx: Context, variant_id: UUID, delta: int) -> None:
    """A movement of a variant the catalog does not know."""
    (level,) = await levels_of(ctx, variant_id)
    await put(ctx, [Level(variant_id, level.location_id, level.on_hand + delta)])


async def test_wrong_books_are_found(ctx: Context, another_ctx: Context) -> None:
    right, wrong, lost = await shelve(ctx, 3, 4, 5)
    await reserve(ctx, "order:1", (right, 1), (lost, 2))
    assert (await inventory.check_ledger(ctx)).faults == []
    async with ctx.transaction() as tx:
        change = "UPDATE inventory.stock SET {} WHERE tenant_id = $1 AND variant_id = $2"
        await tx.execute(change.format("on_hand = 9"), wrong)
        await tx.execute(change.format("reserved = 1"), lost)
    check = await inventory.check_ledger(ctx, None, 2)
    faults = list(check.faults)
    while check.next_cursor:
        check = await inventory.check_ledger(ctx, check.next_cursor, 2)
        faults += check.faults
    found = {
        each.variant_id: (each.on_hand, each.moved, each.reserved, each.held) for each in faults
    }
    assert found == {wrong: (9, 4, 0, 0), lost: (5, 5, 1, 2)}
    assert (await inventory.check_ledger(another_ctx)).checked_count == 0


async def test_a_removed_variant_leaves_books_that_add_up_to_nothing(ctx: Context) -> None:
    (gone,) = await shelve(ctx, 4)
    async with ctx.transaction() as tx:
        from_jobs = await _forget(tx, gone)
    assert from_jobs == []
    assert [each.delta for each in (await inventory.list_movements(ctx, gone)).items] in (
        [-4, 4],
        [4, -4],
    )
    assert await moved(ctx, gone) == 0


async def _forget(tx: Any, variant_id: UUID) -> list[object]:
    await levels.forget_variants(tx, [variant_id], "system:galleria")
    rows: list[object] = await tx.fetch(
        "SELECT variant_id FROM inventory.stock WHERE tenant_id = $1 AND variant_id = $2",
        variant_id,
    )
    return rows


async def test_the_whole_stock_is_a_file(ctx: Context, another_ctx: Context) -> None:
    tree = await catalog.create_product(ctx, shirt(sizes="S"))
    variant = tree.variants[0]
    await put(ctx, [Level(variant.variant_id, await place(ctx), 4)])
    await reserve(ctx, "order:1", (variant.variant_id, 1))
    text = b"".join([part async for part in inventory.stock_as_csv(ctx)]).decode("utf-8-sig")
    header, row = text.splitlines()
    assert header == "sku,variant_id,location,on_hand,reserved,safety,available"
    assert row == f"{variant.sku},{variant.variant_id},main,4,1,0,3"
    other = b"".join([part async for part in inventory.stock_as_csv(another_ctx)])
    assert len(other.splitlines()) == 1


async def test_another_shop_counts_and_moves_only_its_own(
    ctx: Context, another_ctx: Context
) -> None:
    (mug,) = await sellable_variants(ctx, 1)
    near, far = await place(ctx), await far_place(ctx)
    await put(ctx, [Level(mug, near, 5)])
    await place(another_ctx)
    await far_place(another_ctx)
    counted = await inventory.count_stock(another_ctx, [CountLine(1, variant_id=mug)])
    assert [each.code for each in counted.lines] == ["variant_not_found"]
    with pytest.raises(catalog.VariantNotFound):
        await transfer(another_ctx, near, far, (mug, 1))
    with pytest.raises(catalog.VariantNotFound):
        await adjust(another_ctx, mug, near, 1)
    assert await counts(ctx, mug) == (5, 0)


async def test_a_row_of_stock_and_its_key_are_small(ctx: Context) -> None:
    where, count = await place(ctx), 20_000

    async def sizes() -> tuple[int, int, int]:
        (row,) = await ctx.read(
            "SELECT pg_relation_size('inventory.stock') AS heap,"
            " pg_relation_size('inventory.stock_pkey') AS key, (SELECT count(*) FROM pg_index"
            " WHERE indrelid = 'inventory.stock'::regclass) AS indexes WHERE $1::int IS NOT NULL"
        )
        return row["heap"], row["key"], row["indexes"]

    heap, key, indexes = await sizes()
    for _ in range(4):
        async with ctx.transaction() as tx:
            rows = [Level(new_id(), where, 7, "opening") for _ in range(count // 4)]
            await inventory.set_stock_levels(tx, rows, are_new=True)
    heap_after, key_after, _ = await sizes()
    # Tens of millions of these have to fit; a second index would cost as much as the key.
    assert indexes == 1
    assert (heap_after - heap) / count <= 96
    assert (key_after - key) / count <= 40


async def test_the_ledger_of_a_variant_is_narrowed_by_place_reason_and_time(ctx: Context) -> None:
    (mug,) = await sellable_variants(ctx, 1)
    near, far = await place(ctx), await far_place(ctx)
    await put(ctx, [Level(mug, near, 5)])
    for where, delta, reason in ((near, -1, "damaged"), (far, 4, "received"), (near, 2, "counted")):
        wanted = AdjustStock(delta=delta, location_id=where, reason=reason)
        await inventory.adjust_stock(ctx, mug, wanted)

    async def deltas(**asked: Any) -> list[int]:
        found: list[int] = []
        cursor = None
        while True:
            wanted = inventory.LedgerFilter(**asked)
            page = await inventory.list_ledger(ctx, mug, wanted, cursor, 2)
            found += [each.delta for each in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return found

    assert await deltas() == [2, 4, -1, 5]
    assert await deltas(location_id=near) == [2, -1, 5]
    assert await deltas(reason="counted") == [2, 5]
    assert await deltas(since=ctx.now + timedelta(days=1)) == []
    assert await deltas(until=ctx.now + timedelta(days=1), location_id=far) == [4]


async def test_a_sheet_holds_one_place_or_what_is_low(ctx: Context) -> None:
    one, other = await sellable_variants(ctx, 2)
    near, far = await place(ctx), await far_place(ctx)
    await put(ctx, [Level(one, near, 9), Level(other, near, 1), Level(one, far, 3)])
    await inventory.set_low_stock_at(ctx, 2)

    async def rows(**asked: Any) -> list[str]:
        text = b"".join([part async for part in inventory.stock_as_csv(ctx, **asked)]).decode()
        return [line.split(",")[1] for line in text.splitlines()[1:]]

    assert sorted(await rows()) == sorted(map(str, [one, other, one]))
    assert await rows(location_id=far) == [str(one)]
    assert await rows(only_low=True) == [str(other)]
