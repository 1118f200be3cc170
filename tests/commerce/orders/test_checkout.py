"""A cart becomes an order once: whoever asks, however often, whatever the gateway does."""

import asyncio
from uuid import UUID

import pytest

from galleria.commerce import carts, inventory, orders, payments
from galleria.commerce.orders.events import OrderPlaced
from galleria.commerce.orders.service.settling import settle_declined, settle_order
from galleria.engines.context import Context
from galleria.engines.sql import IdempotencyConflict
from galleria.foundation.ids import mint_token, new_id
from galleria.foundation.money import Money
from tests.commerce.carts.shop import (
    cart_with,
    on_hand,
    sell,
    set_on_hand,
    set_price,
    take_off_sale,
)
from tests.commerce.orders.buying import SHIPPING, buy, hear, tags, wanted
from tests.commerce.payments.books import charged_minor, given_back_minor
from tests.platform.conftest import later


def eur(amount_minor: int) -> Money:
    return Money(amount_minor, "EUR")


async def count_orders(ctx: Context, status: str) -> int:
    page = await orders.list_orders(ctx, orders.OrderFilter(status=status))  # type: ignore[arg-type]
    return len(page.items)


async def test_a_paid_cart_is_a_placed_order(shop: Context) -> None:
    print_id, mug_id = await sell(shop, 1290, 10), await sell(shop, 500, 10)
    token = await cart_with(shop, (print_id, 2), (mug_id, 1))
    order = await orders.check_out(shop, token, wanted(expected_total=eur(3580)), "key-1")
    assert (order.number, order.status, order.payment_status) == ("1001", "placed", "captured")
    assert (order.subtotal, order.shipping, order.total) == (eur(3080), eur(SHIPPING), eur(3580))
    assert [(line.title, line.quantity, line.total) for line in order.lines] == [
        ("Print", 2, eur(2580)),
        ("Print", 1, eur(500)),
    ]
    assert await charged_minor(shop) == 3580
    assert (await on_hand(shop, print_id), await on_hand(shop, mug_id)) == (8, 9)
    assert await orders.order_by_token(shop, order.token) == order
    assert (await carts.get_cart(shop, token)).cart.status == "ordered"
    assert await tags(shop) == [OrderPlaced.TAG]
    assert await hear(shop) >= 1
    assert await tags(shop) == [OrderPlaced.TAG]
    detail = await orders.get_order(shop, order.order_id)
    assert (detail.captured, detail.refundable) == (eur(3580), eur(3580))
    assert [entry.kind for entry in detail.entries] == ["placed"]


async def test_the_same_request_again_is_the_same_order(shop: Context) -> None:
    variant_id = await sell(shop)
    token = await cart_with(shop, (variant_id, 1))
    first = await orders.check_out(shop, token, wanted(), "key-1")
    again = await orders.check_out(shop, token, wanted(), "key-1")
    assert again == first
    assert await charged_minor(shop) == 1000 + SHIPPING
    with pytest.raises(IdempotencyConflict):
        await orders.check_out(shop, token, wanted("tok_decline"), "key-1")
    with pytest.raises(orders.CartAlreadyOrdered):
        await orders.check_out(shop, token, wanted(), "key-2")
    assert await count_orders(shop, "placed") == 1


async def test_twenty_tabs_with_one_key_make_one_order(shop: Context) -> None:
    token = await cart_with(shop, (await sell(shop), 1))

    async def tab() -> orders.StoreOrder:
        return await orders.check_out(shop.for_tenant(shop.tenant), token, wanted(), "key")

    found = await asyncio.gather(*(tab() for _ in range(20)))
    assert len({(order.order_id, order.number, order.token) for order in found}) == 1
    assert await charged_minor(shop) == 1000 + SHIPPING
    assert await tags(shop) == [OrderPlaced.TAG]


async def test_twenty_tabs_with_keys_of_their_own_make_one_order(shop: Context) -> None:
    variant_id = await sell(shop, on_hand=100)
    token = await cart_with(shop, (variant_id, 1))

    async def tab(number: int) -> bool:
        mine = shop.for_tenant(shop.tenant)
        try:
            await orders.check_out(mine, token, wanted(), f"key-{number}")
        except orders.CartAlreadyOrdered:
            return False
        return True

    assert sum(await asyncio.gather(*(tab(number) for number in range(20)))) == 1
    assert await charged_minor(shop) == 1000 + SHIPPING
    assert await on_hand(shop, variant_id) == 99


