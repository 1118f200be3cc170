"""Deliveries, terms of sale, and what is low."""

import asyncio
from datetime import date
from typing import Any

import pytest

from galleria.commerce import catalog, inventory
from galleria.commerce.inventory import (
    Availability,
    IncomingClosed,
    IncomingExceeded,
    IncomingNotFound,
    InvalidPolicy,
    Level,
    LocationChanges,
    NewIncoming,
    NewLocation,
    Policy,
    StockLow,
    StockPolicy,
    StockTooLow,
)
from galleria.commerce.inventory.repository import weighing
from galleria.commerce.inventory.service import watching
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from tests.commerce.inventory.shelves import (
    adjust,
    commit,
    counts,
    on_terms,
    place,
    put,
    release,
    reserve,
    sellable_variants,
)


async def test_a_delivery_comes_in_parts_and_each_leaves_its_movement(ctx: Context) -> None:
    (mug,) = await sellable_variants(ctx, 1)
    soon, late = date(2027, 1, 2), date(2027, 3, 4)
    first = await inventory.expect_incoming(
        ctx, NewIncoming(variant_id=mug, quantity=10, expected_on=late, reference="PO 7")
    )
    await inventory.expect_incoming(ctx, NewIncoming(variant_id=mug, quantity=5, expected_on=soon))
    there = (await inventory.availability(ctx, [mug]))[mug]
    assert (there.incoming, there.incoming_on, there.available) == (15, soon, 0)

    part = await inventory.receive_incoming(ctx, first.incoming_id, 4)
    assert (part.received, part.state) == (4, "open")
    with pytest.raises(IncomingExceeded):
        await inventory.receive_incoming(ctx, first.incoming_id, 7)
    rest = await inventory.receive_incoming(ctx, first.incoming_id)
    assert (rest.received, rest.state) == (10, "received")
    with pytest.raises(IncomingClosed):
        await inventory.receive_incoming(ctx, first.incoming_id)
    with pytest.raises(IncomingClosed):
        await inventory.cancel_incoming(ctx, first.incoming_id)
    moves = (await inventory.list_movements(ctx, mug)).items
    assert [(each.delta, each.reason, each.reference) for each in moves] == [
        (6, "received", "PO 7"),
        (4, "received", "PO 7"),
    ]
    (open_one,) = (await inventory.list_incoming(ctx, mug)).items
    for _ in range(2):
        gone = await inventory.cancel_incoming(ctx, open_one.incoming_id)
        assert gone.state == "cancelled"
    there = (await inventory.availability(ctx, [mug]))[mug]
    assert (there.incoming, there.incoming_on, there.available) == (0, None, 10)


async def test_two_who_take_in_the_same_delivery_put_it_on_the_shelf_once(ctx: Context) -> None:
    (mug,) = await sellable_variants(ctx, 1)
    expected = await inventory.expect_incoming(ctx, NewIncoming(variant_id=mug, quantity=3))
    answers = await asyncio.gather(
        *(inventory.receive_incoming(ctx, expected.incoming_id) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, IncomingClosed) for each in answers) == 3
    assert await counts(ctx, mug) == (3, 0)


async def test_no_more_comes_than_a_shelf_can_say(ctx: Context) -> None:
    (mug,) = await sellable_variants(ctx, 1)
    await put(ctx, [Level(mug, await place(ctx), 2**31 - 1)])
    expected = await inventory.expect_incoming(ctx, NewIncoming(variant_id=mug, quantity=1))
    with pytest.raises(StockTooLow):
        await inventory.receive_incoming(ctx, expected.incoming_id)


