"""Carts: filled by many hands, priced at each look, never promising what is not there."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from galleria.commerce import carts, customers, pricing
from galleria.commerce.carts import service
from galleria.commerce.carts.model import MAX_LINES, TIME_TO_LIVE
from galleria.commerce.carts.room import ROOM
from galleria.engines.context import Actor, Context
from galleria.foundation.ids import mint_token, new_id
from galleria.foundation.money import Money
from galleria.platform.tenants import ChannelNotFound
from tests.commerce.carts.shop import cart_with, sell, set_on_hand, set_price, take_off_sale
from tests.platform.conftest import client_of, later


def eur(amount_minor: int) -> Money:
    return Money(amount_minor, "EUR")


async def add(ctx: Context, token: str, variant_id: UUID, quantity: int = 1) -> carts.PricedCart:
    return await carts.add_line(ctx, token, carts.NewLine(variant_id=variant_id, quantity=quantity))


async def test_a_cart_adds_up_what_it_holds(shop: Context) -> None:
    print_id, mug_id = await sell(shop, 1290), await sell(shop, 500)
    token = await cart_with(shop)
    await add(shop, token, print_id, 2)
    priced = await add(shop, token, mug_id)
    assert priced.subtotal == eur(2 * 1290 + 500)
    assert [(line.variant_id, line.quantity, line.total) for line in priced.lines] == [
        (print_id, 2, eur(2580)),
        (mug_id, 1, eur(500)),
    ]
    assert priced.is_ready
    assert await carts.get_cart(shop, token) == priced


async def test_the_same_variant_joins_its_line(shop: Context) -> None:
    variant_id = await sell(shop)
    token = await cart_with(shop, (variant_id, 2))
    priced = await add(shop, token, variant_id, 3)
    (line,) = priced.lines
    assert line.quantity == 5
    assert priced.cart.version == 2


async def test_a_price_is_that_of_the_moment(shop: Context) -> None:
    variant_id = await sell(shop, 1000)
    token = await cart_with(shop, (variant_id, 1))
    await set_price(shop, variant_id, 1500)
    assert (await carts.get_cart(shop, token)).subtotal == eur(1500)


async def test_more_pieces_and_a_contract_make_a_line_cheaper(shop: Context) -> None:
    variant_id = await sell(shop, 1000)
    ana = await customers.create_customer(shop, customers.NewCustomer(email="ana@example.com"))
    group = await customers.create_group(
        shop, customers.NewCustomerGroup(code="trade", name="Trade")
    )
    await customers.add_members(shop, group.customer_group_id, [ana.customer_id])
    contract = await pricing.create_list(
        shop,
        pricing.NewPriceList(
            code="trade",
            name="Trade",
            kind="contract",
            customer_group_id=group.customer_group_id,
        ),
    )
    dozen = pricing.SetPrice(variant_id=variant_id, amount_minor=900, min_quantity=12)
    agreed = pricing.SetPrice(
        variant_id=variant_id, amount_minor=700, price_list_id=contract.price_list_id
    )
    await pricing.set_prices(shop, [dozen, agreed])
    shopper = shop.as_actor(Actor("shopper", str(ana.customer_id)))
    token = await cart_with(shop, (variant_id, 11))
    assert (await carts.get_cart(shop, token)).subtotal == eur(11 * 1000)
    assert (await carts.get_cart(shopper, token)).subtotal == eur(11 * 700)
    assert (await add(shop, token, variant_id)).subtotal == eur(12 * 900)
    stranger = shop.as_actor(Actor("shopper", "somebody"))
    assert (await carts.get_cart(stranger, token)).subtotal == eur(12 * 900)


async def test_a_line_that_cannot_be_bought_stays_and_says_why(shop: Context) -> None:
    gone, scarce, none_left, fine = [await sell(shop) for _ in range(4)]
    uncounted = await sell(shop, on_hand=None)
    token = await cart_with(
        shop, (gone, 1), (scarce, 5), (none_left, 1), (fine, 1), (uncounted, 900)
    )
    await take_off_sale(shop, gone)
    await set_on_hand(shop, scarce, 3)
    await set_on_hand(shop, none_left, 0)
    priced = await carts.get_cart(shop, token)
    assert [line.unavailable_reason for line in priced.lines] == [
        "not_for_sale",
        "not_enough_stock",
        "sold_out",
        None,
        None,
    ]
    assert [line.available_quantity for line in priced.lines[1:]] == [3, 0, 100, None]
    assert priced.subtotal == eur(901 * 1000)
    assert not priced.is_ready


async def test_what_is_not_for_sale_does_not_enter_a_cart(shop: Context) -> None:
    token = await cart_with(shop)
    unpriced = await sell(shop, price_minor=None)
    unpublished = await sell(shop)
    await take_off_sale(shop, unpublished)
    for variant_id in (unpriced, unpublished, new_id()):
        with pytest.raises(carts.VariantNotForSale):
            await add(shop, token, variant_id)
        with pytest.raises(carts.VariantNotForSale):
            await cart_with(shop, (variant_id, 1))
    assert (await carts.get_cart(shop, token)).lines == []


async def test_titles_and_options_are_in_the_carts_language(shop: Context) -> None:
    variant_id = await sell(shop)
    opened = await carts.open_cart(
        shop, carts.NewCart(locale="de", lines=(carts.NewLine(variant_id=variant_id),))
    )
    (line,) = opened.priced.lines
    assert line.title == "Druck"
    assert line.options == [carts.SelectedOption("Größe", "A3")]


async def test_quantities_are_set_and_lines_removed(shop: Context) -> None:
    first, second = await sell(shop), await sell(shop)
    token = await cart_with(shop, (first, 1), (second, 1))
    line_id = (await carts.get_cart(shop, token)).lines[0].line_id
    priced = await carts.set_quantity(shop, token, line_id, 7)
    assert [line.quantity for line in priced.lines] == [7, 1]
    priced = await carts.remove_line(shop, token, line_id)
    assert [line.variant_id for line in priced.lines] == [second]
    assert await carts.get_cart(shop, token) == priced
    with pytest.raises(carts.CartLineNotFound):
        await carts.remove_line(shop, token, line_id)


async def test_an_edit_of_an_old_version_is_refused(shop: Context) -> None:
    variant_id = await sell(shop)
    token = await cart_with(shop)
    line = carts.NewLine(variant_id=variant_id)
    priced = await carts.add_line(shop, token, line, expected_version=1)
    assert priced.cart.version == 2
    with pytest.raises(carts.CartChanged):
        await carts.add_line(shop, token, line, expected_version=1)
    assert (await carts.get_cart(shop, token)).cart.version == 2


async def test_nothing_in_a_cart_grows_without_end(shop: Context) -> None:
    variant_id = await sell(shop, on_hand=None)
    token = await cart_with(shop, (variant_id, 999))
    with pytest.raises(carts.QuantityTooLarge):
        await add(shop, token, variant_id, 1)
    others = [await sell(shop) for _ in range(3)]
    async with shop.transaction() as tx:
        await tx.execute(
            "INSERT INTO carts.cart_line"
            " (tenant_id, cart_id, line_id, variant_id, quantity, added_at)"
            " SELECT $1, c.cart_id, gen_random_uuid(), gen_random_uuid(), 1, $2"
            " FROM carts.cart AS c, generate_series(1, $3::int)"
            " WHERE c.tenant_id = $1",
            tx.now,
            MAX_LINES - 2,
        )
    await add(shop, token, others[0])
    with pytest.raises(carts.CartFull):
        await add(shop, token, others[1])
    await add(shop, token, others[0])


async def test_twenty_tabs_at_once_lose_no_piece(shop: Context) -> None:
    """The statement that waits for the lock must not go on with the lines of before."""
    variants = [await sell(shop) for _ in range(4)]
    token = await cart_with(shop)

    async def one(number: int) -> None:
        await add(shop.for_tenant(shop.tenant), token, variants[number % 4])

    await asyncio.gather(*(one(number) for number in range(20)))
    priced = await carts.get_cart(shop, token)
    assert sorted(line.quantity for line in priced.lines) == [5, 5, 5, 5]
    assert priced.cart.version == 21


async def test_a_discarded_cart_is_gone(shop: Context) -> None:
    token = await cart_with(shop, (await sell(shop), 1))
    await carts.discard_cart(shop, token)
    await carts.discard_cart(shop, token)
    with pytest.raises(carts.CartNotFound):
        await carts.get_cart(shop, token)


async def test_a_cart_nobody_touches_expires_and_is_swept_away(shop: Context) -> None:
    variant_id = await sell(shop)
    token = await cart_with(shop, (variant_id, 1))
    after_a_while = later(shop, days=29)
    await add(after_a_while, token, variant_id)
    still = later(shop, days=58)
    assert (await carts.get_cart(still, token)).cart.expires_at == after_a_while.now + TIME_TO_LIVE
    assert await service.forget_expired_carts(still) == 0
    expired = later(shop, days=60)
    with pytest.raises(carts.CartNotFound):
        await carts.get_cart(expired, token)
    with pytest.raises(carts.CartNotFound):
        await add(expired, token, variant_id)
    assert await service.forget_expired_carts(expired) == 1
    assert timedelta(days=60) > TIME_TO_LIVE
    rows = await shop.read("SELECT line_id FROM carts.cart_line WHERE tenant_id = $1")
    assert rows == []


async def test_a_taken_cart_no_longer_changes_until_it_is_opened_again(shop: Context) -> None:
    variant_id = await sell(shop)
    token = await cart_with(shop, (variant_id, 1))
    order_id, too_late = new_id(), new_id()
    async with shop.transaction() as tx:
        taken = await carts.take_cart(tx, token, order_id)
        assert (taken.order_id, len(taken.lines)) == (order_id, 1)
    async with shop.transaction() as tx:
        assert (await carts.take_cart(tx, token, too_late)).order_id == order_id
    with pytest.raises(carts.CartNotOpen):
        await add(shop, token, variant_id)
    with pytest.raises(carts.CartNotOpen):
        await carts.discard_cart(shop, token)
    assert (await carts.get_cart(shop, token)).cart.status == "ordered"
    async with shop.transaction() as tx:
        assert not await carts.reopen_cart(tx, taken.cart_id, too_late)
        assert await carts.reopen_cart(tx, taken.cart_id, order_id)
    assert (await add(shop, token, variant_id)).cart.status == "open"


async def test_a_second_shop_has_no_use_for_a_cart_of_the_first(
    shop: Context, other_shop: Context
) -> None:
    variant_id = await sell(shop)
    token = await cart_with(shop, (variant_id, 1))
    forged = mint_token("cart", other_shop.tenant.tenant_id)
    for stolen in (token, forged, "", "gal_cart_1_x", token + "x"):
        with pytest.raises(carts.CartNotFound):
            await carts.get_cart(other_shop, stolen)
        with pytest.raises(carts.CartNotFound):
            await add(other_shop, stolen, variant_id)
    with pytest.raises(carts.VariantNotForSale):
        await cart_with(other_shop, (variant_id, 1))
    with pytest.raises(ChannelNotFound):
        await carts.open_cart(shop, carts.NewCart(channel="kiosk"))


async def test_a_cart_is_stored_without_its_token(shop: Context) -> None:
    token = await cart_with(shop)
    row = await shop.read_row("SELECT c::text AS text FROM carts.cart AS c WHERE tenant_id = $1")
    assert row is not None
    assert token not in row["text"]


async def test_the_cart_over_http(shop: Context) -> None:
    variant_id = await sell(shop, 1290)
    async with client_of(ROOM.routes, shop) as client:
        opened = await client.post("/store/v1/carts", json={"email": "ana@example.com"})
        assert (opened.status_code, opened.headers["etag"]) == (201, '"v1"'), opened.text
        path = f"/store/v1/carts/{opened.json()['token']}"
        line = {"variant_id": str(variant_id), "quantity": 2}
        added = await client.post(f"{path}/lines", json=line, headers={"If-Match": '"v1"'})
        assert (added.status_code, added.headers["etag"]) == (201, '"v2"'), added.text
        body = added.json()
        assert body["subtotal"] == {"amount_minor": 2580, "currency": "EUR"}
        assert (body["item_count"], body["is_ready_for_checkout"]) == (2, True)
        stale = await client.post(f"{path}/lines", json=line, headers={"If-Match": '"v1"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "cart_changed")
        line_path = f"{path}/lines/{body['lines'][0]['line_id']}"
        changed = await client.patch(line_path, json={"quantity": 5})
        assert changed.json()["item_count"] == 5, changed.text
        removed = await client.delete(line_path)
        assert (removed.status_code, removed.json()["lines"]) == (200, [])
        read = await client.get(path)
        assert (read.status_code, read.json()) == (200, removed.json())
        assert read.headers["cache-control"] == "no-store"
        assert (await client.delete(path)).status_code == 204
        gone = await client.get(path)
        assert (gone.status_code, gone.json()["code"]) == (404, "cart_not_found")


@pytest.mark.parametrize(
    "body",
    [
        {"quantity": 1},
        {"variant_id": "x"},
        {"variant_id": str(new_id()), "quantity": 0},
        {"variant_id": str(new_id()), "quantity": 1000},
        {"variant_id": str(new_id()), "price": 1},
    ],
)
async def test_what_is_no_line_is_refused(shop: Context, body: dict[str, object]) -> None:
    token = await cart_with(shop)
    async with client_of(ROOM.routes, shop) as client:
        response = await client.post(f"/store/v1/carts/{token}/lines", json=body)
    assert response.status_code == 422, response.text