async def test_64_buyers_of_10_pieces_make_10_orders_and_54_clear_refusals(
    shop: Context,
) -> None:
    variant_id = await sell(shop, 1000, on_hand=10)
    tokens = [await cart_with(shop, (variant_id, 1)) for _ in range(64)]

    async def buyer(token: str) -> str:
        mine = shop.for_tenant(shop.tenant)
        try:
            return (await orders.check_out(mine, token, wanted(), "key")).status
        except inventory.OutOfStock as refusal:
            assert refusal.errors
            return "refused"

    results = await asyncio.gather(*(buyer(token) for token in tokens))
    assert (results.count("placed"), results.count("refused")) == (10, 54)
    assert await charged_minor(shop) == 10 * (1000 + SHIPPING)
    assert await on_hand(shop, variant_id) == 0
    page = await orders.list_orders(shop, orders.OrderFilter(), limit=100)
    assert sorted(each.number or "" for each in page.items) == [
        str(number) for number in range(1001, 1011)
    ]
    refused = [token for token, result in zip(tokens, results, strict=True) if result == "refused"]
    assert (await carts.get_cart(shop, refused[0])).cart.status == "open"


async def test_a_declined_card_frees_goods_and_cart_for_another_try(shop: Context) -> None:
    variant_id = await sell(shop, on_hand=3)
    token = await cart_with(shop, (variant_id, 3))
    for _ in range(2):
        with pytest.raises(payments.PaymentDeclined):
            await orders.check_out(shop, token, wanted("tok_decline"), "key-1")
    assert await on_hand(shop, variant_id) == 3
    assert (await carts.get_cart(shop, token)).cart.status == "open"
    assert await count_orders(shop, "cancelled") == 1
    assert (await orders.list_orders(shop, orders.OrderFilter())).items == []
    order = await orders.check_out(shop, token, wanted(), "key-2")
    assert (order.number, order.status) == ("1001", "placed")
    with pytest.raises(orders.CartAlreadyOrdered):
        await orders.check_out(shop, token, wanted("tok_decline"), "key-1")
    assert await charged_minor(shop) == 3000 + SHIPPING


async def test_silence_of_the_gateway_keeps_the_order_until_the_schedule_has_asked(
    shop: Context,
) -> None:
    variant_id = await sell(shop, on_hand=5)
    token = await cart_with(shop, (variant_id, 5))
    order = await orders.check_out(shop, token, wanted("tok_timeout"), "key")
    assert (order.status, order.payment_status, order.number) == (
        "pending_payment",
        "pending",
        None,
    )
    assert await on_hand(shop, variant_id) == 0
    await payments.settle_due(later(shop, seconds=61))
    await hear(shop)
    settled = await orders.order_by_token(shop, order.token)
    assert (settled.status, settled.number) == ("placed", "1001")
    assert await orders.check_out(shop, token, wanted("tok_timeout"), "key") == settled
    assert await charged_minor(shop) == 5000 + SHIPPING
    assert await tags(shop) == [OrderPlaced.TAG]


async def test_a_retry_after_silence_finds_out_by_itself(shop: Context) -> None:
    token = await cart_with(shop, (await sell(shop), 1))
    first = await orders.check_out(shop, token, wanted("tok_timeout"), "key")
    again = await orders.check_out(shop, token, wanted("tok_timeout"), "key")
    assert (first.status, again.status) == ("pending_payment", "placed")
    assert (again.order_id, again.token) == (first.order_id, first.token)
    assert await charged_minor(shop) == 1000 + SHIPPING
    await hear(shop)
    assert await tags(shop) == [OrderPlaced.TAG]


async def test_a_request_that_never_reached_the_gateway_is_given_up(shop: Context) -> None:
    variant_id = await sell(shop, on_hand=1)
    token = await cart_with(shop, (variant_id, 1))
    order = await orders.check_out(shop, token, wanted("tok_lost"), "key")
    await payments.settle_due(later(shop, seconds=61))
    await hear(shop)
    assert (await orders.order_by_token(shop, order.token)).status == "cancelled"
    assert await on_hand(shop, variant_id) == 1
    assert (await carts.get_cart(shop, token)).cart.status == "open"
    with pytest.raises(payments.PaymentDeclined):
        await orders.check_out(shop, token, wanted("tok_lost"), "key")
    assert (await orders.check_out(shop, token, wanted(), "key-2")).status == "placed"
    assert await charged_minor(shop) == 1000 + SHIPPING


async def test_a_late_callback_places_the_order(shop: Context) -> None:
    order = await buy(shop, card="tok_late")
    assert order.status == "pending_payment"
    assert await payments.deliver_test_callbacks(later(shop, seconds=5)) == 1
    await hear(shop)
    assert (await orders.order_by_token(shop, order.token)).status == "placed"
    assert await tags(shop) == [OrderPlaced.TAG]


