"""Orders made elsewhere are history: found with the others, and never worked at."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from galleria.commerce import customers, orders
from galleria.commerce.orders import (
    OrderFilter,
    OrderNotFound,
    PastLineDraft,
    PastOrderDraft,
    PastPlace,
)
from galleria.engines.context import Context
from tests.commerce.orders.buying import buy

PLACED = datetime(2024, 3, 1, 9, 15, tzinfo=UTC)


def past(number: str = "#1001", **fields: Any) -> PastOrderDraft:
    """An order of two towels at 12.50, tax and shipping on top."""
    whole: dict[str, Any] = {
        "number": number,
        "external_ref": "5001",
        "email": "Ana@example.com",
        "currency": "EUR",
        "placed_at": PLACED,
        "financial_status": "paid",
        "fulfillment_status": "fulfilled",
        "subtotal_minor": 2500,
        "shipping_minor": 490,
        "tax_minor": 399,
        "total_minor": 3389,
        "billing": PastPlace(name="Ana Lindqvist", city="Malmö", country="SE"),
        "lines": [PastLineDraft(title="Tea Towel", quantity=2, price_minor=1250, sku="TT-G")],
    }
    return PastOrderDraft(**{**whole, **fields})


async def merge(ctx: Context, *drafts: PastOrderDraft, source: str = "shopify") -> list[str]:
    async with ctx.transaction() as tx:
        merged = await orders.merge_past_orders(tx, source, drafts)
    return [each.code or each.outcome for each in merged]


async def listed(ctx: Context, **wanted: Any) -> list[orders.OrderSummary]:
    return (await orders.list_orders(ctx, OrderFilter(**wanted), limit=100)).items


async def test_an_order_of_the_past_is_kept_as_it_was(ctx: Context) -> None:
    assert await merge(ctx, past()) == ["created"]
    (line,) = await listed(ctx)
    assert (line.number, line.source, line.status) == ("1001", "shopify", "completed")
    assert (line.total.amount_minor, line.item_count, line.placed_at) == (3389, 2, PLACED)

    order = await orders.get_past_order(ctx, line.order_id)
    assert (order.tax.amount_minor, order.shipping.amount_minor) == (399, 490)
    assert order.details.lines == past().lines
    assert order.details.billing == past().billing
    assert (order.payment_status, order.fulfillment_status) == ("captured", "fulfilled")


async def test_the_same_again_changes_nothing_and_another_replaces_it(ctx: Context) -> None:
    await merge(ctx, past())
    (before,) = await listed(ctx)
    assert await merge(ctx, past()) == ["unchanged"]
    refunded = past(financial_status="refunded", refunded_minor=3389)
    assert await merge(ctx, refunded, past("#1002")) == ["changed", "created"]
    after = {each.number: each for each in await listed(ctx)}
    assert after["1001"].order_id == before.order_id
    assert (after["1001"].status, after["1001"].refunded.amount_minor) == ("refunded", 3389)


async def test_a_number_belongs_to_its_source(ctx: Context) -> None:
    assert await merge(ctx, past()) == ["created"]
    assert await merge(ctx, past(), source="woocommerce") == ["created"]
    assert len(await listed(ctx)) == 2


async def test_the_customer_is_found_or_made_by_the_address(ctx: Context) -> None:
    async with ctx.transaction() as tx:
        known = await customers.ensure_customer(tx, "ana@example.com", "Ana", "en")
    nobody, odd = past("3", email=""), past("4", email="no address")
    await merge(ctx, past("1"), past("2", email="ben@example.org"), nobody, odd)
    found = {each.number: each.customer_id for each in await listed(ctx)}
    assert found["1"] == known.customer_id
    assert found["2"] is not None
    assert found["3"] is found["4"] is None
    assert [each.number for each in await listed(ctx, customer_id=known.customer_id)] == ["1"]
    assert (await customers.get_customer(ctx, known.customer_id)).name == "Ana"


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"number": "#"}, ["missing_key"]),
        ({"placed_at": datetime.now(UTC) + timedelta(days=3)}, ["invalid_date"]),
    ],
)
async def test_what_is_no_order_of_the_past_is_refused(
    ctx: Context, fields: dict[str, Any], codes: list[str]
) -> None:
    assert await merge(ctx, past(**fields)) == codes
    assert await listed(ctx) == []


async def test_a_number_that_comes_twice_is_refused_once(ctx: Context) -> None:
    assert await merge(ctx, past(), past("1001")) == ["created", "duplicate_order"]


async def test_they_stand_among_the_others_by_the_time_they_were_placed(ctx: Context) -> None:
    days = [past(str(n), placed_at=PLACED + timedelta(days=n)) for n in range(7)]
    await merge(ctx, *reversed(days))
    seen: list[str | None] = []
    cursor = None
    while True:
        page = await orders.list_orders(ctx, OrderFilter(), cursor, limit=3)
        seen += [each.number for each in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


async def test_an_order_from_before_there_were_computers_has_its_place(ctx: Context) -> None:
    old = past("old", placed_at=datetime(1931, 5, 1, tzinfo=UTC))
    assert await merge(ctx, old, past()) == ["created", "created"]
    assert [each.number for each in await listed(ctx)] == ["1001", "old"]


async def test_our_own_and_theirs_are_told_apart(shop: Context) -> None:
    own = await buy(shop)
    assert own.number is not None
    await merge(shop, past(own.number), past("2", cancelled_at=PLACED))
    assert [each.source for each in await listed(shop)] == [None, "shopify", "shopify"]
    assert [each.source for each in await listed(shop, is_past=False)] == [None]
    assert [each.number for each in await listed(shop, status="cancelled")] == ["2"]
    assert len(await listed(shop, is_past=True, email="ana@")) == 2
    with pytest.raises(OrderNotFound):
        await orders.get_past_order(shop, own.order_id)


async def test_another_shop_sees_none_of_them(ctx: Context, another_ctx: Context) -> None:
    await merge(ctx, past())
    (line,) = await listed(ctx)
    assert await listed(another_ctx) == []
    with pytest.raises(OrderNotFound):
        await orders.get_past_order(another_ctx, line.order_id)
