"""Many who want the same: decided in order, all or nothing each, and never more than there is."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import inventory
from galleria.commerce.inventory import (
    InvalidLevel,
    Level,
    NewLocation,
    OutOfStock,
    ReservationRequest,
    StockChanged,
)
from galleria.commerce.inventory.model.promising import Goods, Shelf, decide
from galleria.engines.context import Context
from galleria.engines.sql import Database
from galleria.engines.sql.cells import Cells
from galleria.foundation.ids import new_id
from tests.commerce.inventory.shelves import (
    commit,
    counts,
    on_terms,
    place,
    put,
    reserve,
    sellable_variants,
    shelve,
    untrack,
)

ONE = UUID(int=1)


async def many(ctx: Context, *requests: ReservationRequest) -> list[Any]:
    """The requests decided together and kept."""
    async with ctx.transaction() as tx:
        return list(await inventory.reserve_many(tx, requests))


def wish(number: int, *lines: tuple[UUID, int]) -> ReservationRequest:
    """The lines for an order."""
    return ReservationRequest(f"order:{number}", lines)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 8)), min_size=1, max_size=4),
    st.lists(st.integers(1, 9), max_size=6),
    st.none() | st.integers(0, 5),
)
def test_what_is_given_is_what_was_free_and_what_may_be_sold_ahead(
    shelves: list[tuple[int, int]], quantities: list[int], limit: int | None
) -> None:
    placed = [Shelf(number, stock, reserved) for number, (stock, reserved) in enumerate(shelves)]
    goods = Goods(shelves=placed)
    if limit is not None:
        goods.selling, goods.promise_limit = "backorder", limit
    for quantity in quantities:
        before, free = goods.sellable, goods.free
        promised = sum(shelf.reserved for shelf in placed)
        parts, short = decide({ONE: quantity}, {ONE: goods})
        assert bool(short) == (quantity > before)
        given_now = sum(part.quantity for part in parts)
        assert given_now == (0 if short else quantity)
        assert sum(shelf.reserved for shelf in placed) == promised + given_now
        assert goods.free == max(0, free - given_now)
        assert all(part.quantity > 0 for part in parts)


async def test_an_earlier_request_is_served_first_and_one_that_fails_takes_nothing(
    ctx: Context,
) -> None:
    hot, other = await shelve(ctx, 5, 5)
    first, second, third, fourth = await many(
        ctx,
        wish(1, (hot, 3)),
        wish(2, (other, 1), (hot, 3)),
        wish(3, (hot, 2)),
        wish(4, (other, 1), (hot, 1)),
    )
    assert [each.quantity for each in first] == [3]
    assert isinstance(second, OutOfStock)
    assert second.errors[0].message == f"3 of {hot} wanted, 2 available"
    assert [each.quantity for each in third] == [2]
    assert isinstance(fourth, OutOfStock)
    assert (await counts(ctx, hot), await counts(ctx, other)) == ((5, 5), (5, 0))
    assert [each.committed for each in await commit(ctx, "order:1")] == [3]


async def test_requests_for_nothing_and_for_what_nobody_counts_are_granted(ctx: Context) -> None:
    uncounted, unknown = new_id(), new_id()
    await untrack(ctx, uncounted)
    nothing, all_of_it, none = await many(
        ctx, wish(1), wish(2, (uncounted, 7)), wish(3, (unknown, 1))
    )
    assert nothing == []
    assert [(each.location_id, each.quantity) for each in all_of_it] == [(None, 7)]
    assert isinstance(none, OutOfStock)


async def test_one_request_that_cannot_be_spoils_the_batch(ctx: Context) -> None:
    (hot,) = await shelve(ctx, 5)
    with pytest.raises(InvalidLevel):
        await many(ctx, wish(1, (hot, 1)), wish(2, (hot, 0)))
    assert await counts(ctx, hot) == (5, 0)


async def test_a_batch_takes_from_several_places_as_one_by_one_would(ctx: Context) -> None:
    (hot,) = await shelve(ctx, 3)
    near = await place(ctx)
    far = (await inventory.create_location(ctx, NewLocation(code="far", name="Far"))).location_id
    await put(ctx, [Level(hot, far, 4)])
    answers = await many(ctx, wish(1, (hot, 4)), wish(2, (hot, 2)), wish(3, (hot, 1)))
    taken = [[(each.location_id, each.quantity) for each in answer] for answer in answers]
    assert taken == [[(far, 4)], [(near, 2)], [(near, 1)]]


async def test_what_is_promised_ahead_stops_at_the_limit_and_at_what_can_be_counted(
    ctx: Context,
) -> None:
    ahead, endless = await sellable_variants(ctx, 2)
    await on_terms(ctx, ahead, selling="backorder", promise_limit=3)
    await on_terms(ctx, endless, selling="backorder")
    await put(ctx, [Level(ahead, await place(ctx), 1)])
    await reserve(ctx, "order:1", (ahead, 4))
    with pytest.raises(OutOfStock) as raised:
        await reserve(ctx, "order:2", (ahead, 1))
    assert raised.value.errors[0].message.endswith("1 of " + f"{ahead} wanted, 0 available")
    await reserve(ctx, "order:3", (endless, 2**31 - 1))
    with pytest.raises(OutOfStock):
        await reserve(ctx, "order:4", (endless, 1))
    assert await counts(ctx, endless) == (0, 2**31 - 1)


async def test_a_limit_that_is_reached_is_told_though_nothing_was_there(ctx: Context) -> None:
    (ahead,) = await sellable_variants(ctx, 1)
    await on_terms(ctx, ahead, selling="preorder", promise_limit=8)
    async with ctx.transaction() as tx:
        await inventory.reserve_stock(tx, "order:1", [(ahead, 2)], None)
        assert not [event for event in tx._events if isinstance(event, StockChanged)]
        await inventory.reserve_stock(tx, "order:2", [(ahead, 6)], None)
        (told,) = [event for event in tx._events if isinstance(event, StockChanged)]
        assert told.variant_ids == [ahead]
    there = (await inventory.availability(ctx, [ahead]))[ahead]
    assert (there.offer, there.ahead, there.covers(1)) == ("sold_out", 8, False)


async def soon(ctx: Context, number: int, *lines: tuple[UUID, int]) -> int:
    """How many pieces of the lines an order got by asking with others."""
    try:
        held = await inventory.reserve_soon(ctx, f"order:{number}", lines, None)
    except OutOfStock:
        return 0
    return sum(each.quantity for each in held)


async def test_of_600_who_come_at_once_for_the_last_hundred_exactly_enough_win(
    ctx: Context,
) -> None:
    (hot,) = await shelve(ctx, 100)
    got = await asyncio.gather(*(soon(ctx, number, (hot, 1)) for number in range(600)))
    assert sum(got) == 100
    # Who came first was served first.
    assert got == [1] * 100 + [0] * 500
    assert await counts(ctx, hot) == (100, 100)


async def test_houses_beside_each_other_promise_no_more_than_there_is(
    ctx: Context, database: Database
) -> None:
    hot, other = await shelve(ctx, 60, 60)
    another_house = await Database.open(database.access)
    try:
        fields = {name: getattr(ctx.engines, name) for name in ctx.engines.__slots__}
        engines = type(ctx.engines)(**{**fields, "sql": Cells({1: another_house})})
        beside = Context(engines, ctx.tenant, ctx.actor, "beside")

        async def alone(number: int) -> int:
            try:
                held = await reserve(beside, f"order:{number}", (other, 1), (hot, 1))
            except OutOfStock:
                return 0
            return len(held)

        got = await asyncio.gather(
            *(soon(ctx, number, (hot, 1), (other, 1)) for number in range(60)),
            *(soon(beside, number, (other, 1), (hot, 1)) for number in range(60, 120)),
            *(alone(number) for number in range(120, 140)),
        )
    finally:
        await another_house.close()
    assert sum(got) == 120
    assert await counts(ctx, hot) == (60, 60)
    assert await counts(ctx, other) == (60, 60)


async def test_one_who_cannot_be_served_does_not_spoil_it_for_those_beside(ctx: Context) -> None:
    (hot,) = await shelve(ctx, 9)
    # No owner has so long a name: the batch fails as a whole, and each is asked by itself.
    answers = await asyncio.gather(
        soon(ctx, 1, (hot, 1)),
        inventory.reserve_soon(ctx, "x" * 201, [(hot, 1)], None),
        soon(ctx, 2, (hot, 1)),
        return_exceptions=True,
    )
    assert [answers[0], answers[2]] == [1, 1]
    assert isinstance(answers[1], AssertionError)
    assert await counts(ctx, hot) == (9, 2)


async def test_who_has_gone_away_takes_nothing(ctx: Context) -> None:
    (hot,) = await shelve(ctx, 9)
    waiting = [asyncio.create_task(soon(ctx, number, (hot, 1))) for number in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await counts(ctx, hot) == (9, 2)


async def test_shops_that_ask_at_once_are_served_apart(ctx: Context, another_ctx: Context) -> None:
    (hot,) = await shelve(ctx, 2)
    mine, theirs = await asyncio.gather(soon(ctx, 1, (hot, 2)), soon(another_ctx, 1, (hot, 1)))
    assert (mine, theirs) == (2, 0)
    assert isinstance((await many(another_ctx, wish(1, (hot, 1))))[0], OutOfStock)