async def test_many_payments_found_out_at_once_place_as_many_orders(shop: Context) -> None:
    variants = [await sell(shop, on_hand=10) for _ in range(3)]
    for position in range(6):
        first, second = variants[position % 3], variants[(position + 1) % 3]
        await buy(shop, (first, 1), (second, 1), card="tok_timeout")
    assert await payments.settle_due(later(shop, seconds=61)) == 6
    await hear(shop)
    page = await orders.list_orders(shop, orders.OrderFilter(status="placed"))
    assert sorted(each.number or "" for each in page.items) == [
        str(number) for number in range(1001, 1007)
    ]
    assert [await on_hand(shop, each) for each in variants] == [6, 6, 6]


async def test_a_callback_sent_twice_changes_nothing(shop: Context) -> None:
    order = await buy(shop, card="tok_twice")
    assert await payments.deliver_test_callbacks(shop) == 2
    await hear(shop)
    assert await orders.order_by_token(shop, order.token) == order
    assert await tags(shop) == [OrderPlaced.TAG]


async def pending_order(shop: Context, variant_id: UUID) -> orders.Order:
    token = await cart_with(shop, (variant_id, 1))
    order = await orders.check_out(shop, token, wanted("tok_timeout"), "key")
    return await orders.order_of(shop, order.order_id)


async def test_money_that_comes_after_the_order_was_given_up_goes_back(shop: Context) -> None:
    variant_id = await sell(shop, on_hand=1)
    order = await pending_order(shop, variant_id)
    assert order.payment_id is not None
    attempt = await payments.resume_attempt(shop, order.payment_id)
    assert attempt is not None
    async with shop.transaction() as tx:
        payment = await payments.record_outcome(tx, attempt, payments.Outcome(answer="declined"))
        await settle_order(tx, order, payment)
    assert await on_hand(shop, variant_id) == 1
    async with shop.transaction() as tx:
        await payments.record_outcome(tx, attempt, payments.Outcome(answer="approved"))
    await hear(shop)  # at the clock's own time, so a minute from then is more than one from `shop`
    await payments.settle_due(later(shop, seconds=122))
    await hear(shop)
    closed = await orders.get_order(shop, order.order_id)
    assert (closed.status, closed.payment_status) == ("cancelled", "refunded")
    assert await charged_minor(shop) == await given_back_minor(shop) == 1000 + SHIPPING
    assert await on_hand(shop, variant_id) == 1


async def test_an_order_is_not_given_up_when_its_money_came_after_all(shop: Context) -> None:
    order = await pending_order(shop, await sell(shop))
    assert order.payment_id is not None
    attempt = await payments.resume_attempt(shop, order.payment_id)
    assert attempt is not None
    for answer in ("declined", "approved"):
        async with shop.transaction() as tx:
            await payments.record_outcome(tx, attempt, payments.Outcome(answer=answer))
    # The refusal is heard first, though the approval has been written since.
    await settle_declined(shop, {order.order_id: "declined"})
    await hear(shop)
    assert (await orders.get_order(shop, order.order_id)).status == "placed"


async def test_goods_let_go_are_taken_again_or_the_money_goes_back(shop: Context) -> None:
    kept, lost = await sell(shop, on_hand=1), await sell(shop, on_hand=1)
    lucky, unlucky = await pending_order(shop, kept), await pending_order(shop, lost)
    for order in (lucky, unlucky):
        async with shop.transaction() as tx:
            await inventory.release_reservation(tx, f"order:{order.order_id}")
    await buy(shop, (lost, 1))
    await payments.settle_due(later(shop, seconds=61))
    await hear(shop)
    await payments.settle_due(later(shop, seconds=122))
    await hear(shop)
    assert (await orders.get_order(shop, lucky.order_id)).status == "placed"
    closed = await orders.get_order(shop, unlucky.order_id)
    assert (closed.status, closed.payment_status) == ("cancelled", "refunded")
    assert await given_back_minor(shop) == 1000 + SHIPPING
    assert (await on_hand(shop, kept), await on_hand(shop, lost)) == (0, 0)


async def test_nothing_is_charged_for_what_costs_nothing(shop: Context) -> None:
    variant_id = await sell(shop, 0, on_hand=2)
    (method,) = await orders.list_methods(shop)
    await orders.update_method(
        shop, method.method_id, orders.ShippingMethodChanges(free_from_minor=0)
    )
    order = await buy(shop, (variant_id, 1))
    assert (order.status, order.payment_status, order.total) == ("placed", "captured", eur(0))
    assert await charged_minor(shop) == 0
    assert await on_hand(shop, variant_id) == 1


