"""Money goes back: promised in one commit, asked of the gateway, settled in another."""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from galleria.commerce import payments
from galleria.commerce.orders import model
from galleria.commerce.orders.errors import OrderNotRefundable
from galleria.commerce.orders.events import OrderRefunded
from galleria.commerce.orders.model import Order, Refund, RefundLine
from galleria.commerce.orders.repository import reading, writing
from galleria.commerce.orders.schemas import NewRefund
from galleria.commerce.orders.service.goods import give_goods_back
from galleria.commerce.orders.service.history import (
    actor_name,
    entry_of,
    locked_order,
)
from galleria.engines.context import Context
from galleria.engines.sql import IdempotencyConflict, Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from galleria.platform import audit


async def refund_order(ctx: Context, order_id: UUID, wanted: NewRefund, key: str) -> Refund:
    """The refund, as far as it has come: `requested` while the gateway gives no answer.

    The key makes it happen once: the same request again finds the first one's refund, and asks
    the gateway again if need be.

    Raises:
        OrderNotFound, OrderLineNotFound: there is no such order or line.
        OrderNotRefundable: more pieces or more money than are left.
        IdempotencyConflict: the key came before with another request.
    """
    fingerprint = hashlib.sha256(msgspec.json.encode(wanted)).digest()
    async with ctx.transaction() as tx:
        order = await locked_order(tx, order_id)
        prior = await reading.refund_by_key(tx, order_id, key)
        if prior is None:
            amount, lines = _plan(order, wanted)
            refund = _new_refund(ctx, amount, lines, wanted)
            await _promise(tx, order, refund, key, fingerprint)
            detail = {"refund_id": str(refund.refund_id), "amount": _told(amount)}
            await audit.record(tx, "orders.refund_requested", f"order:{order_id}", detail)
        else:
            refund, first_fingerprint = prior
            if first_fingerprint != fingerprint:
                raise IdempotencyConflict("use a new Idempotency-Key for a different refund")
    await send_refund(ctx, order_id, refund.refund_id)
    found = await reading.refund(ctx, refund.refund_id)
    assert found is not None, "it was kept above"
    return found[1]


async def send_refund(ctx: Context, order_id: UUID, refund_id: UUID) -> None:
    """The gateway was asked, and its answer, if it gave one, is the order's. Safe to repeat."""
    succeeded = await payments.send_refund(ctx, refund_id)
    if succeeded is not None:
        async with ctx.transaction() as tx:
            await settle_refund(tx, order_id, refund_id, succeeded)


async def settle_refund(tx: Transaction, order_id: UUID, refund_id: UUID, succeeded: bool) -> None:
    """The order knows that its money went back, or that it did not. Safe to repeat."""
    if not await writing.lock(tx, order_id):
        return
    found = await reading.refund(tx, refund_id)
    if found is None or found[1].state != "requested":
        return
    order, refund = await locked_order(tx, order_id), found[1]
    settled = model.settle_refund(order, refund, succeeded, tx.now)
    state = "succeeded" if succeeded else "failed"
    await writing.settle_refund(tx, refund_id, state)
    await writing.save(tx, settled, entry_of(tx.ctx, f"refund_{state}", _told(refund.amount)))
    await writing.save_lines(tx, settled)
    if not succeeded:
        return
    if refund.restocks:
        await _restock(tx, settled, refund)
    tx.publish(
        OrderRefunded(
            order_id=order_id,
            number=settled.number,
            customer_id=settled.customer_id,
            refund_id=refund_id,
            amount=refund.amount,
            is_complete=settled.payment_status == "refunded",
            refunded_at=tx.now,
        )
    )


async def settle_refunds(ctx: Context, refund_ids: Mapping[UUID, UUID], succeeded: bool) -> None:
    """The orders know what became of these refunds; `refund_ids` leads to the order of each."""
    for refund_id, order_id in refund_ids.items():
        found = await reading.refund(ctx, refund_id)
        if found is not None and found[1].state == "requested":
            async with ctx.for_tenant(ctx.tenant).transaction() as tx:
                await settle_refund(tx, order_id, refund_id, succeeded)


async def give_back_rest(tx: Transaction, order: Order, reason: str) -> tuple[Order, UUID | None]:
    """All captured money that is still here is on its way back; the refund's id, if any is.

    The order is locked and already kept as given here. The gateway is asked after the commit, by
    `send_refund` or by the schedule of the payments room.
    """
    amount = order.refundable
    if amount.amount_minor == 0:
        return order, None
    refund = _new_refund(tx.ctx, amount, model.rest_of(order), NewRefund(reason=reason))
    promised = await _promise(tx, order, refund, f"system:{refund.refund_id}", b"")
    return promised, refund.refund_id


def _plan(order: Order, wanted: NewRefund) -> tuple[Money, list[RefundLine]]:
    """What goes back, and for which pieces."""
    if wanted.lines or wanted.shipping_minor:
        if wanted.amount is not None:
            raise OrderNotRefundable("name pieces and shipping, or an amount, not both")
        pieces: dict[UUID, int] = {}
        for line in wanted.lines:
            pieces[line.line_id] = pieces.get(line.line_id, 0) + line.quantity
        return model.refund_pieces(order, pieces, wanted.shipping_minor)
    if wanted.amount is not None:
        return wanted.amount, []
    return order.refundable, model.rest_of(order)


def _new_refund(
    ctx: Context, amount: Money, lines: Sequence[RefundLine], wanted: NewRefund
) -> Refund:
    return Refund(
        refund_id=new_id(),
        amount=amount,
        state="requested",
        restocks=wanted.restock,
        reason=wanted.reason,
        actor=actor_name(ctx.actor),
        created_at=ctx.now,
        settled_at=None,
        lines=list(lines),
    )


async def _promise(
    tx: Transaction, order: Order, refund: Refund, key: str, fingerprint: bytes
) -> Order:
    if order.payment_id is None:
        raise OrderNotRefundable("nothing was paid for this order")
    promised = model.start_refund(order, refund.amount, refund.lines, tx.now)
    await writing.insert_refund(tx, order.order_id, refund, key, fingerprint)
    note = f"{_told(refund.amount)} {refund.reason}".strip()
    await writing.save(tx, promised, entry_of(tx.ctx, "refund_requested", note))
    await writing.save_lines(tx, promised)
    await payments.start_refund(
        tx, order.payment_id, refund.refund_id, refund.amount, refund.reason
    )
    return promised


async def _restock(tx: Transaction, order: Order, refund: Refund) -> None:
    pieces = {line.line_id: line.quantity for line in refund.lines}
    await give_goods_back(tx, order, pieces)


def _told(amount: Money) -> str:
    return f"{amount.amount_minor} {amount.currency} (minor units)"
