"""Orders in the hands of the merchant's people: sent, cancelled, refunded, noted, found."""

import asyncio

import pytest

from galleria.commerce import orders, payments
from galleria.commerce.orders.events import OrderCancelled, OrderFulfilled, OrderRefunded
from galleria.commerce.orders.jobs import SendConfirmations, send_confirmations
from galleria.engines.context import Context
from galleria.engines.mail.outbox import OutboxMail
from galleria.engines.sql import IdempotencyConflict
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import audit
from tests.commerce.carts.shop import on_hand, sell
from tests.commerce.orders.buying import SHIPPING, buy, hear, tags
from tests.commerce.payments.books import charged_minor, given_back_minor
from tests.platform.conftest import later


def eur(amount_minor: int) -> Money:
    return Money(amount_minor, "EUR")


async def placed(shop: Context, quantity: int = 3, price_minor: int = 1000) -> orders.OrderDetail:
    variant_id = await sell(shop, price_minor)
    order = await buy(shop, (variant_id, quantity))
    return await orders.get_order(shop, order.order_id)


async def test_an_order_leaves_in_parcels(shop: Context) -> None:
    order = await placed(shop)
    (line,) = order.lines
    tracking = orders.TrackingInput(carrier="DHL", tracking_number="123")
    first = await orders.fulfil_order(
        shop,
        order.order_id,
        orders.NewFulfillment(
            lines=(orders.Pieces(line_id=line.line_id, quantity=2),), tracking=tracking
        ),
        expected_version=order.version,
    )
    assert first.quantities == {line.line_id: 2}
    halfway = await orders.get_order(shop, order.order_id)
    assert halfway.fulfillment_status == "partly_fulfilled"
    with pytest.raises(orders.OrderChanged):
        await orders.fulfil_order(
            shop, order.order_id, orders.NewFulfillment(), expected_version=order.version
        )
    with pytest.raises(orders.OrderNotCancellable):
        await orders.cancel_order(shop, order.order_id, orders.Cancellation())
    await orders.fulfil_order(shop, order.order_id, orders.NewFulfillment())
    done = await orders.get_order(shop, order.order_id)
    assert done.fulfillment_status == "fulfilled"
    assert [parcel.quantities for parcel in done.fulfillments] == [
        {line.line_id: 2},
        {line.line_id: 1},
    ]
    with pytest.raises(orders.OrderNotFulfillable):
        await orders.fulfil_order(shop, order.order_id, orders.NewFulfillment())
    assert (await tags(shop)).count(OrderFulfilled.TAG) == 2


async def test_two_people_sending_at_once_send_every_piece_once(shop: Context) -> None:
    order = await placed(shop, quantity=5)

    async def clerk() -> int:
        mine = shop.for_tenant(shop.tenant)
        pieces = (orders.Pieces(line_id=order.lines[0].line_id, quantity=1),)
        try:
            await orders.fulfil_order(mine, order.order_id, orders.NewFulfillment(lines=pieces))
        except orders.OrderNotFulfillable:
            return 0
        return 1

    assert sum(await asyncio.gather(*(clerk() for _ in range(12)))) == 5


async def test_a_cancelled_order_gives_back_goods_and_money(shop: Context) -> None:
    order = await placed(shop)
    variant_id = order.lines[0].variant_id
    assert await on_hand(shop, variant_id) == 97
    await orders.cancel_order(shop, order.order_id, orders.Cancellation(reason="changed my mind"))
    cancelled = await orders.get_order(shop, order.order_id)
    assert (cancelled.status, cancelled.payment_status) == ("cancelled", "refunded")
    assert (cancelled.refunded, cancelled.number) == (order.total, "1001")
    assert await on_hand(shop, variant_id) == 100
    assert await given_back_minor(shop) == await charged_minor(shop) == 3000 + SHIPPING
    with pytest.raises(orders.OrderNotCancellable):
        await orders.cancel_order(shop, order.order_id, orders.Cancellation())
    await hear(shop)
    again = await orders.get_order(shop, order.order_id)
    assert again == cancelled
    diary = await audit.list_entries(shop, subject=f"order:{order.order_id}")
    assert [entry.action for entry in diary.items] == ["orders.order_cancelled"]
    assert set(await tags(shop)) >= {OrderCancelled.TAG, OrderRefunded.TAG}


async def test_a_cancelled_order_may_leave_its_goods_off_the_shelf(shop: Context) -> None:
    order = await placed(shop)
    await orders.cancel_order(shop, order.order_id, orders.Cancellation(restock=False))
    assert await on_hand(shop, order.lines[0].variant_id) == 97


