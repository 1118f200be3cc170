"""What was charged before is remembered, and the lowest of it is what the law asks for."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import pricing
from galleria.commerce.pricing import NamedPrice, PriceListChanges, PriceListRow, PriceRow
from galleria.commerce.pricing.model.history import (
    Applied,
    Stretch,
    applied_stretches,
    lowest_between,
)
from galleria.commerce.pricing.model.lists import PriceList, Term
from galleria.commerce.pricing.model.resolving import Candidate
from galleria.commerce.pricing.room import ROOM
from galleria.engines.context import Context
from tests.commerce.pricing.tags import amounts, at, later, merge, new_list, new_shop, variants
from tests.commerce.pricing.test_resolving import chosen_by_hand
from tests.platform.conftest import acting_with, client_of

DAWN = datetime(2026, 6, 1, tzinfo=UTC)


def hour(number: int) -> datetime:
    return DAWN + timedelta(hours=number)


STRETCHES = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from(["base", "sale"]),
        st.integers(0, 9),
        st.integers(0, 20),
        st.one_of(st.none(), st.integers(1, 21)),
    ),
    max_size=8,
)


@given(STRETCHES, st.integers(0, 20), st.integers(1, 10))
def test_the_lowest_is_that_of_looking_every_hour(
    stretches: list[tuple[int, str, int, int, int | None]], start: int, hours: int
) -> None:
    applied = [
        Applied(
            Candidate(number, kind, 0, False, True, True, 1, amount, None, hour(since)),  # type: ignore[arg-type]
            hour(since),
            None if until is None else hour(until),
        )
        for number, kind, amount, since, until in stretches
    ]
    seen = []
    for number in range(start, start + hours):
        now = hour(number)
        counting = [
            each.candidate
            for each in applied
            if each.since <= now and (each.until is None or now < each.until)
        ]
        best = chosen_by_hand(counting, 1)
        if best is not None:
            seen.append(best.amount_minor)
    assert lowest_between(applied, hour(start), hour(start + hours)) == min(seen, default=None)


def test_a_list_counts_only_within_its_terms() -> None:
    price_list = PriceList(
        price_list_id=1,
        code="summer",
        name="Summer",
        channel_id=None,
        customer_group_id=None,
        currency="EUR",
        kind="sale",
        priority=0,
        valid_from=hour(10),
        valid_until=hour(12),
        includes_tax=True,
        is_active=True,
        terms_since=hour(8),
        counts_since=hour(10),
        version=1,
        created_at=hour(0),
        updated_at=hour(8),
    )
    past = [Term(hour(1), hour(3), 0)]
    applied = applied_stretches(price_list, past, [Stretch(1, 500, hour(2), None)])
    assert [(each.since, each.until) for each in applied] == [
        (hour(2), hour(3)),
        (hour(10), hour(12)),
    ]


async def history(ctx: Context, variant_id: UUID) -> list[tuple[int, datetime, datetime]]:
    page = await pricing.list_price_changes(ctx, variant_id)
    return [(each.amount_minor, each.since, each.until) for each in page.items]


async def test_a_first_price_leaves_no_history_and_a_change_leaves_its_interval(
    ctx: Context,
) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    await merge(shop, PriceRow(mug, channel, "EUR", 100))
    assert await history(shop, mug) == []
    second, third = later(shop, hours=1), later(shop, hours=2)
    await merge(second, PriceRow(mug, channel, "EUR", 90))
    await merge(second, PriceRow(mug, channel, "EUR", 90, 120))
    assert await history(shop, mug) == [(100, shop.now, second.now)], "an amount, not its saving"
    await merge(third, PriceRow(mug, channel, "EUR", 80))
    assert await history(shop, mug) == [
        (90, second.now, third.now),
        (100, shop.now, second.now),
    ]
    await merge(third, PriceRow(mug, channel, "EUR", 70))
    assert len(await history(shop, mug)) == 2, "what counted for no instant was never charged"


async def test_a_price_taken_away_is_remembered(ctx: Context, another_ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    await merge(shop, PriceRow(mug, channel, "EUR", 100))
    base = (await pricing.list_price_lists(shop)).items[0]
    named = NamedPrice(variant_id=mug, price_list_id=base.price_list_id)
    assert await pricing.remove_prices(another_ctx, [named]) == []
    gone = later(shop, hours=1)
    assert await pricing.remove_prices(gone, [named]) == [mug]
    assert await pricing.remove_prices(gone, [named]) == []
    assert await amounts(gone, channel, [mug]) == [None]
    assert await history(shop, mug) == [(100, shop.now, gone.now)]
    assert await history(another_ctx, mug) == []
    found = await pricing.lowest_in_days(gone, [mug], channel, "EUR", before=gone.now)
    assert found == {mug: 100}


async def test_the_lowest_of_thirty_days_is_what_shoppers_saw(ctx: Context) -> None:
    """A random half year of a shop, looked at every day: what was seen is what must be said."""
    chance = random.Random(5)  # noqa: S311
    shop, channel = await new_shop(ctx)
    wares = await variants(shop, 3)
    start = shop.now
    lists = [
        await new_list(shop, "all-channels"),
        await new_list(shop, "web-only", channel="web", priority=1),
    ]
    seen: dict[UUID, dict[int, int]] = {each: {} for each in wares}
    for day in range(180):
        now = at(shop, start + timedelta(days=day))
        for _ in range(chance.randrange(3)):
            await _something_happens(chance, now, channel, wares, lists)
        for each, amount in zip(wares, await amounts(now, channel, wares), strict=True):
            if amount is not None:
                seen[each][day] = amount
        days = chance.choice([7, 30])
        found = await pricing.lowest_in_days(now, wares, channel, "EUR", days, before=now.now)
        expected = {
            each: min(shown)
            for each in wares
            if (shown := [seen[each][d] for d in range(day - days, day) if d in seen[each]])
        }
        assert found == expected, f"on day {day}"


async def _something_happens(
    chance: random.Random, now: Context, channel: UUID, wares: list[UUID], lists: list[int]
) -> None:
    what, number = chance.randrange(6), chance.choice(lists)
    variant_id = chance.choice(wares)
    if what <= 1:
        await merge(now, PriceRow(variant_id, channel, "EUR", chance.randrange(50, 100)))
    elif what == 2:
        await merge(now, PriceListRow(variant_id, number, chance.randrange(10, 60)))
    elif what == 3:
        named = NamedPrice(variant_id=variant_id, price_list_id=number)
        await pricing.remove_prices(now, [named])
    elif what == 4:
        changes = PriceListChanges(
            is_active=chance.random() < 0.7, priority=chance.choice([0, 1, 2])
        )
        await pricing.update_list(now, number, changes)
    else:
        first = now.now + timedelta(days=chance.randrange(-5, 10))
        changes = PriceListChanges(
            valid_from=chance.choice([None, first]),
            valid_until=chance.choice([None, first + timedelta(days=chance.randrange(1, 9))]),
        )
        await pricing.update_list(now, number, changes)


async def test_each_variant_has_a_reduction_of_its_own(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    early, late = await variants(shop, 2)
    for variant_id in (early, late):
        await merge(shop, PriceRow(variant_id, channel, "EUR", 500))
        await merge(later(shop, days=10), PriceRow(variant_id, channel, "EUR", 400))
        await merge(later(shop, days=20), PriceRow(variant_id, channel, "EUR", 300))
    starts = {early: shop.now + timedelta(days=10), late: shop.now + timedelta(days=20)}
    found = await pricing.lowest_in_days(shop, [early, late], channel, "EUR", before=starts)
    assert found == {early: 500, late: 400}
    first = await pricing.lowest_in_days(shop, [early], channel, "EUR", before=shop.now)
    assert first == {}, "before its first price it cost nothing"


async def test_history_over_http_comes_in_pages(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    for number in range(6):
        await merge(later(shop, hours=number), PriceRow(mug, channel, "EUR", 100 + number))
    shown, cursor = [], None
    async with client_of(ROOM.routes, acting_with(shop, "prices:read")) as client:
        while True:
            query = {"filter[variant_id]": str(mug), "limit": "2"}
            if cursor:
                query["cursor"] = cursor
            page = (await client.get("/admin/v1/prices/history", params=query)).json()
            shown += [each["amount_minor"] for each in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    assert shown == [104, 103, 102, 101, 100]
