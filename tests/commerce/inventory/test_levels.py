"""Levels set, adjusted, listed; locations; policies; what is told."""

import asyncio
from typing import Any

import pytest

from galleria.commerce import catalog, inventory
from galleria.commerce.inventory import (
    AdjustStock,
    LastLocation,
    Level,
    LocationChanges,
    LocationCodeTaken,
    LocationNotFound,
    NewLocation,
    OutOfStock,
    Policy,
    SetStock,
    StockChanged,
    StockPolicy,
    StockTooLow,
)
from galleria.commerce.inventory.room import ROOM
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import shirt, simple
from tests.commerce.inventory.shelves import (
    allow_backorder,
    commit,
    counts,
    levels_of,
    moved,
    place,
    put,
    release,
    reserve,
    sellable_variants,
    shelve,
)


def _told(tx: Transaction) -> list[tuple[str, int]]:
    return [(e.reason, len(e.variant_ids)) for e in tx._events if isinstance(e, StockChanged)]


async def test_what_does_not_differ_is_not_written(ctx: Context) -> None:
    where = await place(ctx)
    same, other, new = new_id(), new_id(), new_id()
    await put(ctx, [Level(same, where, 3), Level(other, where, 4)])
    before = {each.variant_id: each for each in await levels_of(ctx, same, other)}

    later = Context(ctx.engines, ctx.tenant, ctx.actor, "later")
    answer = await put(later, [Level(same, where, 3), Level(other, where, 5), Level(new, where, 0)])
    assert (answer.changed, answer.unchanged_count) == (sorted([other, new]), 1)
    after = {each.variant_id: each for each in await levels_of(ctx, same, other, new)}
    assert after[same] == before[same]
    assert (after[other].on_hand, after[new].on_hand) == (5, 0)
    assert [await moved(ctx, each) for each in (same, other, new)] == [3, 5, 0]


async def test_a_file_moves_what_differs_opens_what_is_new_and_leaves_the_rest(
    ctx: Context,
) -> None:
    """What a file says is marked, first counts with it, so that it can be taken back."""
    where = await place(ctx)
    same, other, held = await sellable_variants(ctx, 3)
    new, none = new_id(), new_id()
    await put(ctx, [Level(same, where, 3), Level(other, where, 4), Level(held, where, 5)])
    await reserve(ctx, "order:1", (held, 5))
    before = await levels_of(ctx, same)
    wanted = ((same, 3), (other, 6), (held, 1), (new, 2), (none, 0))
    async with ctx.transaction() as tx:
        levels = [Level(variant_id, where, number) for variant_id, number in wanted]
        answer = await inventory.set_stock_levels(tx, levels, reference="import:1")
    assert answer.changed == sorted([other, new, none])
    assert [(each.variant_id, each.code) for each in answer.refused] == [(held, "below_reserved")]
    assert await levels_of(ctx, same) == before
    after = {each.variant_id: each for each in await levels_of(ctx, other, held, new, none)}
    assert [after[each].on_hand for each in (other, held, new, none)] == [6, 5, 2, 0]
    rows = await ctx.read(
        "SELECT variant_id, delta FROM inventory.stock_movement"
        " WHERE tenant_id = $1 AND reference = 'import:1'"
    )
    assert {(row["variant_id"], row["delta"]) for row in rows} == {(other, 2), (new, 2)}
    assert (await inventory.check_ledger(ctx)).faults == []


async def test_the_same_levels_again_touch_no_row_and_tell_nobody(ctx: Context) -> None:
    where = await place(ctx)
    levels = [Level(new_id(), where, number) for number in range(20)]
    await put(ctx, levels)

    async def rows() -> list[Any]:
        return await ctx.read(
            "SELECT ctid::text AS place, xmin::text AS writer, xmax::text AS locker"
            " FROM inventory.stock WHERE tenant_id = $1 ORDER BY 1"
        )

    before = await rows()
    async with ctx.transaction() as tx:
        answer = await inventory.set_stock_levels(tx, levels)
        assert _told(tx) == []
    assert (answer.changed, answer.unchanged_count) == ([], 20)
    assert await rows() == before


async def test_a_level_below_what_is_reserved_is_refused_by_itself(ctx: Context) -> None:
    promised, free = await shelve(ctx, 5, 5)
    where = await place(ctx)
    await reserve(ctx, "order:1", (promised, 4))
    answer = await put(
        ctx,
        [
            Level(promised, where, 3),
            Level(free, where, 3),
            Level(free, 99, 3),
            Level(new_id(), where, -1),
        ],
    )
    assert answer.changed == [free]
    assert [each.code for each in answer.refused] == [
        "location_not_found",
        "out_of_range",
        "below_reserved",
    ]
    assert await counts(ctx, promised) == (5, 4)
    await put(ctx, [Level(promised, where, 4)])
    assert await counts(ctx, promised) == (4, 4)


