"""Prices: set by people, merged from files, asked for by whoever sells."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import catalog, pricing
from galleria.commerce.pricing import PriceRow, PricesChanged, SetPrice
from galleria.commerce.pricing.events import MAX_IDS, prices_changed
from galleria.commerce.pricing.model.prices import check_price, saving_of
from galleria.commerce.pricing.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import tenants
from tests.commerce.catalog.wares import simple
from tests.commerce.selling import open_shop
from tests.platform.conftest import acting_with, client_of

CHANNEL = UUID(int=7)


async def merge(ctx: Context, *rows: PriceRow) -> pricing.PricesMerged:
    """The rows merged in a transaction of their own."""
    async with ctx.transaction() as tx:
        return await pricing.merge_prices(tx, rows)


def euros(variant_id: UUID, amount_minor: int, compare_at: int | None = None) -> PriceRow:
    """A price in the usual channel."""
    return PriceRow(variant_id, CHANNEL, "EUR", amount_minor, compare_at)


@given(st.integers(-10, 2**60), st.one_of(st.none(), st.integers(-10, 2**60)), st.text(max_size=4))
def test_a_price_is_an_amount_in_a_currency(amount: int, compare_at: int | None, code: str) -> None:
    most = 2**53 - 1
    is_sound = (
        0 <= amount <= most
        and (compare_at is None or 0 <= compare_at <= most)
        and len(code) == 3
        and all("A" <= letter <= "Z" for letter in code)
    )
    row = PriceRow(new_id(), CHANNEL, code, amount, compare_at)
    assert (check_price(row) is None) == is_sound


def test_what_cost_no_more_before_is_no_saving() -> None:
    savings = [saving_of(100, before) for before in (None, 99, 100, 101)]
    assert savings == [None, None, None, 101]


async def test_prices_are_kept_by_channel_and_currency(ctx: Context) -> None:
    variant_id, other_channel = new_id(), new_id()
    await merge(
        ctx,
        euros(variant_id, 1290, 1490),
        PriceRow(variant_id, CHANNEL, "USD", 1500),
        PriceRow(variant_id, other_channel, "EUR", 990),
    )
    (price,) = (await pricing.prices_of(ctx, [variant_id, new_id()], CHANNEL, "EUR")).values()
    assert (price.amount_minor, price.compare_at_minor, price.since) == (1290, 1490, ctx.now)
    there = await pricing.prices_of(ctx, [variant_id], other_channel, "EUR")
    assert there[variant_id].amount_minor == 990


async def test_what_does_not_differ_is_not_written_nor_told(ctx: Context) -> None:
    same, other = new_id(), new_id()
    await merge(ctx, euros(same, 100), euros(other, 200, 300))

    async def rows() -> list[Any]:
        return await ctx.read(
            "SELECT variant_id, ctid::text AS place, xmin::text AS writer, xmax::text AS locker"
            " FROM pricing.price WHERE tenant_id = $1 ORDER BY 1"
        )

    before = await rows()
    async with ctx.transaction() as tx:
        again = await pricing.merge_prices(tx, [euros(same, 100), euros(other, 200, 300)])
        assert tx._events == []
    assert (again.changed, again.unchanged_count) == ([], 2)
    assert await rows() == before

    async with ctx.transaction() as tx:
        merged = await pricing.merge_prices(tx, [euros(same, 100), euros(other, 200)])
        (event,) = tx._events
    assert isinstance(event, PricesChanged)
    assert (merged.changed, event.variant_ids, merged.unchanged_count) == ([other], [other], 1)


async def test_a_price_is_valid_since_its_amount_changed(ctx: Context) -> None:
    variant_id = new_id()
    await merge(ctx, euros(variant_id, 100))
    later = Context(ctx.engines, ctx.tenant, ctx.actor, "later")
    await merge(later, euros(variant_id, 100, 150))
    price = (await pricing.prices_of(ctx, [variant_id], CHANNEL, "EUR"))[variant_id]
    assert (price.since, price.compare_at_minor) == (ctx.now, 150)
    await merge(later, euros(variant_id, 90))
    price = (await pricing.prices_of(ctx, [variant_id], CHANNEL, "EUR"))[variant_id]
    assert (price.since, price.compare_at_minor) == (later.now, None)


async def test_a_row_that_is_no_price_does_not_hinder_the_others(ctx: Context) -> None:
    good = new_id()
    merged = await merge(
        ctx,
        euros(new_id(), -1),
        euros(good, 100),
        PriceRow(new_id(), CHANNEL, "eur", 100),
        euros(new_id(), 100, -1),
        PriceRow(new_id(), CHANNEL, "EURO", 100),
    )
    assert merged.changed == [good]
    assert [(each.index, each.error.path) for each in merged.refused] == [
        (0, "amount_minor"),
        (2, "currency"),
        (3, "compare_at_minor"),
        (4, "currency"),
    ]
    assert (await merge(ctx)).changed == []


async def test_of_rows_for_one_price_the_last_counts(ctx: Context) -> None:
    variant_id = new_id()
    await merge(ctx, euros(variant_id, 100), euros(variant_id, 200))
    prices = await pricing.prices_of(ctx, [variant_id], CHANNEL, "EUR")
    assert prices[variant_id].amount_minor == 200


async def test_prices_come_in_pages(ctx: Context, another_ctx: Context) -> None:
    variant_ids = sorted(new_id() for _ in range(5))
    await merge(ctx, *(euros(each, 100) for each in variant_ids))
    await merge(ctx, *(PriceRow(each, CHANNEL, "USD", 120) for each in variant_ids))
    shown, cursor = [], None
    while True:
        page = await pricing.list_prices(ctx, channel_id=CHANNEL, cursor=cursor, limit=3)
        shown += [(price.variant_id, price.currency) for price in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert shown == [(each, code) for each in variant_ids for code in ("EUR", "USD")]
    assert (await pricing.list_prices(another_ctx)).items == []
    assert await pricing.prices_of(another_ctx, variant_ids, CHANNEL, "EUR") == {}


async def test_people_set_prices_of_variants_and_channels_there_are(
    ctx: Context, another_ctx: Context
) -> None:
    _, shop = await open_shop(ctx)
    tree = await catalog.create_product(shop, simple("mug"))
    variant_id = tree.variants[0].variant_id
    merged = await pricing.set_prices(shop, [SetPrice(variant_id=variant_id, amount_minor=1290)])
    assert merged.changed == [variant_id]
    channel = await tenants.channel_of(shop)
    prices = await pricing.prices_of(shop, [variant_id], channel.channel_id, "EUR")
    assert prices[variant_id].amount_minor == 1290

    with pytest.raises(catalog.VariantNotFound):
        await pricing.set_prices(another_ctx, [SetPrice(variant_id=variant_id, amount_minor=1)])
    with pytest.raises(tenants.ChannelNotFound):
        await pricing.set_prices(
            shop, [SetPrice(variant_id=variant_id, amount_minor=1, channel="nowhere")]
        )
    with pytest.raises(pricing.InvalidPrice) as raised:
        await pricing.set_prices(shop, [SetPrice(variant_id=variant_id, amount_minor=-1)])
    assert [error.path for error in raised.value.errors] == ["prices[0].amount_minor"]


async def test_prices_live_over_http(ctx: Context) -> None:
    _, shop = await open_shop(ctx)
    tree = await catalog.create_product(shop, simple("mug"))
    variant = str(tree.variants[0].variant_id)
    writer = acting_with(shop, "prices:read", "prices:write")
    async with client_of(ROOM.routes, writer) as client:
        body = {"prices": [{"variant_id": variant, "amount_minor": 990, "channel": "web"}]}
        done = await client.put("/admin/v1/prices", json=body)
        assert (done.status_code, done.json()["changed"]) == (200, [variant]), done.text
        query = {"filter[variant_id]": variant}
        (price,) = (await client.get("/admin/v1/prices", params=query)).json()["items"]
        assert (price["amount_minor"], price["currency"]) == (990, "EUR")
        for wrong in ({"amount_minor": -1}, {"amount_minor": 1.5}, {"currency": "euro"}):
            bad = {"prices": [{**body["prices"][0], **wrong}]}
            answer = await client.put("/admin/v1/prices", json=bad)
            assert answer.status_code == 422, answer.text
    async with client_of(ROOM.routes, acting_with(shop, "prices:read")) as client:
        assert (await client.put("/admin/v1/prices", json=body)).status_code == 403


async def test_removed_variants_have_no_price(ctx: Context, drain: Any) -> None:
    tree = await catalog.create_product(ctx, simple("mug"))
    variant_id = tree.variants[0].variant_id
    await merge(ctx, euros(variant_id, 100))
    async with ctx.transaction() as tx:
        await pricing.refresh_statistics(tx)
    await catalog.delete_product(ctx, tree.product_id)
    await drain(*ROOM.subscriptions)
    assert await pricing.prices_of(ctx, [variant_id], CHANNEL, "EUR") == {}


def test_events_name_the_variant_when_it_is_one() -> None:
    ids = [new_id() for _ in range(MAX_IDS + 1)]
    told = [(event.subject, len(event.variant_ids)) for event in prices_changed(ids)]
    assert told == [("prices", 500), (str(ids[-1]), 1)]