async def test_a_cart_that_cannot_be_bought_is_refused_with_reasons(shop: Context) -> None:
    fine, gone, scarce = [await sell(shop, on_hand=5) for _ in range(3)]
    with pytest.raises(orders.CartNotReady):
        await orders.check_out(shop, await cart_with(shop), wanted(), "key")
    token = await cart_with(shop, (fine, 1), (gone, 1), (scarce, 2))
    await take_off_sale(shop, gone)
    with pytest.raises(orders.CartNotReady) as refused:
        await orders.check_out(shop, token, wanted(), "key")
    assert [(each.path, each.code) for each in refused.value.errors] == [
        ("lines[1]", "not_for_sale")
    ]
    cart = (await carts.get_cart(shop, token)).cart
    await carts.remove_line(shop, token, cart.lines[1].line_id)
    await set_on_hand(shop, scarce, 1)
    with pytest.raises(inventory.OutOfStock):
        await orders.check_out(shop, token, wanted(), "key")
    assert await on_hand(shop, fine) == 5
    assert await charged_minor(shop) == 0
    await set_on_hand(shop, scarce, 2)
    assert (await orders.check_out(shop, token, wanted(), "key")).status == "placed"


async def test_another_total_than_the_shopper_saw_is_refused(shop: Context) -> None:
    variant_id = await sell(shop, 1000)
    token = await cart_with(shop, (variant_id, 1))
    await set_price(shop, variant_id, 1100)
    with pytest.raises(orders.TotalChanged):
        await orders.check_out(shop, token, wanted(expected_total=eur(1500)), "key")
    with pytest.raises(orders.TotalChanged):
        await orders.check_out(shop, token, wanted(expected_total=Money(1600, "USD")), "key")
    order = await orders.check_out(shop, token, wanted(expected_total=eur(1600)), "key")
    assert order.total == eur(1600)


async def test_a_parcel_goes_only_where_its_method_goes(shop: Context) -> None:
    (method,) = await orders.list_methods(shop)
    await orders.update_method(
        shop, method.method_id, orders.ShippingMethodChanges(countries=("AT",))
    )
    token = await cart_with(shop, (await sell(shop), 1))
    for changes in ({}, {"shipping_method": "express"}):
        with pytest.raises(orders.ShippingMethodUnavailable):
            await orders.check_out(shop, token, wanted(**changes), "key")
    with pytest.raises(payments.PaymentMethodUnknown):
        payment = orders.PaymentChoice(method="gold", token="x")
        await orders.check_out(shop, token, wanted(payment=payment), "key")
    assert await carts.get_cart(shop, token)


async def test_numbers_run_without_a_gap_though_carts_fail_between(shop: Context) -> None:
    numbers = []
    for card in ("tok_approve", "tok_decline", "tok_approve", "tok_lost", "tok_approve"):
        try:
            order = await buy(shop, card=card)
        except payments.PaymentDeclined:
            continue
        numbers += [order.number] if order.number else []
    assert numbers == ["1001", "1002", "1003"]


async def test_a_second_shop_cannot_buy_or_see_with_tokens_of_the_first(
    shop: Context, other_shop: Context
) -> None:
    token = await cart_with(shop, (await sell(shop), 1))
    with pytest.raises(carts.CartNotFound):
        await orders.check_out(other_shop, token, wanted(), "key")
    order = await orders.check_out(shop, token, wanted(), "key")
    forged = mint_token("order", other_shop.tenant.tenant_id)
    for stolen in (order.token, forged, token, "", "x"):
        with pytest.raises(orders.OrderNotFound):
            await orders.order_by_token(other_shop, stolen)
    for order_id in (order.order_id, new_id()):
        with pytest.raises(orders.OrderNotFound):
            await orders.get_order(other_shop, order_id)
        with pytest.raises(orders.OrderNotFound):
            await orders.cancel_order(other_shop, order_id, orders.Cancellation())
    assert (await orders.list_orders(other_shop, orders.OrderFilter())).items == []
    assert (await buy(other_shop)).number == "1001"


async def test_a_card_token_and_an_order_token_are_nowhere_in_our_rows(shop: Context) -> None:
    order = await buy(shop)
    row = await shop.read_row(
        """SELECT o::text AS text FROM orders."order" AS o WHERE tenant_id = $1"""
    )
    assert row is not None
    assert order.token not in row["text"]
    assert "tok_approve" not in row["text"]