async def test_of_levels_for_one_place_the_last_counts(ctx: Context) -> None:
    where, variant_id = await place(ctx), new_id()
    await put(ctx, [Level(variant_id, where, 3), Level(variant_id, where, 7)])
    assert await counts(ctx, variant_id) == (7, 0)
    assert await put(ctx, []) == inventory.LevelsSet(changed=[], unchanged_count=0, refused=[])


async def test_files_and_buyers_at_once_keep_the_books_right(ctx: Context) -> None:
    variant_ids = await shelve(ctx, *[50] * 8)
    where = await place(ctx)

    async def count_again(number: int) -> None:
        turned = variant_ids[number:] + variant_ids[:number]
        await put(ctx, [Level(each, where, 50 + number) for each in turned])

    async def buy(number: int) -> None:
        owner = f"order:{number}"
        await reserve(ctx, owner, *((each, 1) for each in variant_ids[number % 4 :]))
        await (commit if number % 2 else release)(ctx, owner)

    await asyncio.gather(
        *(count_again(number) for number in range(8)), *(buy(number) for number in range(24))
    )
    for variant_id in variant_ids:
        on_hand, reserved = await counts(ctx, variant_id)
        assert (on_hand, reserved) == (await moved(ctx, variant_id), 0)


async def test_people_set_stock_of_variants_there_are(ctx: Context, another_ctx: Context) -> None:
    tree = await catalog.create_product(ctx, shirt(sizes="S"))
    first, second = (variant.variant_id for variant in tree.variants)
    answer = await inventory.set_stock(
        ctx, [SetStock(variant_id=first, on_hand=3), SetStock(variant_id=second, on_hand=0)]
    )
    assert len(answer.changed) == 2
    for variant_id in (new_id(), first):
        with pytest.raises(catalog.VariantNotFound):
            await inventory.set_stock(another_ctx, [SetStock(variant_id=variant_id, on_hand=1)])
        with pytest.raises(catalog.VariantNotFound):
            await inventory.adjust_stock(another_ctx, variant_id, AdjustStock(delta=1))
        with pytest.raises(catalog.VariantNotFound):
            await inventory.set_policy(another_ctx, variant_id, StockPolicy(is_tracked=False))
    assert await levels_of(another_ctx, first) == []


async def test_an_adjustment_leaves_its_movement(ctx: Context) -> None:
    tree = await catalog.create_product(ctx, simple("mug"))
    variant_id = tree.variants[0].variant_id
    await inventory.adjust_stock(ctx, variant_id, AdjustStock(delta=5, reason="delivery"))
    gone = AdjustStock(delta=-2, reason="broken", reference="shelf 3", safety=1)
    level = await inventory.adjust_stock(ctx, variant_id, gone)
    assert (level.on_hand, level.safety, level.available) == (3, 1, 2)

    newest, oldest = (await inventory.list_movements(ctx, variant_id)).items
    assert (newest.delta, newest.reason, newest.reference) == (-2, "broken", "shelf 3")
    assert (oldest.delta, oldest.reason, oldest.actor) == (5, "delivery", "system:galleria")

    await reserve(ctx, "order:1", (variant_id, 2))
    with pytest.raises(StockTooLow):
        await inventory.adjust_stock(ctx, variant_id, AdjustStock(delta=-2))
    with pytest.raises(LocationNotFound):
        await inventory.adjust_stock(ctx, variant_id, AdjustStock(delta=1, location_id=99))
    await inventory.set_policy(ctx, variant_id, StockPolicy(is_tracked=True, allows_backorder=True))
    assert (await inventory.adjust_stock(ctx, variant_id, AdjustStock(delta=-2))).on_hand == 1


