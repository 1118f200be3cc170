"""What a merchant's people do with orders: send them, cancel them, note something about them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from galleria.commerce import attributes, downloads
from galleria.commerce.attributes import KeptMetafields
from galleria.commerce.orders import model
from galleria.commerce.orders.events import FulfilledItem, OrderCancelled, OrderFulfilled
from galleria.commerce.orders.model import Entry, Fulfillment, Order
from galleria.commerce.orders.repository import reading, writing
from galleria.commerce.orders.schemas import Cancellation, NewFulfillment
from galleria.commerce.orders.service.goods import give_goods_back
from galleria.commerce.orders.service.history import entry_of, locked_order
from galleria.commerce.orders.service.refunding import give_back_rest, send_refund
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import audit


async def fulfil_order(
    ctx: Context, order_id: UUID, wanted: NewFulfillment, expected_version: int | None = None
) -> Fulfillment:
    """The parcel that left with these pieces, or with all that were left.

    Raises:
        OrderNotFound, OrderLineNotFound: there is no such order or line.
        OrderChanged: it is not at `expected_version`.
        OrderNotFulfillable: see `model.fulfil`.
    """
    pieces: dict[UUID, int] = {}
    for line in wanted.lines:
        pieces[line.line_id] = pieces.get(line.line_id, 0) + line.quantity
    async with ctx.transaction() as tx:
        order = await locked_order(tx, order_id, expected_version)
        sent_order, sent = model.fulfil(order, pieces or None, ctx.now)
        parcel = Fulfillment(
            fulfillment_id=new_id(),
            carrier=wanted.tracking.carrier,
            tracking_number=wanted.tracking.tracking_number,
            tracking_url=wanted.tracking.tracking_url,
            created_at=ctx.now,
            quantities=sent,
        )
        note = f"{sum(sent.values())} pieces {parcel.carrier} {parcel.tracking_number}".strip()
        await writing.insert_fulfillment(tx, order_id, parcel, sent)
        await writing.save(tx, sent_order, entry_of(ctx, "fulfilled", note))
        await writing.save_lines(tx, sent_order)
        tx.publish(_fulfilled_event(sent_order, parcel))
    return parcel


async def change_metafields(
    ctx: Context,
    order_id: UUID,
    changes: Mapping[str, Any] | None,
    expected_version: int | None = None,
) -> KeptMetafields:
    """What is kept beside the order after these changes by name; null takes a value away.

    Raises:
        OrderNotFound: this shop has no such order.
        OrderChanged: it is not at `expected_version`.
        InvalidMetafields: a value that its definition does not let in.
    """
    async with ctx.transaction() as tx:
        order = await locked_order(tx, order_id, expected_version)
        before = await reading.metafields_of(tx, order_id)
        after = await attributes.change_metafields(tx, "order", before, changes)
        if after != before:
            await writing.save_metafields(tx, order_id, after)
            await audit.record(tx, "orders.metafields_changed", f"order:{order_id}")
    return KeptMetafields(metafields=after, version=order.version + (after != before))


async def cancel_order(
    ctx: Context, order_id: UUID, wanted: Cancellation, expected_version: int | None = None
) -> None:
    """The order will not be sent: its goods are on the shelf again, its money is on its way back.

    Raises:
        OrderNotFound: this shop has no such order.
        OrderChanged: it is not at `expected_version`.
        OrderNotCancellable: it is not placed, or something was sent.
    """
    async with ctx.transaction() as tx:
        order = await locked_order(tx, order_id, expected_version)
        cancelled, back = model.cancel(order, wanted.reason, ctx.now)
        await writing.save(tx, cancelled, entry_of(ctx, "cancelled", wanted.reason))
        await writing.save_lines(tx, cancelled)
        _, refund_id = await give_back_rest(tx, cancelled, wanted.reason or "order cancelled")
        assert order.number is not None, "a placed order has a number"
        detail = {"number": order.number, "reason": wanted.reason}
        await audit.record(tx, "orders.order_cancelled", f"order:{order_id}", detail)
        tx.publish(
            OrderCancelled(
                order_id=order_id,
                number=order.number,
                customer_id=order.customer_id,
                reason=wanted.reason,
                cancelled_at=ctx.now,
            )
        )
        if order.is_digital:
            await downloads.revoke_of_order(tx, order_id)
        # Stock rows are the ones others wait for, so they come last.
        if wanted.restock and back:
            await give_goods_back(tx, order, back)
    if refund_id is not None:
        await send_refund(ctx, order_id, refund_id)


async def add_note(ctx: Context, order_id: UUID, note: str) -> Entry:
    """The remark stands in the order's history. Shoppers never see it.

    Raises:
        OrderNotFound: this shop has no such order.
    """
    entry = entry_of(ctx, "note", note)
    async with ctx.transaction() as tx:
        await locked_order(tx, order_id)
        await writing.insert_entry(tx, order_id, entry)
    return entry


def _fulfilled_event(order: Order, parcel: Fulfillment) -> OrderFulfilled:
    assert order.number is not None, "only placed orders are sent"
    variants = {line.line_id: line.variant_id for line in order.lines}
    return OrderFulfilled(
        order_id=order.order_id,
        number=order.number,
        customer_id=order.customer_id,
        fulfillment_id=parcel.fulfillment_id,
        items=[
            FulfilledItem(line_id=line_id, variant_id=variants[line_id], quantity=quantity)
            for line_id, quantity in parcel.quantities.items()
        ],
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        tracking_url=parcel.tracking_url,
        is_complete=order.fulfillment_status == "fulfilled",
        fulfilled_at=parcel.created_at,
    )
