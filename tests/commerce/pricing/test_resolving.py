"""Which price counts: one order of precedence, the same by rule, by statement and in words."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import catalog, customers, pricing
from galleria.commerce.customers import NewCustomer, NewCustomerGroup
from galleria.commerce.pricing import AskedPrice, PriceListRow, PriceRow
from galleria.commerce.pricing.model.resolving import Candidate, resolve
from galleria.commerce.pricing.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.pricing.tags import amounts, later, merge, new_list, new_shop, variants
from tests.platform.conftest import acting_with, client_of

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

LISTS = st.lists(
    st.tuples(
        st.sampled_from(["base", "sale", "contract"]),
        st.integers(-1, 1),
        st.booleans(),
        st.booleans(),
        st.dictionaries(st.integers(1, 5), st.integers(0, 3), min_size=1, max_size=3),
    ),
    max_size=6,
)


def chosen_by_hand(candidates: Sequence[Candidate], quantity: int) -> Candidate | None:
    """The rules as a clerk would apply them: strike out, criterion by criterion."""
    left = [each for each in candidates if each.min_quantity <= quantity]
    left = [
        each
        for each in left
        if not any(
            other.price_list_id == each.price_list_id and other.min_quantity > each.min_quantity
            for other in left
        )
    ]
    for kind in ("contract", "sale", "base"):
        if any(each.kind == kind for each in left):
            left = [each for each in left if each.kind == kind]
            break
    left = [each for each in left if each.priority == max(other.priority for other in left)]
    if any(each.is_for_group for each in left):
        left = [each for each in left if each.is_for_group]
    if any(each.is_for_channel for each in left):
        left = [each for each in left if each.is_for_channel]
    left = [each for each in left if each.amount_minor == min(o.amount_minor for o in left)]
    return min(left, key=lambda each: each.price_list_id, default=None)


@given(LISTS, st.integers(1, 6))
def test_the_price_that_counts_is_the_one_a_clerk_would_find(
    lists: list[tuple[str, int, bool, bool, dict[int, int]]], quantity: int
) -> None:
    candidates = [
        Candidate(number, kind, priority, group, channel, True, tier, amount, None, NOON)  # type: ignore[arg-type]
        for number, (kind, priority, group, channel, tiers) in enumerate(lists)
        for tier, amount in tiers.items()
    ]
    assert resolve(candidates, quantity) == chosen_by_hand(candidates, quantity)
    random.Random(1).shuffle(candidates)  # noqa: S311
    assert resolve(candidates, quantity) == chosen_by_hand(candidates, quantity)


async def test_a_contract_goes_before_a_sale_and_a_sale_before_the_base(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    group = await customers.create_group(shop, NewCustomerGroup(code="trade", name="Trade"))
    contract = await new_list(shop, "trade", "contract", customer_group_id=group.customer_group_id)
    sale = await new_list(shop, "summer")
    await merge(
        shop,
        PriceRow(mug, channel, "EUR", 1000),
        PriceListRow(mug, sale, 800, 1000),
        PriceListRow(mug, contract, 900),
    )
    assert await amounts(shop, channel, [mug]) == [800]
    assert await amounts(shop, channel, [mug], 1, group.customer_group_id) == [900]
    assert await amounts(shop, channel, [mug], 1, new_id()) == [800]
    found = await pricing.prices_for(shop, {mug: 1}, channel, "EUR", at=shop.now)
    price = found[mug]
    assert (price.kind, price.compare_at_minor, price.is_reduced) == ("sale", 1000, True)
    assert (price.price_list_id, price.includes_tax, price.since) == (sale, True, shop.now)
    base = await pricing.prices_of(shop, [mug], channel, "EUR")
    assert base[mug].amount_minor == 1000, "what the merchant set is not what a sale makes of it"
    assert await pricing.prices_for(shop, {}, channel, "EUR", at=shop.now) == {}


async def test_more_pieces_cost_less_each_from_the_tier_they_reach(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    await merge(
        shop,
        PriceRow(mug, channel, "EUR", 1000),
        PriceRow(mug, channel, "EUR", 900, None, 10),
        PriceRow(mug, channel, "EUR", 700, None, 100),
    )
    shown = [(await amounts(shop, channel, [mug], each))[0] for each in (1, 9, 10, 99, 100, 999)]
    assert shown == [1000, 1000, 900, 900, 700, 700]


async def test_a_sale_counts_from_its_first_instant_to_before_its_last(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    sale = await new_list(
        shop,
        "summer",
        valid_from=shop.now + timedelta(hours=1),
        valid_until=shop.now + timedelta(hours=2),
    )
    await merge(shop, PriceRow(mug, channel, "EUR", 1000), PriceListRow(mug, sale, 800))
    seen = [
        (await amounts(later(shop, seconds=each), channel, [mug]))[0]
        for each in (0, 3599, 3600, 7199, 7200)
    ]
    assert seen == [1000, 1000, 800, 800, 1000]
    found = await pricing.prices_for(
        shop, {mug: 1}, channel, "EUR", at=shop.now + timedelta(hours=1.5)
    )
    assert found[mug].since == shop.now + timedelta(hours=1), "the reduction began with the sale"


async def test_what_a_statement_finds_is_what_the_explanation_says(ctx: Context) -> None:
    """Random lists, prices and questions: three ways to the same answer."""
    chance = random.Random(11)  # noqa: S311
    shop, channel = await new_shop(ctx)
    wares = await variants(shop, 6)
    groups = [
        (
            await customers.create_group(shop, NewCustomerGroup(code=f"g{each}", name="Group"))
        ).customer_group_id
        for each in range(2)
    ]
    numbers = []
    for number in range(12):
        hours = sorted(chance.sample(range(-3, 4), 2))
        numbers.append(
            await new_list(
                shop,
                f"list-{number}",
                chance.choice(["sale", "contract"]),
                channel=chance.choice([None, "web"]),
                customer_group_id=chance.choice([None, *groups]),
                priority=chance.choice([0, 0, 1]),
                valid_from=chance.choice([None, shop.now + timedelta(hours=hours[0])]),
                valid_until=chance.choice([None, shop.now + timedelta(hours=hours[1])]),
                is_active=chance.random() < 0.8,
            )
        )
    rows: list[PriceRow | PriceListRow] = [
        PriceRow(each, channel, "EUR", chance.randrange(4, 9)) for each in wares[:5]
    ]
    rows += [
        PriceListRow(each, number, chance.randrange(0, 9), None, chance.choice([1, 3, 5]))
        for each in wares
        for number in numbers
        if chance.random() < 0.7
    ]
    await merge(shop, *rows)
    for _ in range(60):
        instant = shop.now + timedelta(hours=chance.randrange(-4, 5))
        asked = AskedPrice(
            quantity=chance.randrange(1, 7),
            customer_group_id=chance.choice([None, *groups]),
            at=instant,
        )
        theirs = [] if asked.customer_group_id is None else [asked.customer_group_id]
        quantities = dict.fromkeys(wares, asked.quantity)
        found = await pricing.prices_for(
            shop, quantities, channel, "EUR", at=instant, customer_group_ids=theirs
        )
        for each in wares:
            told = await pricing.explain_price(shop, each, asked)
            winners = [candidate for candidate in told.candidates if candidate.has_won]
            price = found.get(each)
            assert told.amount_minor == (price.amount_minor if price else None)
            assert [w.price_list_id for w in winners] == ([price.price_list_id] if price else [])
            assert all((c.reason_code == "won") == c.has_won for c in told.candidates)


async def test_an_explanation_says_of_each_price_why_it_does_not_count(
    ctx: Context, another_ctx: Context
) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    group = await customers.create_group(shop, NewCustomerGroup(code="trade", name="Trade"))
    hour = timedelta(hours=1)
    wanted: dict[str, dict[str, object]] = {
        "other_currency": {"currency": "USD"},
        "other_customer_group": {"customer_group_id": group.customer_group_id},
        "not_active": {"is_active": False},
        "not_begun": {"valid_from": shop.now + hour},
        "ended": {"valid_until": shop.now - hour},
        "lower_priority": {},
        "for_all_channels": {"priority": 5},
        "won": {"priority": 5, "channel": "web"},
        "higher_amount": {"priority": 5, "channel": "web"},
        "younger_list": {"priority": 5, "channel": "web"},
    }
    rows: list[PriceRow | PriceListRow] = [PriceRow(mug, channel, "EUR", 100)]
    for code, fields in wanted.items():
        number = await new_list(shop, code.replace("_", "-"), "sale", **fields)
        rows.append(PriceListRow(mug, number, 60 if code == "higher_amount" else 50))
    rows.append(PriceRow(mug, channel, "EUR", 90, None, 10))
    rows.append(PriceRow(mug, channel, "EUR", 95, None, 2))
    await merge(shop, *rows)
    told = await pricing.explain_price(shop, mug, AskedPrice(quantity=5))
    assert told.candidates[0].has_won
    fates = {
        each.code if each.kind == "sale" else f"base from {each.min_quantity}": each.reason_code
        for each in told.candidates
    }
    assert fates == {code.replace("_", "-"): code for code in wanted} | {
        "base from 1": "lower_tier",
        "base from 2": "lower_kind",
        "base from 10": "too_few_pieces",
    }
    assert all(each.reason.endswith(".") for each in told.candidates)
    with pytest.raises(catalog.VariantNotFound):
        await pricing.explain_price(another_ctx, mug, AskedPrice())


async def test_a_second_shop_sees_no_price_of_the_first(ctx: Context, another_ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    await merge(shop, PriceRow(mug, channel, "EUR", 1000))
    assert await pricing.prices_for(another_ctx, {mug: 1}, channel, "EUR", at=another_ctx.now) == {}
    assert (await pricing.list_price_lists(another_ctx)).items == []


async def test_why_this_price_over_http(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    group = await customers.create_group(shop, NewCustomerGroup(code="trade", name="Trade"))
    ana = await customers.create_customer(shop, NewCustomer(email="ana@example.com"))
    await customers.add_members(shop, group.customer_group_id, [ana.customer_id])
    contract = await new_list(shop, "trade", "contract", customer_group_id=group.customer_group_id)
    await merge(shop, PriceRow(mug, channel, "EUR", 1000), PriceListRow(mug, contract, 900))
    reader = acting_with(shop, "prices:read", "customers:read")
    async with client_of(ROOM.routes, reader) as client:
        path = f"/admin/v1/prices/explain?variant_id={mug}"
        told = (await client.get(f"{path}&customer_id={ana.customer_id}")).json()
        assert told["amount_minor"] == 900
        assert [each["reason_code"] for each in told["candidates"]] == ["won", "lower_kind"]
        told = (await client.get(f"{path}&at=2020-01-01T00:00:00")).json()
        assert (told["amount_minor"], told["at"]) == (1000, "2020-01-01T00:00:00Z")
        unknown = await client.get(f"/admin/v1/prices/explain?variant_id={UUID(int=5)}")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "variant_not_found")
        assert (await client.get(f"{path}&quantity=0")).status_code in (400, 422)
        assert (await client.get(f"{path}&at=0001-01-01T00:00:00")).status_code == 422
    async with client_of(ROOM.routes, acting_with(shop, "prices:read")) as client:
        assert (await client.get(path)).status_code == 403
