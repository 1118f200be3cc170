"""Prices merged at once by several hands: none is lost, and history has no gap and no overlap."""

import asyncio
import random
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from galleria.commerce import pricing
from galleria.commerce.pricing import PriceRow
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.pricing.tags import at, later, merge

CHANNEL = UUID(int=7)


def euros(variant_id: UUID, amount_minor: int) -> PriceRow:
    return PriceRow(variant_id, CHANNEL, "EUR", amount_minor)


async def test_many_who_merge_at_once_leave_one_price_and_an_unbroken_history(
    ctx: Context,
) -> None:
    chance = random.Random(3)  # noqa: S311
    wares = [new_id() for _ in range(12)]
    await merge(ctx, euros(wares[0], 1))

    async def one(number: int) -> None:
        # Clocks of several servers, not quite in step with the order of their commits.
        mine = at(ctx, ctx.now + timedelta(seconds=number + chance.randrange(3)))
        chosen = chance.sample(wares, 8)
        async with mine.transaction() as tx:
            await pricing.merge_prices(
                tx, [euros(each, number) for each in chosen], are_new=bool(number % 2)
            )

    await asyncio.gather(*(one(number) for number in range(2, 26)))
    prices = await pricing.prices_of(ctx, wares, CHANNEL, "EUR")
    for each in wares:
        changes = (await pricing.list_price_changes(ctx, each, limit=100)).items
        changes.reverse()
        for before, after in pairwise(changes):
            assert before.since < before.until <= after.since
            assert before.amount_minor != after.amount_minor
        if changes:
            assert changes[-1].until <= prices[each].since
            assert changes[-1].amount_minor != prices[each].amount_minor


@pytest.mark.parametrize("are_new", [True, False, None])
async def test_what_is_said_to_be_new_need_not_be(ctx: Context, are_new: bool | None) -> None:
    known, same, fresh = new_id(), new_id(), new_id()
    await merge(ctx, euros(known, 100), euros(same, 300))
    second = later(ctx, hours=1)
    named = frozenset((known, fresh))
    async with second.transaction() as tx:
        merged = await pricing.merge_prices(
            tx,
            [euros(known, 200), euros(same, 300), euros(fresh, 400)],
            are_new=named if are_new is None else are_new,
        )
    assert (merged.changed, merged.unchanged_count) == (sorted([known, fresh]), 1)
    prices = await pricing.prices_of(ctx, [known, same, fresh], CHANNEL, "EUR")
    assert [prices[each].amount_minor for each in (known, same, fresh)] == [200, 300, 400]
    assert prices[same].since == ctx.now
    (change,) = (await pricing.list_price_changes(ctx, known)).items
    assert (change.amount_minor, change.until, change.actor) == (100, second.now, "system:galleria")
    assert (await pricing.list_price_changes(ctx, fresh)).items == []
