"""Price lists: base lists by themselves, others by people, each with its time and its terms."""

import asyncio
from datetime import timedelta

import pytest

from galleria.commerce import customers, pricing
from galleria.commerce.pricing import NewPriceList, PriceListChanges, PriceListRow, PriceRow
from galleria.commerce.pricing.model.lists import MAX_LISTS
from galleria.commerce.pricing.model.prices import MAX_TIERS
from galleria.commerce.pricing.repository import lists as repository
from galleria.commerce.pricing.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import tenants
from galleria.platform.tenants import NewChannel
from tests.commerce.pricing.tags import amounts, later, merge, new_list, new_shop, variants
from tests.platform.conftest import acting_with, client_of


async def test_a_channel_has_one_base_list_for_each_currency_however_many_ask(
    ctx: Context,
) -> None:
    shop, channel = await new_shop(ctx)

    async def ask(currency: str) -> int:
        mine = shop.for_tenant(shop.tenant)
        async with mine.transaction() as tx:
            return (await pricing.ensure_base_list(tx, channel, currency)).price_list_id

    numbers = await asyncio.gather(*(ask(each) for each in ["EUR", "USD"] * 8))
    assert len(set(numbers)) == 2
    made = (await pricing.list_price_lists(shop)).items
    assert sorted(each.code for each in made) == ["base-web-eur", "base-web-usd"]
    assert {(each.kind, each.channel_id, each.includes_tax) for each in made} == {
        ("base", channel, True)
    }


async def test_a_base_list_is_without_tax_where_its_channel_is(ctx: Context) -> None:
    shop, _ = await new_shop(ctx)
    trade = await tenants.create_channel(
        shop,
        NewChannel(code="trade", name="Trade", currency="EUR", locale="en", tax_inclusive=False),
    )
    (mug,) = await variants(shop, 1)
    await merge(shop, PriceRow(mug, trade.channel_id, "EUR", 1000))
    found = await pricing.prices_for(shop, {mug: 1}, trade.channel_id, "EUR", at=shop.now)
    assert not found[mug].includes_tax