async def test_an_order_that_waits_for_its_payment_is_neither_sent_nor_cancelled(
    shop: Context,
) -> None:
    order = await buy(shop, card="tok_timeout")
    with pytest.raises(orders.OrderNotFulfillable):
        await orders.fulfil_order(shop, order.order_id, orders.NewFulfillment())
    with pytest.raises(orders.OrderNotCancellable):
        await orders.cancel_order(shop, order.order_id, orders.Cancellation())
    with pytest.raises(orders.OrderNotRefundable):
        await orders.refund_order(shop, order.order_id, orders.NewRefund(), "key")


async def test_pieces_an_amount_and_the_rest_go_back(shop: Context) -> None:
    order = await placed(shop)
    (line,) = order.lines

    async def refund(key: str, **fields: object) -> orders.Refund:
        wanted = orders.NewRefund(**fields)  # type: ignore[arg-type]
        return await orders.refund_order(shop, order.order_id, wanted, key)

    pieces = (orders.Pieces(line_id=line.line_id, quantity=1),)
    first = await refund("k1", lines=pieces, shipping_minor=100, restock=True, reason="torn")
    assert (first.state, first.amount) == ("succeeded", eur(1100))
    assert await on_hand(shop, line.variant_id) == 98
    assert await refund("k1", lines=pieces, shipping_minor=100, restock=True, reason="torn") == (
        first
    )
    with pytest.raises(IdempotencyConflict):
        await refund("k1", amount=eur(1))
    second = await refund("k2", amount=eur(150))
    assert (second.amount, second.lines) == (eur(150), [])
    for too_much in (
        {"amount": eur(2251)},
        {"amount": Money(1, "USD")},
        {"amount": eur(0)},
        {"lines": (orders.Pieces(line_id=line.line_id, quantity=3),)},
        {"lines": pieces, "amount": eur(1)},
        {"shipping_minor": 501},
    ):
        with pytest.raises(orders.OrderNotRefundable):
            await refund("k3", **too_much)
    with pytest.raises(orders.OrderLineNotFound):
        await refund("k3", lines=(orders.Pieces(line_id=new_id(), quantity=1),))
    rest = await refund("k4")
    assert rest.amount == eur(3000 + SHIPPING - 1100 - 150)
    done = await orders.get_order(shop, order.order_id)
    assert (done.payment_status, done.refunded) == ("refunded", order.total)
    assert done.lines[0].refunded_quantity == 3
    assert await given_back_minor(shop) == await charged_minor(shop)
    with pytest.raises(orders.OrderNotRefundable):
        await refund("k5")
    await hear(shop)
    assert (await tags(shop)).count(OrderRefunded.TAG) == 3
    assert await on_hand(shop, line.variant_id) == 98


async def test_ten_people_refunding_at_once_give_back_no_more_than_was_paid(
    shop: Context,
) -> None:
    order = await placed(shop)

    async def clerk(number: int) -> bool:
        mine = shop.for_tenant(shop.tenant)
        wanted = orders.NewRefund(amount=eur(1000))
        try:
            await orders.refund_order(mine, order.order_id, wanted, f"key-{number}")
        except orders.OrderNotRefundable:
            return False
        return True

    assert sum(await asyncio.gather(*(clerk(number) for number in range(10)))) == 3
    assert await given_back_minor(shop) == 3000


async def test_ten_times_the_same_refund_at_once_is_one(shop: Context) -> None:
    order = await placed(shop)

    async def click() -> orders.Refund:
        mine = shop.for_tenant(shop.tenant)
        wanted = orders.NewRefund(amount=eur(1000))
        return await orders.refund_order(mine, order.order_id, wanted, "key")

    refunds = await asyncio.gather(*(click() for _ in range(10)))
    assert len({refund.refund_id for refund in refunds}) == 1
    assert await given_back_minor(shop) == 1000
    await hear(shop)
    assert (await tags(shop)).count(OrderRefunded.TAG) == 1


async def test_a_refund_whose_process_died_is_finished_by_the_schedule(shop: Context) -> None:
    order = await placed(shop)
    assert order.payment_id is not None
    wanted = orders.NewRefund(amount=eur(1000))
    task = asyncio.create_task(orders.refund_order(shop, order.order_id, wanted, "key"))
    # Nothing tells when its first commit is done, so it is watched.
    while not (await orders.get_order(shop, order.order_id)).refunding.amount_minor:
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await payments.settle_due(later(shop, hours=2))
    await hear(shop)
    assert (await orders.get_order(shop, order.order_id)).refunded == eur(1000)
    again = await orders.refund_order(shop, order.order_id, wanted, "key")
    assert again.state == "succeeded"
    assert await given_back_minor(shop) == 1000