async def test_levels_and_movements_come_in_pages(ctx: Context, another_ctx: Context) -> None:
    variant_ids = await shelve(ctx, 1, 2, 3, 4, 5)
    levels, movements, cursor = [], [], None
    while True:
        page = await inventory.list_stock(ctx, location_id=await place(ctx), cursor=cursor, limit=2)
        levels += [level.variant_id for level in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert levels == sorted(variant_ids)
    while True:
        news = await inventory.list_movements(ctx, cursor=cursor, limit=2)
        movements += [movement.movement_id for movement in news.items]
        cursor = news.next_cursor
        if cursor is None:
            break
    assert movements == [0] * 5
    assert (await inventory.list_stock(another_ctx)).items == []
    assert (await inventory.list_movements(another_ctx)).items == []


async def test_locations_have_their_order_and_one_stays_active(
    ctx: Context, another_ctx: Context
) -> None:
    with pytest.raises(LocationNotFound):
        await inventory.default_location(ctx)
    assert ROOM.provision is not None
    for _ in range(2):
        await ROOM.provision(ctx)
    main = await inventory.default_location(ctx)
    assert (main.code, main.is_active) == ("main", True)
    far = await inventory.create_location(ctx, NewLocation(code="far", name="Far", country="DE"))
    with pytest.raises(LocationCodeTaken):
        await inventory.create_location(ctx, NewLocation(code="far", name="Again"))
    assert [each.code for each in await inventory.list_locations(ctx)] == ["main", "far"]

    off = LocationChanges(is_active=False)
    await inventory.update_location(ctx, main.location_id, off)
    assert (await inventory.default_location(ctx)).location_id == far.location_id
    with pytest.raises(LastLocation):
        await inventory.update_location(ctx, far.location_id, off)
    with pytest.raises(LocationNotFound):
        await inventory.update_location(another_ctx, far.location_id, off)


async def test_a_policy_that_does_not_differ_is_not_written(ctx: Context) -> None:
    usual, wanted = new_id(), new_id()
    policies = [
        Policy(variant_id=usual),
        Policy(variant_id=wanted, is_tracked=False),
    ]
    async with ctx.transaction() as tx:
        assert await inventory.set_policies(tx, policies) == [wanted]
        assert await inventory.set_policies(tx, policies) == []
        assert _told(tx) == [("policy", 1)]
    answer = await inventory.availability(ctx, [usual, wanted])
    assert [answer[usual].is_tracked, answer[wanted].is_tracked] == [True, False]
    async with ctx.transaction() as tx:
        assert await inventory.set_policies(tx, [Policy(variant_id=wanted)]) == [wanted]


async def test_reservations_tell_only_what_shoppers_see(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 8)
    told = []
    for number, quantity in enumerate((2, 1, 3, 2)):
        async with ctx.transaction() as tx:
            lines = [(variant_id, quantity)]
            await inventory.reserve_stock(tx, f"order:{number}", lines, None)
            told.append(_told(tx))
    # 6 left: plentiful as before; 5: scarce; 2: still scarce; 0: sold out.
    assert told == [[], [("reserved", 1)], [], [("reserved", 1)]]
    async with ctx.transaction() as tx:
        await inventory.release_reservation(tx, "order:3")
        assert _told(tx) == [("released", 1)]
        await inventory.commit_reservation(tx, "order:2")
        assert _told(tx) == [("released", 1)]


async def test_scarcity_at_one_place_is_none_while_another_has_plenty(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 2)
    far = await inventory.create_location(ctx, NewLocation(code="far", name="Far"))
    await put(ctx, [Level(variant_id, far.location_id, 50)])
    async with ctx.transaction() as tx:
        await inventory.reserve_stock(tx, "order:1", [(variant_id, 2)], None)
        assert _told(tx) == []


async def test_a_closed_location_is_told_with_all_that_lies_there(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 1)
    far = await inventory.create_location(ctx, NewLocation(code="far", name="Far"))
    await put(ctx, [Level(variant_id, far.location_id, 3)])
    async with ctx.transaction() as tx:
        await inventory.update_location(ctx, far.location_id, LocationChanges(is_active=False))
        assert _told(tx) == [("location", 1)]


async def test_removed_variants_leave_the_shelves_but_what_is_promised(
    ctx: Context, drain: Any
) -> None:
    tree = await catalog.create_product(ctx, shirt(sizes="S"))
    free, promised = (variant.variant_id for variant in tree.variants)
    await put(ctx, [Level(each, await place(ctx), 4) for each in (free, promised)])
    await allow_backorder(ctx, free)
    await reserve(ctx, "order:1", (promised, 1))
    await catalog.delete_product(ctx, tree.product_id)
    await drain(*ROOM.subscriptions)

    assert await levels_of(ctx, free) == []
    assert await moved(ctx, free) == 0
    kept = (await inventory.availability(ctx, [free]))[free]
    assert kept.allows_backorder, "should it come back, it is counted as before"
    assert await counts(ctx, promised) == (4, 1)


async def test_the_clock_gives_back_what_nobody_came_for(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 1)
    async with ctx.transaction() as tx:
        await inventory.reserve_stock(tx, "order:1", [(variant_id, 1)], ctx.now)
    for schedule in ROOM.schedules:
        await schedule.run(ctx)
    assert await counts(ctx, variant_id) == (1, 0)


async def test_a_short_second_line_is_not_covered_by_a_first_line_in_two_places(
    ctx: Context,
) -> None:
    everywhere, nowhere = await shelve(ctx, 5, 0)
    far = await inventory.create_location(ctx, NewLocation(code="far", name="Far"))
    await put(ctx, [Level(everywhere, far.location_id, 5)])
    with pytest.raises(OutOfStock):
        await reserve(ctx, "order:1", (everywhere, 1), (nowhere, 1))
    assert await counts(ctx, everywhere) == (10, 0)


async def test_the_planner_is_told_of_bulk_work(ctx: Context) -> None:
    variant_ids = await shelve(ctx, *range(50))
    async with ctx.transaction() as tx:
        await inventory.refresh_statistics(tx)
    assert len(await inventory.availability(ctx, variant_ids)) == 50
