"""Promises about goods: all or nothing, never more than there is, each step safe to repeat."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from galleria.commerce import inventory
from galleria.commerce.inventory import InvalidLevel, Level, OutOfStock, ReservationLost
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
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
    restock,
    shelve,
    untrack,
)


async def test_what_is_reserved_is_no_longer_available(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 5)
    (held,) = await reserve(ctx, "order:1", (variant_id, 3))

    assert (held.quantity, held.state, held.owner_ref) == (3, "held", "order:1")
    assert await counts(ctx, variant_id) == (5, 3)
    assert (await inventory.availability(ctx, [variant_id]))[variant_id].available == 2


async def test_one_short_line_leaves_all_the_others_free(ctx: Context) -> None:
    plenty, few = await shelve(ctx, 10, 1)
    with pytest.raises(OutOfStock) as raised:
        await reserve(ctx, "order:1", (plenty, 4), (few, 2))

    (error,) = raised.value.errors
    assert (error.path, error.code) == ("lines[1].quantity", "out_of_stock")
    assert error.message == f"2 of {few} wanted, 1 available"
    assert await counts(ctx, plenty) == (10, 0)


async def test_every_short_line_is_named_in_the_order_of_the_lines(ctx: Context) -> None:
    first, second = await shelve(ctx, 0, 0)
    with pytest.raises(OutOfStock) as raised:
        await reserve(ctx, "order:1", (second, 1), (new_id(), 1), (first, 1))
    paths = [error.path for error in raised.value.errors]
    assert paths == [f"lines[{line}].quantity" for line in range(3)]


async def test_lines_of_the_same_variant_count_together(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 3)
    with pytest.raises(OutOfStock):
        await reserve(ctx, "order:1", (variant_id, 2), (variant_id, 2))
    (held,) = await reserve(ctx, "order:1", (variant_id, 2), (variant_id, 1))
    assert held.quantity == 3


@pytest.mark.parametrize("quantity", [0, -1, 2**31])
async def test_a_quantity_that_cannot_be_is_refused(ctx: Context, quantity: int) -> None:
    (variant_id,) = await shelve(ctx, 3)
    with pytest.raises(InvalidLevel):
        await reserve(ctx, "order:1", (variant_id, quantity))


async def test_no_lines_hold_nothing(ctx: Context) -> None:
    assert await reserve(ctx, "order:1") == []


async def test_safety_stock_is_not_promised(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 5)
    await _keep_back(ctx, variant_id, 3)
    with pytest.raises(OutOfStock):
        await reserve(ctx, "order:1", (variant_id, 3))
    await reserve(ctx, "order:1", (variant_id, 2))


async def _keep_back(ctx: Context, variant_id: UUID, safety: int) -> None:
    async with ctx.transaction() as tx:
        await tx.execute(
            "UPDATE inventory.stock SET safety = $3 WHERE tenant_id = $1 AND variant_id = $2",
            variant_id,
            safety,
        )


async def test_a_variant_nobody_counts_can_always_be_had(ctx: Context) -> None:
    variant_id = new_id()
    await untrack(ctx, variant_id)
    (held,) = await reserve(ctx, "order:1", (variant_id, 1_000))
    assert held.location_id is None

    (sold,) = await commit(ctx, "order:1")
    assert (sold.state, sold.committed) == ("committed", 1_000)
    assert await levels_of(ctx, variant_id) == []


async def test_the_location_that_has_all_of_a_line_comes_first_else_it_is_split(
    ctx: Context,
) -> None:
    (variant_id,) = await shelve(ctx, 2)
    near = await place(ctx)
    far = await inventory.create_location(ctx, inventory.NewLocation(code="far", name="Far"))
    await put(ctx, [Level(variant_id, far.location_id, 5)])

    (whole,) = await reserve(ctx, "order:1", (variant_id, 4))
    assert whole.location_id == far.location_id

    parts = await reserve(ctx, "order:2", (variant_id, 3))
    assert {part.location_id: part.quantity for part in parts} == {near: 2, far.location_id: 1}


async def test_stock_of_an_inactive_location_is_not_sold(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 0)
    closed = await inventory.create_location(ctx, inventory.NewLocation(code="b", name="B"))
    await put(ctx, [Level(variant_id, closed.location_id, 5)])
    off = inventory.LocationChanges(is_active=False)
    await inventory.update_location(ctx, closed.location_id, off)

    assert (await inventory.availability(ctx, [variant_id]))[variant_id].available == 0
    with pytest.raises(OutOfStock):
        await reserve(ctx, "order:1", (variant_id, 1))


async def test_committing_takes_goods_off_the_shelf_once(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 5)
    await reserve(ctx, "order:1", (variant_id, 3))
    for _ in range(2):
        (sold,) = await commit(ctx, "order:1")
        assert (sold.state, sold.committed) == ("committed", 3)
    assert await counts(ctx, variant_id) == (2, 0)
    assert await moved(ctx, variant_id) == 2

    await release(ctx, "order:1")
    assert await counts(ctx, variant_id) == (2, 0)


async def test_releasing_frees_once_and_leaves_nothing_to_commit(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 5)
    await reserve(ctx, "order:1", (variant_id, 3))
    await reserve(ctx, "order:2", (variant_id, 1))
    for _ in range(2):
        await release(ctx, "order:1")
        assert await counts(ctx, variant_id) == (5, 1)
    with pytest.raises(ReservationLost):
        await commit(ctx, "order:1")


async def test_an_owner_who_holds_nothing_commits_and_releases_nothing(ctx: Context) -> None:
    assert await commit(ctx, "order:none") == []
    await release(ctx, "order:none")


async def test_a_second_reservation_adds_to_what_the_owner_holds(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 5)
    await reserve(ctx, "order:1", (variant_id, 2))
    await reserve(ctx, "order:1", (variant_id, 2))
    assert sum(each.committed for each in await commit(ctx, "order:1")) == 4
    assert await counts(ctx, variant_id) == (1, 0)


async def test_reservations_whose_time_is_over_are_given_back(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 5)
    async with ctx.transaction() as tx:
        soon = ctx.now + timedelta(seconds=30)
        await inventory.reserve_stock(tx, "order:soon", [(variant_id, 2)], soon)
        late = ctx.now + timedelta(hours=1)
        await inventory.reserve_stock(tx, "order:late", [(variant_id, 1)], late)
    assert await inventory.release_expired(ctx) == 0

    later = Context(ctx.engines, ctx.tenant, ctx.actor, "later", now=ctx.now + timedelta(minutes=1))
    assert await inventory.release_expired(later) == 2
    assert await inventory.release_expired(later) == 0
    assert await counts(ctx, variant_id) == (5, 1)


async def test_what_lacks_of_a_backorder_stays_promised_until_it_comes(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 2)
    await allow_backorder(ctx, variant_id)
    await reserve(ctx, "order:1", (variant_id, 5))
    (owed,) = await commit(ctx, "order:1")
    assert (owed.committed, owed.state, owed.expires_at) == (2, "held", None)
    assert await counts(ctx, variant_id) == (0, 3)

    await put(ctx, [Level(variant_id, await place(ctx), 10)])
    (done,) = await commit(ctx, "order:1")
    assert (done.committed, done.state) == (5, "committed")
    assert await counts(ctx, variant_id) == (7, 0)
    assert await moved(ctx, variant_id) == 7


async def test_a_variant_on_backorder_has_a_shelf_to_write_promises_on(ctx: Context) -> None:
    variant_id = new_id()
    await allow_backorder(ctx, variant_id)
    await reserve(ctx, "order:1", (variant_id, 5))
    assert await counts(ctx, variant_id) == (0, 5)
    await release(ctx, "order:1")
    assert await counts(ctx, variant_id) == (0, 0)


async def test_goods_that_come_back_lie_where_they_lay(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 5)
    await reserve(ctx, "order:1", (variant_id, 4))
    await commit(ctx, "order:1")

    await restock(ctx, "order:1", (variant_id, 1))
    assert await counts(ctx, variant_id) == (2, 0)
    await restock(ctx, "order:1", (variant_id, 9))
    assert await counts(ctx, variant_id) == (5, 0)
    assert await moved(ctx, variant_id) == 5


async def test_a_cancelled_backorder_lets_the_promise_go_before_it_brings_goods_back(
    ctx: Context,
) -> None:
    (variant_id,) = await shelve(ctx, 2)
    await allow_backorder(ctx, variant_id)
    await reserve(ctx, "order:1", (variant_id, 5))
    await commit(ctx, "order:1")

    await restock(ctx, "order:1", (variant_id, 4))
    assert await counts(ctx, variant_id) == (1, 0)
    async with ctx.transaction() as tx:
        (left,) = await inventory.reservations_of(tx, "order:1")
    assert (left.quantity, left.committed, left.returned, left.state) == (2, 2, 1, "committed")


async def test_goods_nobody_counted_are_not_counted_when_they_come_back(ctx: Context) -> None:
    variant_id = new_id()
    await untrack(ctx, variant_id)
    await reserve(ctx, "order:1", (variant_id, 2))
    await commit(ctx, "order:1")
    await restock(ctx, "order:1", (variant_id, 2))
    assert await levels_of(ctx, variant_id) == []


async def test_of_64_buyers_of_the_last_ten_exactly_ten_win(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 10)

    async def buy(number: int) -> bool:
        try:
            await reserve(ctx, f"order:{number}", (variant_id, 1))
        except OutOfStock:
            return False
        return True

    won = await asyncio.gather(*(buy(number) for number in range(64)))
    assert sum(won) == 10
    assert await counts(ctx, variant_id) == (10, 10)


async def test_buyers_of_the_same_things_in_any_order_do_not_lock_each_other_out(
    ctx: Context,
) -> None:
    variant_ids = await shelve(ctx, *[200] * 6)

    async def buy(number: int) -> None:
        turned = variant_ids[number % 6 :] + variant_ids[: number % 6]
        chosen = turned if number % 2 else turned[::-1]
        owner = f"order:{number}"
        await reserve(ctx, owner, *((variant_id, 1) for variant_id in chosen))
        await (commit if number % 3 else release)(ctx, owner)

    await asyncio.gather(*(buy(number) for number in range(48)))
    for variant_id in variant_ids:
        assert await counts(ctx, variant_id) == (200 - 32, 0)
        assert await moved(ctx, variant_id) == 200 - 32


async def test_commit_and_release_at_once_leave_one_of_them_true(ctx: Context) -> None:
    (variant_id,) = await shelve(ctx, 100)
    for number in range(10):
        owner = f"order:{number}"
        await reserve(ctx, owner, (variant_id, 1))
        await asyncio.gather(
            commit(ctx, owner), release(ctx, owner), commit(ctx, owner), return_exceptions=True
        )
    on_hand, reserved = await counts(ctx, variant_id)
    assert reserved == 0
    assert on_hand == await moved(ctx, variant_id)


async def test_another_shop_neither_sees_nor_takes_the_goods(
    ctx: Context, another_ctx: Context
) -> None:
    (variant_id,) = await shelve(ctx, 5)
    await reserve(ctx, "order:1", (variant_id, 1))

    assert (await inventory.availability(another_ctx, [variant_id]))[variant_id].available == 0
    assert await levels_of(another_ctx, variant_id) == []
    assert await commit(another_ctx, "order:1") == []
    with pytest.raises(OutOfStock):
        await reserve(another_ctx, "order:1", (variant_id, 1))
    await release(another_ctx, "order:1")
    assert await counts(ctx, variant_id) == (5, 1)
