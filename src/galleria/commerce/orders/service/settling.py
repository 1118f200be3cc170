"""What becomes of an order once the gateway's answer is known. Every step may be repeated."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from galleria.commerce import carts, downloads, inventory, payments
from galleria.commerce.orders import model
from galleria.commerce.orders.events import OrderedComponent, OrderedItem, OrderPlaced
from galleria.commerce.orders.model import Order
from galleria.commerce.orders.repository import reading, writing
from galleria.commerce.orders.service.goods import reserve_goods
from galleria.commerce.orders.service.history import entry_of, locked_order, owner_ref
from galleria.commerce.orders.service.refunding import give_back_rest
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.telemetry import logger

_log = logger("galleria.orders")


async def settle_order(tx: Transaction, order: Order, payment: payments.Payment) -> Order:
    """The order as its payment's state wants it; as it is while that is not known."""
    if payment.captured.amount_minor:
        return await pay_order(tx, order)
    if payment.state == "declined":
        return await give_up_order(tx, order, "declined")
    return order


async def pay_order(tx: Transaction, order: Order) -> Order:
    """The paid order is placed: its goods leave the stock, it gets its number, all is announced.

    Should it have been given up before the money came, the money goes back. The shop's counter is
    taken by the last statement but the events: others wait for it.
    """
    if order.status == "pending_payment":
        if not await _take_goods(tx, order):
            closed = await give_up_order(tx, order, "sold to others before the money came")
            return await _send_money_back(tx, closed)
        order = await _deliver(tx, order)
        number = await writing.place(tx, order, entry_of(tx.ctx, "placed"))
        if number is not None:
            placed = model.place(order, number, tx.now)
            tx.publish(_placed_event(placed))
            return placed
    # Somebody else settled it since it was read.
    current = await locked_order(tx, order.order_id)
    if current.status == "cancelled" and current.placed_at is None:
        return await _send_money_back(tx, current)
    return current


async def give_up_order(tx: Transaction, order: Order, reason: str) -> Order:
    """The order is closed unpaid: its goods are free again and its cart is open again."""
    current = await locked_order(tx, order.order_id)
    if current.status != "pending_payment":
        return current
    closed = model.give_up(current, tx.now)
    await writing.save(tx, closed, entry_of(tx.ctx, "payment_declined", reason))
    await inventory.release_reservation(tx, owner_ref(order.order_id))
    await carts.reopen_cart(tx, order.cart_id, order.order_id)
    return closed


async def settle_captured(ctx: Context, order_ids: Sequence[UUID]) -> None:
    """Those of the orders that were not placed yet are, now that their money has come.

    Each in a transaction of its own: one that held the stock and the counter for many orders
    would lock them in no order.
    """
    for order_id in await _unsettled(ctx, order_ids):
        async with ctx.for_tenant(ctx.tenant).transaction() as tx:
            order = await reading.order(tx, order_id)
            if order is not None:
                await pay_order(tx, order)


async def settle_declined(ctx: Context, declined: Mapping[UUID, str]) -> None:
    """Those of the orders that still waited for their money are given up; why, by order."""
    for order_id in await _unsettled(ctx, list(declined)):
        async with ctx.for_tenant(ctx.tenant).transaction() as tx:
            order = await reading.order(tx, order_id)
            if order is None or order.payment_id is None or order.status != "pending_payment":
                continue
            # The gateway may have taken its word back since: then the other event comes.
            payment = await payments.payment_of(tx, order.payment_id)
            if payment.state == "declined":
                await give_up_order(tx, order, declined[order_id])


async def _unsettled(ctx: Context, order_ids: Sequence[UUID]) -> list[UUID]:
    """In the order given; nearly always empty, as the checkout itself settles its order."""
    unplaced = await reading.unplaced_among(ctx, list(order_ids))
    return [order_id for order_id in dict.fromkeys(order_ids) if order_id in unplaced]


async def _take_goods(tx: Transaction, order: Order) -> bool:
    """True when the goods are the shopper's; False when they were let go and others have them."""
    owner = owner_ref(order.order_id)
    try:
        await inventory.commit_reservation(tx, owner)
    except inventory.ReservationLost:
        try:
            await reserve_goods(tx, order, None)
        except inventory.OutOfStock:
            return False
        await inventory.commit_reservation(tx, owner)
    return True


async def _deliver(tx: Transaction, order: Order) -> Order:
    """The order whose buyer has what need not be sent; as it is when somebody else settled it."""
    bought = [downloads.Bought(*each) for each in model.unsent_goods(order)]
    if not bought:
        return order
    current = await locked_order(tx, order.order_id)
    if current.status != "pending_payment":
        return order
    had = await downloads.hand_out(tx, order.order_id, bought)
    done = {line.line_id for line in order.lines if not line.is_shippable} & had
    await writing.mark_delivered(tx, order.order_id, sorted(done))
    return model.delivered(order, done)


async def _send_money_back(tx: Transaction, order: Order) -> Order:
    """The money that came for an order given up is on its way back."""
    if order.captured.amount_minor or order.payment_id is None:
        return order
    _log.warning("money came for an order that was given up", order_id=str(order.order_id))
    paid = model.capture_late(order, tx.now)
    await writing.save(tx, paid, entry_of(tx.ctx, "paid_too_late"))
    returning, _ = await give_back_rest(tx, paid, "paid too late")
    return returning


def _placed_event(order: Order) -> OrderPlaced:
    assert order.number is not None and order.placed_at is not None, "it was just placed"
    return OrderPlaced(
        order_id=order.order_id,
        number=order.number,
        customer_id=order.customer_id,
        channel_id=order.channel_id,
        channel_code=order.channel_code,
        subtotal=order.subtotal,
        shipping=order.shipping,
        total=order.total,
        items=[
            OrderedItem(
                line_id=line.line_id,
                variant_id=line.variant_id,
                product_id=line.product_id,
                quantity=line.quantity,
                total=line.total,
                components=[
                    OrderedComponent(
                        variant_id=each.variant_id,
                        product_id=each.product_id,
                        quantity=each.quantity,
                    )
                    for each in line.components
                ],
            )
            for line in order.lines
        ],
        placed_at=order.placed_at,
    )