async def test_notes_are_kept_in_the_orders_history_and_not_shown_to_shoppers(
    shop: Context,
) -> None:
    order = await placed(shop)
    note = await orders.add_note(shop, order.order_id, "Rings twice")
    detail = await orders.get_order(shop, order.order_id)
    assert detail.entries[-1] == note
    assert [entry.kind for entry in detail.entries] == ["placed", "note"]
    assert "Rings twice" not in str(
        [each for each in (await orders.list_orders(shop, orders.OrderFilter())).items]
    )
    with pytest.raises(orders.OrderNotFound):
        await orders.add_note(shop, new_id(), "x")


async def test_orders_are_found_by_state_number_and_address(shop: Context) -> None:
    first = await buy(shop, email="ana@example.com")
    second = await buy(shop, email="Ben@example.com")
    waiting = await buy(shop, email="ben@example.com", card="tok_timeout")
    await orders.fulfil_order(shop, first.order_id, orders.NewFulfillment())
    await orders.cancel_order(shop, second.order_id, orders.Cancellation())

    async def found(**fields: object) -> list[object]:
        wanted = orders.OrderFilter(**fields)  # type: ignore[arg-type]
        return [each.order_id for each in (await orders.list_orders(shop, wanted)).items]

    everything = [waiting.order_id, second.order_id, first.order_id]
    assert await found() == everything
    assert await found(status="placed") == [first.order_id]
    assert await found(status="cancelled", payment_status="refunded") == [second.order_id]
    assert await found(status="pending_payment") == [waiting.order_id]
    assert await found(fulfillment_status="fulfilled") == [first.order_id]
    assert await found(number="100") == [second.order_id, first.order_id]
    assert await found(number="1002") == [second.order_id]
    assert await found(email="BEN@") == [waiting.order_id, second.order_id]
    assert await found(email="%") == []
    detail = await orders.get_order(shop, second.order_id)
    assert await found(customer_id=detail.customer_id) == [waiting.order_id, second.order_id]


async def test_a_list_of_orders_is_turned_page_by_page(shop: Context, other_shop: Context) -> None:
    made = [(await buy(shop)).order_id for _ in range(5)]
    seen = []
    cursor = None
    while True:
        page = await orders.list_orders(shop, orders.OrderFilter(), cursor, limit=2)
        seen += [each.order_id for each in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == list(reversed(made))
    with pytest.raises(InvalidCursor):
        await orders.list_orders(other_shop, orders.OrderFilter(), cursor)


async def test_a_placed_order_is_confirmed_by_mail_once(shop: Context) -> None:
    order = await buy(shop)
    mail = shop.engines.mail
    assert isinstance(mail, OutboxMail)
    job = SendConfirmations([order.order_id])
    for _ in range(2):
        await send_confirmations(shop, job, None)  # type: ignore[arg-type]
    (letter,) = await mail.letters(shop.tenant.tenant_id)
    assert (letter.to, letter.mail_id) == ("ana@example.com", order.order_id)
    assert letter.subject == "Your order 1001 at Klee"
    assert "25.00 EUR" in letter.text


async def test_what_waits_or_cannot_be_reached_gets_no_mail(shop: Context) -> None:
    waiting = await buy(shop, card="tok_timeout")
    unreachable = await buy(shop, email="äöü@example.com")
    reachable = await buy(shop)
    unsent = [waiting.order_id, new_id(), unreachable.order_id]
    assert await orders.send_confirmations(shop, [*unsent, reachable.order_id]) == [
        reachable.order_id
    ]
    detail = await orders.get_order(shop, unreachable.order_id)
    assert [entry.kind for entry in detail.entries] == ["placed", "confirmation_refused"]


async def test_shipping_methods_are_kept_and_offered(shop: Context) -> None:
    express = orders.NewShippingMethod(
        code="express",
        name="Express",
        translations={"de": "Eilsendung"},
        price=eur(1500),
        countries=("DE",),
    )
    made = await orders.create_method(shop, express)
    with pytest.raises(orders.ShippingMethodCodeTaken):
        await orders.create_method(shop, express)
    dollars = orders.NewShippingMethod(code="express", name="US", price=Money(9, "USD"))
    await orders.create_method(shop, dollars)
    assert [each.code for each in await orders.offered_methods(shop)] == ["express", "standard"]
    assert [each.code for each in await orders.offered_methods(shop, country="FR")] == ["standard"]
    edited = await orders.update_method(
        shop,
        made.method_id,
        orders.ShippingMethodChanges(price_minor=900, free_from_minor=5000),
        expected_version=1,
    )
    assert (edited.price, edited.free_from, edited.version) == (eur(900), eur(5000), 2)
    assert edited in await orders.list_methods(shop)
    with pytest.raises(orders.ShippingMethodChanged):
        await orders.update_method(
            shop, made.method_id, orders.ShippingMethodChanges(), expected_version=1
        )
    await orders.delete_method(shop, made.method_id)
    with pytest.raises(orders.ShippingMethodNotFound):
        await orders.delete_method(shop, made.method_id)
