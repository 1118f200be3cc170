"""Bundles are bought: their components leave the stock, come back, and are never sold twice."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import assortment, carts, catalog, inventory, orders, payments
from galleria.commerce.assortment import NewBundle, NewComponent
from galleria.commerce.orders.events import OrderPlaced
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.carts.shop import cart_with, on_hand, sell, set_on_hand
from tests.commerce.orders.buying import SHIPPING, buy, wanted


async def bundle(ctx: Context, *parts: tuple[UUID, int], **changes: Any) -> UUID:
    """A new variant that consists of these."""
    gift = await sell(ctx, 5000, on_hand=1)
    components = [NewComponent(variant_id=each, quantity=count) for each, count in parts]
    await assortment.set_bundle(ctx, gift, NewBundle(components=components, **changes))
    return gift


async def test_a_bundle_is_bought_by_its_components(shop: Context) -> None:
    cup, plate = await sell(shop, 1000, 10), await sell(shop, 2000, 10)
    gift = await bundle(shop, (cup, 2), (plate, 1), pricing="components", discount_bp=1000)
    token = await cart_with(shop, (gift, 3))
    (line,) = (await carts.get_cart(shop, token)).lines
    assert (line.unit_price and line.unit_price.amount_minor, line.available_quantity) == (3600, 5)
    assert [(each.variant_id, each.quantity) for each in line.components] == [(cup, 2), (plate, 1)]
    order = await orders.check_out(shop, token, wanted(), str(new_id()))
    assert order.total.amount_minor == 3 * 3600 + SHIPPING
    assert order.lines[0].components == line.components
    assert (await on_hand(shop, cup), await on_hand(shop, plate)) == (4, 7)
    assert await on_hand(shop, gift) == 1
    rows = await shop.read(
        "SELECT payload FROM event_log.outbox WHERE tenant_id = $1 AND tag = $2", OrderPlaced.TAG
    )
    (item,) = msgspec.json.decode(rows[0]["payload"])["items"]
    assert [(each["variant_id"], each["quantity"]) for each in item["components"]] == [
        (str(cup), 2),
        (str(plate), 1),
    ]
    assert await orders.ordered_variants(shop, [cup, plate, gift]) == {cup, plate, gift}


async def test_a_bundle_may_have_a_price_of_its_own(shop: Context) -> None:
    gift = await bundle(shop, (await sell(shop, 1000), 2))
    order = await buy(shop, (gift, 1))
    assert order.subtotal.amount_minor == 5000


async def test_what_was_bought_stays_though_the_bundle_changes(shop: Context) -> None:
    cup, plate = await sell(shop, 1000, 10), await sell(shop, 2000, 10)
    gift = await bundle(shop, (cup, 2))
    order = await buy(shop, (gift, 2))
    wish = NewBundle(components=[NewComponent(variant_id=plate)])
    await assortment.set_bundle(shop, gift, wish)
    await orders.cancel_order(shop, order.order_id, orders.Cancellation())
    assert (await on_hand(shop, cup), await on_hand(shop, plate)) == (10, 10)
    kept = await orders.get_order(shop, order.order_id)
    assert [each.variant_id for each in kept.lines[0].components] == [cup]


async def test_a_return_gives_the_components_back(shop: Context) -> None:
    cup, plate = await sell(shop, 1000, 10), await sell(shop, 2000, 10)
    gift = await bundle(shop, (cup, 3), (plate, 1))
    order = await buy(shop, (gift, 2), (cup, 1))
    assert (await on_hand(shop, cup), await on_hand(shop, plate)) == (3, 8)
    pieces = orders.Pieces(line_id=order.lines[0].line_id, quantity=1)
    refund = orders.NewRefund(lines=(pieces,), restock=True)
    await orders.refund_order(shop, order.order_id, refund, "back-1")
    assert (await on_hand(shop, cup), await on_hand(shop, plate)) == (6, 9)


async def test_a_declined_card_frees_the_components(shop: Context) -> None:
    cup = await sell(shop, 1000, 10)
    gift = await bundle(shop, (cup, 3))
    with pytest.raises(payments.PaymentDeclined):
        await buy(shop, (gift, 2), card="tok_decline")
    assert await on_hand(shop, cup) == 10


async def test_the_cart_says_why_a_bundle_cannot_be_bought(shop: Context) -> None:
    cup, plate = await sell(shop, 1000, 10), await sell(shop, 2000, 10)
    gift = await bundle(shop, (cup, 4), (plate, 1))
    token = await cart_with(shop, (gift, 3))

    async def reason() -> str | None:
        return (await carts.get_cart(shop, token)).lines[0].unavailable_reason

    assert await reason() == "not_enough_stock"
    await set_on_hand(shop, cup, 3)
    assert await reason() == "sold_out"
    await set_on_hand(shop, cup, 100)
    assert await reason() is None
    await catalog.archive_product(shop, (await catalog.get_variant(shop, plate)).product_id)
    assert await reason() == "component_unavailable"
    with pytest.raises(orders.CartNotReady) as refusal:
        await orders.check_out(shop, token, wanted(), "key")
    assert refusal.value.errors[0].code == "component_unavailable"
    with pytest.raises(carts.VariantNotForSale):
        await cart_with(shop, (gift, 1))


async def test_what_is_short_is_told_of_the_line_it_is_in(shop: Context) -> None:
    cup, plate, other = await sell(shop), await sell(shop, 1000, 5), await sell(shop)
    gift = await bundle(shop, (cup, 1), (plate, 1))
    token = await cart_with(shop, (other, 1), (gift, 3), (plate, 3))
    with pytest.raises(inventory.OutOfStock) as refusal:
        await orders.check_out(shop, token, wanted(), "key")
    assert [each.path for each in refusal.value.errors] == ["lines[1].quantity"]


async def test_bundles_and_single_sales_at_once_never_sell_more_than_there_is(
    shop: Context,
) -> None:
    cup, plate = await sell(shop, 1000, 12), await sell(shop, 2000, 9)
    pair = await bundle(shop, (cup, 2), (plate, 1))
    dozen = await bundle(shop, (plate, 2), (cup, 1))
    tokens = [
        await cart_with(shop, (each, 1))
        for each in (pair, dozen, cup, plate, pair, dozen, cup, pair, dozen, cup, plate, pair)
    ]

    async def one(token: str) -> orders.StoreOrder | None:
        try:
            ctx = shop.for_tenant(shop.tenant)
            return await orders.check_out(ctx, token, wanted(), str(new_id()))
        except (inventory.OutOfStock, orders.CartNotReady):
            return None

    made = [each for each in await asyncio.gather(*map(one, tokens)) if each is not None]
    assert 0 < len(made) < len(tokens)
    taken = dict.fromkeys((cup, plate), 0)
    for order in made:
        for line in order.lines:
            parts = {each.variant_id: each.quantity for each in line.components}
            for variant_id, count in (parts or {line.variant_id: 1}).items():
                taken[variant_id] += count
    assert await on_hand(shop, cup) == 12 - taken[cup] >= 0
    assert await on_hand(shop, plate) == 9 - taken[plate] >= 0
    assert (await inventory.check_ledger(shop)).faults == []
    # Nothing that could still be had was refused: what is left is too little for a bundle.
    assert await on_hand(shop, plate) < 2 or await on_hand(shop, cup) < 2