async def test_deliveries_are_listed_in_pages_and_to_their_own_shop(
    ctx: Context, another_ctx: Context
) -> None:
    mug, bowl = await sellable_variants(ctx, 2)
    wanted = [NewIncoming(variant_id=each, quantity=1) for each in (mug, bowl, mug)]
    made = [await inventory.expect_incoming(ctx, each) for each in wanted]
    seen, cursor = [], None
    while True:
        page = await inventory.list_incoming(ctx, cursor=cursor, limit=2)
        seen += [each.incoming_id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [each.incoming_id for each in made]
    assert len((await inventory.list_incoming(ctx, mug)).items) == 2

    assert (await inventory.list_incoming(another_ctx)).items == []
    for verb in (inventory.receive_incoming, inventory.cancel_incoming):
        with pytest.raises(IncomingNotFound):
            await verb(another_ctx, made[0].incoming_id)
    with pytest.raises(catalog.VariantNotFound):
        await inventory.expect_incoming(another_ctx, wanted[0])


@pytest.mark.parametrize(
    ("fields", "offer", "sellable"),
    [
        ({"available": 2}, "in_stock", 2),
        ({"available": 0}, "sold_out", 0),
        ({"available": 0, "is_tracked": False}, "in_stock", None),
        ({"available": 0, "selling": "backorder"}, "backorder", None),
        ({"available": 3, "selling": "preorder", "promise_limit": 2}, "in_stock", 5),
        ({"available": 0, "selling": "preorder", "promise_limit": 2, "ahead": 1}, "preorder", 1),
        ({"available": 0, "selling": "preorder", "promise_limit": 2, "ahead": 3}, "sold_out", 0),
    ],
)
def test_a_shopper_is_told_what_can_be_had(
    fields: dict[str, Any], offer: str, sellable: int | None
) -> None:
    usual = {"is_tracked": True, "allows_backorder": fields.get("selling", "deny") != "deny"}
    there = Availability(**{**usual, **fields})
    assert (there.offer, there.sellable) == (offer, sellable)
    assert there.covers(1) == (sellable is None or sellable >= 1)


async def test_terms_are_laid_over_those_before_and_the_usual_ones_are_no_row(
    ctx: Context, another_ctx: Context
) -> None:
    (mug,) = await sellable_variants(ctx, 1)
    day = date(2027, 5, 1)
    full = await on_terms(ctx, mug, selling="preorder", available_on=day, promise_limit=9, low_at=3)
    assert (full.selling, full.allows_backorder, full.available_on) == ("preorder", True, day)
    there = (await inventory.availability(ctx, [mug]))[mug]
    assert (there.offer, there.available_on, there.sellable) == ("preorder", day, 9)

    # A file that knows only yes and no leaves a preorder as it is.
    async with ctx.transaction() as tx:
        said = [Policy(variant_id=mug, allows_backorder=True)]
        assert await inventory.set_policies(tx, said) == []
    back = await on_terms(ctx, mug, selling="backorder")
    assert (back.available_on, back.promise_limit, back.low_at) == (None, 9, 3)
    off = await on_terms(ctx, mug)
    assert (off.selling, off.promise_limit, off.low_at) == ("deny", None, 3)
    await on_terms(ctx, mug, low_at=None)
    rows = await ctx.read("SELECT 1 FROM inventory.variant_policy WHERE tenant_id = $1")
    assert rows == []
    assert (await inventory.terms_of(another_ctx, [mug]))[mug].is_usual


@pytest.mark.parametrize(
    "terms",
    [
        {"available_on": date(2027, 1, 1)},
        {"promise_limit": 3},
        {"selling": "deny", "promise_limit": 0},
    ],
)
async def test_terms_that_contradict_each_other_are_refused(
    ctx: Context, terms: dict[str, Any]
) -> None:
    (mug,) = await sellable_variants(ctx, 1)
    with pytest.raises(InvalidPolicy):
        await on_terms(ctx, mug, **terms)


def _low(tx: Transaction) -> list[Any]:
    return [v for event in tx._events if isinstance(event, StockLow) for v in event.variant_ids]


async def low_now(ctx: Context) -> list[Any]:
    """The variants on the list of what is low."""
    return [each.variant_id for each in (await inventory.list_stock(ctx, only_low=True)).items]


async def test_what_becomes_low_is_told_once_until_it_was_not(ctx: Context) -> None:
    (mug,) = await sellable_variants(ctx, 1)
    await put(ctx, [Level(mug, await place(ctx), 20)])
    await inventory.set_low_stock_at(ctx, 10)
    told = []
    for number, quantity in enumerate((9, 1, 1)):
        async with ctx.transaction() as tx:
            await inventory.reserve_stock(tx, f"order:{number}", [(mug, quantity)], None)
            told.append(_low(tx))
    # 11 left, then 10, then 9.
    assert told == [[], [mug], []]
    assert await low_now(ctx) == [mug]
    await commit(ctx, "order:0")
    assert await low_now(ctx) == [mug]
    await release(ctx, "order:1")
    assert await low_now(ctx) == [mug]
    await release(ctx, "order:2")
    assert await low_now(ctx) == []
    async with ctx.transaction() as tx:
        (answer,) = await inventory.reserve_many(
            tx, [inventory.ReservationRequest("order:3", [(mug, 1)])]
        )
        assert not isinstance(answer, Exception)
        assert _low(tx) == [mug]


async def test_a_variant_may_have_its_own_number_and_a_shop_none(
    ctx: Context, another_ctx: Context
) -> None:
    own, usual, uncounted = await sellable_variants(ctx, 3)
    where = await place(ctx)
    await put(ctx, [Level(each, where, 4) for each in (own, usual, uncounted)])
    await inventory.set_policy(ctx, uncounted, StockPolicy(is_tracked=False))
    assert await low_now(ctx) == []
    await on_terms(ctx, own, low_at=4)
    assert await low_now(ctx) == [own]
    await inventory.set_low_stock_at(ctx, 4)
    assert await inventory.low_stock_at(ctx) == 4
    assert await low_now(ctx) == sorted([own, usual])
    await on_terms(ctx, own, low_at=3)
    assert await low_now(ctx) == [usual]
    await inventory.set_low_stock_at(ctx, None)
    assert await low_now(ctx) == []
    assert await inventory.low_stock_at(another_ctx) is None


async def test_a_long_list_follows_a_new_number_by_and_by(
    ctx: Context,
) -> None:
    ids, where = [new_id() for _ in range(watching.SWEPT_AT_ONCE + 3)], await place(ctx)
    await put(ctx, [Level(each, where, 1) for each in ids])
    await inventory.set_low_stock_at(ctx, 1)

    async def count() -> int:
        return len((await inventory.list_stock(ctx, only_low=True, limit=9_999)).items)

    assert await count() == watching.SWEPT_AT_ONCE
    await inventory.sweep_low(ctx)
    assert await count() == len(ids)
    async with ctx.transaction() as tx:
        assert await weighing.lock_sweep(tx) is None


async def test_two_places_emptied_at_once_are_weighed_together(ctx: Context) -> None:
    (mug,) = await sellable_variants(ctx, 1)
    near = await place(ctx)
    far = (await inventory.create_location(ctx, NewLocation(code="far", name="Far"))).location_id
    await inventory.set_low_stock_at(ctx, 5)
    for _ in range(6):
        await put(ctx, [Level(mug, near, 4), Level(mug, far, 4)])
        assert await low_now(ctx) == []
        await asyncio.gather(adjust(ctx, mug, near, -2), adjust(ctx, mug, far, -2))
        assert len(await low_now(ctx)) == 2, "two shelves of the one variant"
    await reserve(ctx, "order:1", (mug, 1))
    await inventory.update_location(ctx, far, LocationChanges(is_active=False))
    assert (await inventory.availability(ctx, [mug]))[mug].available == 1


async def test_pages_of_what_is_low_go_by_place_too(ctx: Context) -> None:
    ids = await sellable_variants(ctx, 3)
    near = await place(ctx)
    far = (await inventory.create_location(ctx, NewLocation(code="far", name="Far"))).location_id
    await inventory.set_low_stock_at(ctx, 9)
    await put(ctx, [Level(each, place_id, 1) for each in ids for place_id in (near, far)])
    for location_id, count in ((None, 6), (far, 3)):
        seen, cursor = 0, None
        while True:
            page = await inventory.list_stock(
                ctx, location_id=location_id, cursor=cursor, limit=2, only_low=True
            )
            seen += len(page.items)
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == count


async def test_deliveries_that_came_or_were_cancelled_are_listed_newest_first(
    ctx: Context,
) -> None:
    (mug,) = await sellable_variants(ctx, 1)
    wanted = inventory.NewIncoming(variant_id=mug, quantity=2)
    first, second, third, still = [await inventory.expect_incoming(ctx, wanted) for _ in range(4)]
    await inventory.receive_incoming(ctx, first.incoming_id)
    await inventory.receive_incoming(ctx, second.incoming_id)
    await inventory.cancel_incoming(ctx, third.incoming_id)
    page = await inventory.list_incoming(ctx, state="received", limit=1)
    rest = await inventory.list_incoming(ctx, None, page.next_cursor, 1, state="received")
    came = [each.incoming_id for each in [*page.items, *rest.items]]
    assert came == [second.incoming_id, first.incoming_id]
    (gone,) = (await inventory.list_incoming(ctx, state="cancelled")).items
    assert gone.incoming_id == third.incoming_id
    (waited,) = (await inventory.list_incoming(ctx)).items
    assert waited.incoming_id == still.incoming_id