async def test_a_base_list_always_counts(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    async with shop.transaction() as tx:
        base = await pricing.ensure_base_list(tx, channel, "EUR")
    renamed = await pricing.update_list(shop, base.price_list_id, PriceListChanges(name="Shelf"))
    assert (renamed.name, renamed.version) == ("Shelf", 2)
    for changes in (
        PriceListChanges(is_active=False),
        PriceListChanges(priority=1),
        PriceListChanges(code="shelf"),
        PriceListChanges(valid_until=shop.now),
    ):
        with pytest.raises(pricing.PriceListFixed):
            await pricing.update_list(shop, base.price_list_id, changes)


async def test_a_list_that_cannot_be_is_refused(ctx: Context) -> None:
    shop, _ = await new_shop(ctx)
    await new_list(shop, "summer")
    with pytest.raises(pricing.PriceListCodeTaken):
        await new_list(shop, "summer")
    for fields, code in (
        ({"code": "base-web"}, "reserved"),
        ({"channel": "web", "currency": "USD"}, "not_the_channels"),
        ({"valid_from": shop.now, "valid_until": shop.now}, "not_after_start"),
    ):
        wanted = {"code": "winter", "name": "Winter", "kind": "sale", **fields}
        with pytest.raises(pricing.InvalidPriceList) as raised:
            await pricing.create_list(shop, NewPriceList(**wanted))  # type: ignore[arg-type]
        assert [error.code for error in raised.value.errors] == [code]
    with pytest.raises(tenants.ChannelNotFound):
        await new_list(shop, "winter", channel="nowhere")
    with pytest.raises(customers.GroupNotFound):
        await new_list(shop, "winter", customer_group_id=new_id())


async def test_an_edit_of_an_old_version_of_a_list_is_refused(
    ctx: Context, another_ctx: Context
) -> None:
    shop, _ = await new_shop(ctx)
    number = await new_list(shop, "summer")
    await pricing.update_list(shop, number, PriceListChanges(name="Hot"), expected_version=1)
    with pytest.raises(pricing.PriceListChanged):
        await pricing.update_list(shop, number, PriceListChanges(name="X"), expected_version=1)
    with pytest.raises(pricing.PriceListNotFound):
        await pricing.update_list(another_ctx, number, PriceListChanges(name="X"))


async def test_a_reduction_that_goes_on_began_when_it_began(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    sale = await new_list(shop, "summer")
    await merge(shop, PriceRow(mug, channel, "EUR", 1000), PriceListRow(mug, sale, 800))
    second = later(shop, hours=1)
    await pricing.update_list(
        second, sale, PriceListChanges(valid_until=shop.now + timedelta(days=1))
    )
    found = await pricing.prices_for(second, {mug: 1}, channel, "EUR", at=second.now)
    assert found[mug].since == shop.now, "a longer sale is not a new one"
    await pricing.update_list(later(shop, hours=2), sale, PriceListChanges(is_active=False))
    fourth = later(shop, hours=3)
    await pricing.update_list(fourth, sale, PriceListChanges(is_active=True))
    found = await pricing.prices_for(fourth, {mug: 1}, channel, "EUR", at=fourth.now)
    assert found[mug].since == fourth.now


async def test_a_variant_has_a_bounded_number_of_tiers_in_a_list(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    rows = [PriceRow(mug, channel, "EUR", 100, None, each) for each in range(1, MAX_TIERS + 2)]
    await merge(shop, *rows[:MAX_TIERS])
    with pytest.raises(pricing.InvalidPrice):
        await merge(shop, rows[MAX_TIERS])
    page = await pricing.list_prices(shop, [mug], limit=100)
    assert len(page.items) == MAX_TIERS


async def test_a_price_of_no_list_is_refused_by_itself(ctx: Context, another_ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    number = await new_list(shop, "summer")
    mug = new_id()
    merged = await merge(
        shop, PriceListRow(mug, number + 7, 5), PriceRow(mug, channel, "EUR", 9, None, 0)
    )
    assert sorted((each.index, each.error.code) for each in merged.refused) == [
        (0, "unknown_price_list"),
        (1, "out_of_range"),
    ]
    theirs = await merge(another_ctx, PriceListRow(mug, number, 5))
    assert [each.error.code for each in theirs.refused] == ["unknown_price_list"]


async def test_a_row_of_a_price_is_as_small_as_its_columns(ctx: Context) -> None:
    """A shop of 50 million variants pays for every byte fifty million times."""
    shop, channel = await new_shop(ctx)
    plain, reduced = await variants(shop, 2)
    await merge(shop, PriceRow(plain, channel, "EUR", 1), PriceRow(reduced, channel, "EUR", 1, 2))
    rows = await shop.read(
        "SELECT pg_column_size(p.*) AS bytes, (SELECT count(*) FROM pg_attribute"
        " WHERE attrelid = 'pricing.price'::regclass AND attnum > 0) AS columns,"
        " (SELECT count(*) FROM pg_index WHERE indrelid = 'pricing.price'::regclass) AS indexes"
        " FROM pricing.price AS p WHERE tenant_id = $1 ORDER BY compare_at_minor NULLS FIRST"
    )
    # A header of 24 and 40 of columns; 8 more with an amount to compare with.
    assert [row["bytes"] for row in rows] == [64, 72]
    assert rows[0]["columns"] <= 8, "the ninth would cost every row with a gap eight bytes"
    assert rows[0]["indexes"] == 1


async def test_a_shop_has_a_bounded_number_of_lists(ctx: Context) -> None:
    shop, _ = await new_shop(ctx)
    async with shop.transaction() as tx:
        made = await pricing.get_list(tx, await new_list(shop, "summer"))
        for number in range(MAX_LISTS - 1):
            fields = {name: getattr(made, name) for name in made.__struct_fields__}
            await repository.insert_list(
                tx, pricing.PriceList(**{**fields, "code": f"list-{number}"})
            )
    with pytest.raises(pricing.TooManyPriceLists):
        await new_list(shop, "one-more")


async def test_price_lists_over_http(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    await merge(shop, PriceRow(mug, channel, "EUR", 1000))
    writer = acting_with(shop, "prices:read", "prices:write")
    async with client_of(ROOM.routes, writer) as client:
        wanted = {"code": "summer", "name": "Summer", "kind": "sale"}
        made = await client.post("/admin/v1/price-lists", json=wanted)
        assert (made.status_code, made.headers["etag"]) == (201, '"v1"'), made.text
        number = made.json()["price_list_id"]
        price = {"variant_id": str(mug), "price_list_id": number, "amount_minor": 800}
        done = await client.put("/admin/v1/prices", json={"prices": [price]})
        assert done.status_code == 200, done.text
        assert await amounts(shop, channel, [mug]) == [800]
        for wrong, code in (
            ({"currency": "USD"}, "invalid_price"),
            ({"amount_minor": -1}, "invalid_input"),
            ({"amount_minor": 10**18}, "invalid_input"),
        ):
            bad = await client.put("/admin/v1/prices", json={"prices": [{**price, **wrong}]})
            assert (bad.status_code, bad.json()["code"]) == (422, code), bad.text
        missing = await client.put(
            "/admin/v1/prices", json={"prices": [{**price, "price_list_id": number + 1}]}
        )
        assert (missing.status_code, missing.json()["code"]) == (404, "price_list_not_found")
        path = f"/admin/v1/price-lists/{number}"
        edited = await client.patch(path, json={"is_active": False}, headers={"If-Match": '"v1"'})
        assert (edited.status_code, edited.headers["etag"]) == (200, '"v2"'), edited.text
        assert await amounts(shop, channel, [mug]) == [1000]
        assert (await client.get(path)).json()["is_active"] is False
        assert (await client.get("/admin/v1/price-lists/99")).status_code == 404
        assert (await client.get(f"/admin/v1/price-lists/{10**18}")).status_code in (400, 422)
        far = await client.patch(path, json={"valid_from": "0001-01-01T00:00:00+14:00"})
        assert (far.status_code, far.json()["code"]) == (422, "invalid_price_list"), far.text
        named = {"variant_id": str(mug), "price_list_id": number}
        gone = await client.post("/admin/v1/prices/remove", json={"prices": [named]})
        assert (gone.status_code, gone.json()) == (200, [str(mug)])
        first = (await client.get("/admin/v1/price-lists?limit=1")).json()
        rest = (
            await client.get(f"/admin/v1/price-lists?limit=1&cursor={first['next_cursor']}")
        ).json()
        codes = [each["code"] for each in [*first["items"], *rest["items"]]]
        assert codes == ["base-web-eur", "summer"]
        query = f"/admin/v1/prices?filter[price_list_id]={number}"
        assert (await client.get(query)).json()["items"] == []
    async with client_of(ROOM.routes, acting_with(shop, "prices:read")) as client:
        assert (await client.post("/admin/v1/price-lists", json=wanted)).status_code == 403
