"""The rules an order keeps: what adds up to its total, what may be sent, what may go back.

Pieces of a line are sent (`fulfilled`) or will never be (`removed`); what is left may be sent.
Money is captured once, then goes back in parts that never add up to more than was captured.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce.orders.errors import (
    OrderLineNotFound,
    OrderNotCancellable,
    OrderNotFulfillable,
    OrderNotRefundable,
)
from galleria.commerce.orders.model.order import (
    FulfillmentStatus,
    Order,
    OrderLine,
    PaymentStatus,
    Refund,
    RefundLine,
)
from galleria.foundation.money import Money, split_by_weight


def place(order: Order, number: str, now: datetime) -> Order:
    """The order, paid and numbered."""
    assert order.status == "pending_payment", "an order is placed once"
    return msgspec.structs.replace(
        order,
        number=number,
        status="placed",
        payment_status="captured",
        captured=order.total,
        placed_at=now,
        version=order.version + 1,
        updated_at=now,
    )


def give_up(order: Order, now: datetime) -> Order:
    """The order that was never paid, closed; it keeps no number."""
    assert order.status == "pending_payment", "a placed order is cancelled, not given up"
    return msgspec.structs.replace(
        order,
        status="cancelled",
        payment_status="declined",
        cancelled_at=now,
        version=order.version + 1,
        updated_at=now,
    )


def capture_late(order: Order, now: datetime) -> Order:
    """The order that was given up before its money came, with that money: it has to go back."""
    assert order.status == "cancelled" and order.placed_at is None, "else the order is placed"
    return msgspec.structs.replace(
        order,
        payment_status="captured",
        captured=order.total,
        version=order.version + 1,
        updated_at=now,
    )


def fulfil(
    order: Order, wanted: Mapping[UUID, int] | None, now: datetime
) -> tuple[Order, dict[UUID, int]]:
    """The order with these pieces sent, and which they are: all that are open when None.

    Args:
        order: a placed order.
        wanted: pieces by line, each >= 1.
        now: when they left.

    Raises:
        OrderNotFulfillable: it is not placed, nothing is open, or a line has fewer pieces open.
        OrderLineNotFound: a line is not the order's.
    """
    if order.status != "placed":
        raise OrderNotFulfillable(f"the order is {order.status}")
    _refuse_strangers(order, wanted or {})
    sent = dict(wanted) if wanted else {line.line_id: line.open_quantity for line in order.lines}
    sent = {line_id: quantity for line_id, quantity in sent.items() if quantity}
    if not sent:
        raise OrderNotFulfillable("nothing is left to send")
    lines = []
    for line in order.lines:
        quantity = sent.get(line.line_id, 0)
        if quantity > line.open_quantity:
            raise OrderNotFulfillable(
                f"{line.open_quantity} of {line.title} are left to send, not {quantity}"
            )
        lines.append(
            msgspec.structs.replace(line, fulfilled_quantity=line.fulfilled_quantity + quantity)
        )
    return _with_lines(order, lines, now), sent


def goods_of(order: Order, pieces: Mapping[UUID, int]) -> list[tuple[UUID, int]]:
    """The variants, and how many of each, that so many pieces of the lines are taken from stock
    as: a bundle as its components. In the order of the lines; a variant may come twice."""
    return [
        (variant_id, per_piece * pieces[line.line_id])
        for line in order.lines
        if pieces.get(line.line_id)
        for variant_id, per_piece in _contents(line)
    ]


def _contents(line: OrderLine) -> list[tuple[UUID, int]]:
    if not line.components:
        return [(line.variant_id, 1)]
    return [(each.variant_id, each.quantity) for each in line.components]


def lines_of_goods(order: Order) -> list[int]:
    """For each of all goods of the order, as `goods_of` tells them, the place of its line."""
    return [at for at, line in enumerate(order.lines) for _ in _contents(line)]


def unsent_goods(order: Order) -> list[tuple[UUID, UUID, int]]:
    """What of the order is had without being sent: line, variant, and how many."""
    return [
        (line.line_id, variant_id, per_piece * line.quantity)
        for line in order.lines
        for variant_id, per_piece, is_shippable in (
            [(each.variant_id, each.quantity, each.is_shippable) for each in line.components]
            or [(line.variant_id, 1, line.is_shippable)]
        )
        if not is_shippable
    ]


def delivered(order: Order, line_ids: Collection[UUID]) -> Order:
    """The order about to be placed, of whose lines these need not be sent."""
    assert order.status == "pending_payment", "what is paid for is delivered at once"
    lines = [
        msgspec.structs.replace(line, fulfilled_quantity=line.quantity)
        if line.line_id in line_ids
        else line
        for line in order.lines
    ]
    return msgspec.structs.replace(order, lines=lines, fulfillment_status=_fulfillment_of(lines))


def whole(order: Order) -> dict[UUID, int]:
    """All pieces of the order, by line."""
    return {line.line_id: line.quantity for line in order.lines}


def cancel(order: Order, reason: str, now: datetime) -> tuple[Order, dict[UUID, int]]:
    """The order cancelled, and the pieces that go back on the shelf, by line.

    Raises:
        OrderNotCancellable: it is not placed, or something was sent.
    """
    if order.status != "placed":
        raise OrderNotCancellable(f"the order is {order.status}")
    if any(line.fulfilled_quantity for line in order.lines if line.is_shippable):
        raise OrderNotCancellable("something was sent already; refund what comes back")
    back = {line.line_id: line.open_quantity for line in order.lines if line.open_quantity}
    lines = [
        msgspec.structs.replace(line, removed_quantity=line.quantity - line.fulfilled_quantity)
        for line in order.lines
    ]
    cancelled = msgspec.structs.replace(
        _with_lines(order, lines, now),
        status="cancelled",
        fulfillment_status="unfulfilled",
        cancel_reason=reason,
        cancelled_at=now,
    )
    return cancelled, back


def refund_pieces(
    order: Order, wanted: Mapping[UUID, int], shipping_minor: int
) -> tuple[Money, list[RefundLine]]:
    """What goes back for these pieces and this part of the shipping.

    Pieces not yet sent go first: they will not be sent any more.

    Raises:
        OrderLineNotFound: a line is not the order's.
        OrderNotRefundable: more pieces, or more shipping, than are left.
    """
    _refuse_strangers(order, wanted)
    if shipping_minor > order.shipping.amount_minor:
        raise OrderNotRefundable("that is more than the shipping cost")
    lines = [
        _refund_line(line, wanted[line.line_id]) for line in order.lines if line.line_id in wanted
    ]
    amount_minor = shipping_minor + sum(line.amount.amount_minor for line in lines)
    return Money(amount_minor, order.currency), lines


def rest_of(order: Order) -> list[RefundLine]:
    """All pieces whose money has not gone back."""
    return [
        _refund_line(line, line.quantity - line.refunded_quantity)
        for line in order.lines
        if line.refunded_quantity < line.quantity
    ]


def start_refund(order: Order, amount: Money, lines: Sequence[RefundLine], now: datetime) -> Order:
    """The order with `amount` on its way back for these pieces.

    Raises:
        OrderNotRefundable: nothing was captured, or less than `amount` is left.
    """
    left = order.refundable
    if amount.currency != order.currency or not 0 < amount.amount_minor <= left.amount_minor:
        raise OrderNotRefundable(
            f"between 1 and {left.amount_minor} {left.currency} (minor units) can go back"
        )
    by_line = {line.line_id: line for line in lines}
    changed = [
        msgspec.structs.replace(
            line,
            refunded_quantity=line.refunded_quantity + by_line[line.line_id].quantity,
            removed_quantity=line.removed_quantity + by_line[line.line_id].removed_quantity,
        )
        if line.line_id in by_line
        else line
        for line in order.lines
    ]
    promised = Money(order.refunding.amount_minor + amount.amount_minor, order.currency)
    return msgspec.structs.replace(_with_lines(order, changed, now), refunding=promised)


def settle_refund(order: Order, refund: Refund, succeeded: bool, now: datetime) -> Order:
    """The order once the gateway has given the money back, or has refused to."""
    assert refund.state == "requested", "a refund is settled once"
    amount_minor = refund.amount.amount_minor
    refunding = Money(order.refunding.amount_minor - amount_minor, order.currency)
    if succeeded:
        refunded = Money(order.refunded.amount_minor + amount_minor, order.currency)
        lines = order.lines
    else:
        refunded = order.refunded
        lines = _pieces_back(order.lines, refund.lines, keep_removed=order.status == "cancelled")
    return msgspec.structs.replace(
        _with_lines(order, lines, now),
        refunding=refunding,
        refunded=refunded,
        payment_status=payment_status(order.captured, refunded),
    )


def payment_status(captured: Money, refunded: Money) -> PaymentStatus:
    """How much of the captured money is still here."""
    if refunded.amount_minor == 0:
        return "captured"
    return "refunded" if refunded == captured else "partly_refunded"


def _refund_line(line: OrderLine, quantity: int) -> RefundLine:
    left = line.quantity - line.refunded_quantity
    if quantity > left:
        raise OrderNotRefundable(f"{left} of {line.title} can be refunded, not {quantity}")
    # Piece by piece, so that the parts of a line add up to it whatever the order of refunds.
    shares = split_by_weight(line.total, [1] * line.quantity)
    share = shares[line.refunded_quantity : line.refunded_quantity + quantity]
    return RefundLine(
        line_id=line.line_id,
        quantity=quantity,
        removed_quantity=min(quantity, line.open_quantity),
        amount=Money(sum(part.amount_minor for part in share), line.total.currency),
    )


def _pieces_back(
    lines: Sequence[OrderLine], refunded: Sequence[RefundLine], keep_removed: bool
) -> list[OrderLine]:
    """The lines as if the refund had not been; of a cancelled order nothing is sent either way."""
    by_line = {line.line_id: line for line in refunded}
    return [
        msgspec.structs.replace(
            line,
            refunded_quantity=line.refunded_quantity - by_line[line.line_id].quantity,
            removed_quantity=line.removed_quantity
            - (0 if keep_removed else by_line[line.line_id].removed_quantity),
        )
        if line.line_id in by_line
        else line
        for line in lines
    ]


def _with_lines(order: Order, lines: Sequence[OrderLine], now: datetime) -> Order:
    """The order one version on, with these lines and the status that follows from them."""
    for line in lines:
        assert line.open_quantity >= 0 <= line.removed_quantity, "pieces were sent twice"
        assert 0 <= line.refunded_quantity <= line.quantity, "pieces were refunded twice"
    return msgspec.structs.replace(
        order,
        lines=list(lines),
        fulfillment_status=_fulfillment_of(lines),
        version=order.version + 1,
        updated_at=now,
    )


def _fulfillment_of(lines: Sequence[OrderLine]) -> FulfillmentStatus:
    sent = sum(line.fulfilled_quantity for line in lines)
    left = sum(line.open_quantity for line in lines)
    if not sent:
        return "unfulfilled"
    return "partly_fulfilled" if left else "fulfilled"


def _refuse_strangers(order: Order, wanted: Mapping[UUID, int]) -> None:
    ours = {line.line_id for line in order.lines}
    for line_id, quantity in wanted.items():
        assert quantity >= 1, "the wire refuses less"
        if line_id not in ours:
            raise OrderLineNotFound(f"no line {line_id} in this order")
