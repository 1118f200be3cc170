"""An order's money and pieces, whatever is done to it in whatever order."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from galleria.commerce.customers import PostalAddress
from galleria.commerce.downloads import BoughtDownloads
from galleria.commerce.orders import errors, model
from galleria.commerce.orders.model import Order, OrderLine, Refund, ShippingMethod
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money

NOTHING = BoughtDownloads()
AT = datetime(2026, 11, 20, tzinfo=UTC)
HOME = PostalAddress(name="Ana", line1="A 1", city="Köln", country="DE")
PIECES = st.lists(
    st.tuples(st.integers(0, 100_000), st.integers(1, 50)), min_size=1, max_size=6
).filter(lambda lines: any(price for price, _ in lines))


def eur(amount_minor: int) -> Money:
    return Money(amount_minor, "EUR")


def order_of(pieces: list[tuple[int, int]], shipping_minor: int = 490) -> Order:
    lines = [
        OrderLine(
            line_id=new_id(),
            variant_id=new_id(),
            product_id=new_id(),
            title="Print",
            sku=None,
            options=[],
            media_id=None,
            is_shippable=True,
            unit_price=eur(price),
            quantity=quantity,
            total=eur(price * quantity),
        )
        for price, quantity in pieces
    ]
    subtotal = sum(line.total.amount_minor for line in lines)
    return Order(
        order_id=new_id(),
        number=None,
        status="pending_payment",
        payment_status="pending",
        fulfillment_status="unfulfilled",
        customer_id=new_id(),
        email="ana@example.com",
        locale="en",
        channel_id=new_id(),
        channel_code="web",
        currency="EUR",
        lines=lines,
        subtotal=eur(subtotal),
        shipping=eur(shipping_minor),
        total=eur(subtotal + shipping_minor),
        captured=eur(0),
        refunding=eur(0),
        refunded=eur(0),
        shipping_address=HOME,
        billing_address=None,
        shipping_method="standard",
        shipping_method_name="Standard",
        payment_id=new_id(),
        cart_id=new_id(),
        cancel_reason=None,
        version=1,
        created_at=AT,
        updated_at=AT,
        placed_at=None,
        cancelled_at=None,
    )


def placed(pieces: list[tuple[int, int]], shipping_minor: int = 490) -> Order:
    return model.place(order_of(pieces, shipping_minor), "1001", AT)


def requested(amount: Money, lines: list[model.RefundLine]) -> Refund:
    return Refund(
        refund_id=new_id(),
        amount=amount,
        state="requested",
        restocks=False,
        reason="",
        actor="system",
        created_at=AT,
        settled_at=None,
        lines=lines,
    )


class OrderLife(RuleBasedStateMachine):
    """Sends, refunds and cancels at random; money and pieces must always add up."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way: list[Refund] = []
        self.given_back = 0
        self.sent: dict[UUID, int] = {}

    @initialize(pieces=PIECES, shipping_minor=st.integers(0, 5_000))
    def place(self, pieces: list[tuple[int, int]], shipping_minor: int) -> None:
        self.order = placed(pieces, shipping_minor)

    def some_pieces(self, data: st.DataObject) -> dict[UUID, int]:
        return {
            line.line_id: data.draw(st.integers(1, line.quantity + 1))
            for line in self.order.lines
            if data.draw(st.booleans())
        }

    @rule(data=st.data())
    def fulfil(self, data: st.DataObject) -> None:
        wanted = self.some_pieces(data)
        try:
            self.order, sent = model.fulfil(self.order, wanted or None, AT)
        except errors.OrderNotFulfillable:
            return
        for line_id, quantity in sent.items():
            self.sent[line_id] = self.sent.get(line_id, 0) + quantity

    @rule(data=st.data())
    def refund_pieces(self, data: st.DataObject) -> None:
        shipping_minor = data.draw(st.integers(0, self.order.shipping.amount_minor))
        try:
            amount, lines = model.refund_pieces(self.order, self.some_pieces(data), shipping_minor)
            self.order = model.start_refund(self.order, amount, lines, AT)
        except errors.OrderNotRefundable:
            return
        self.under_way.append(requested(amount, lines))

    @rule(amount_minor=st.integers(-1, 2_000_000))
    def refund_amount(self, amount_minor: int) -> None:
        try:
            self.order = model.start_refund(self.order, eur(amount_minor), [], AT)
        except errors.OrderNotRefundable:
            assert amount_minor <= 0 or amount_minor > self.order.refundable.amount_minor
            return
        self.under_way.append(requested(eur(amount_minor), []))

    @rule()
    def refund_rest(self) -> None:
        amount, lines = self.order.refundable, model.rest_of(self.order)
        if amount.amount_minor:
            self.order = model.start_refund(self.order, amount, lines, AT)
            self.under_way.append(requested(amount, lines))

    @rule()
    def cancel(self) -> None:
        try:
            self.order, back = model.cancel(self.order, "changed my mind", AT)
        except errors.OrderNotCancellable:
            return
        assert all(quantity > 0 for quantity in back.values())

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), succeeded=st.booleans())
    def settle(self, data: st.DataObject, succeeded: bool) -> None:
        position = data.draw(st.integers(0, len(self.under_way) - 1))
        refund = self.under_way.pop(position)
        self.order = model.settle_refund(self.order, refund, succeeded, AT)
        self.given_back += refund.amount.amount_minor if succeeded else 0

    @invariant()
    def money_adds_up(self) -> None:
        if not hasattr(self, "order"):
            return
        order = self.order
        under_way = sum(refund.amount.amount_minor for refund in self.under_way)
        assert order.refunded.amount_minor == self.given_back
        assert order.refunding.amount_minor == under_way
        assert 0 <= self.given_back + under_way <= order.captured.amount_minor
        assert (order.payment_status == "refunded") == (order.refunded == order.captured)

    @invariant()
    def pieces_add_up(self) -> None:
        for line in getattr(self, "order", order_of([(1, 1)])).lines:
            assert line.fulfilled_quantity == self.sent.get(line.line_id, 0)
            assert 0 <= line.refunded_quantity <= line.quantity
            assert line.removed_quantity >= 0
            assert line.fulfilled_quantity + line.removed_quantity <= line.quantity

    @invariant()
    def status_follows_from_the_pieces(self) -> None:
        order = getattr(self, "order", None)
        if order is None:
            return
        sent, left = sum(self.sent.values()), sum(line.open_quantity for line in order.lines)
        expected = "unfulfilled" if not sent else "partly_fulfilled" if left else "fulfilled"
        assert order.fulfillment_status == expected
        assert order.status == "placed" or not sent


OrderLife.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestOrderLife = OrderLife.TestCase


@given(PIECES, st.data())
def test_pieces_refunded_one_by_one_give_back_the_whole_line(
    pieces: list[tuple[int, int]], data: st.DataObject
) -> None:
    order = placed(pieces, 0)
    given_back = 0
    while any(line.refunded_quantity < line.quantity for line in order.lines):
        line = data.draw(
            st.sampled_from(
                [line for line in order.lines if line.refunded_quantity < line.quantity]
            )
        )
        left = line.quantity - line.refunded_quantity
        amount, lines = model.refund_pieces(
            order, {line.line_id: data.draw(st.integers(1, left))}, 0
        )
        given_back += amount.amount_minor
        by_line = {each.line_id: each for each in lines}
        order = msgspec.structs.replace(
            order,
            lines=[
                msgspec.structs.replace(
                    each,
                    refunded_quantity=each.refunded_quantity + by_line[each.line_id].quantity,
                )
                if each.line_id in by_line
                else each
                for each in order.lines
            ],
        )
    assert given_back == order.subtotal.amount_minor


def test_a_piece_refunded_before_it_was_sent_is_not_sent_any_more() -> None:
    order = placed([(1000, 3)])
    line_id = order.lines[0].line_id
    amount, lines = model.refund_pieces(order, {line_id: 1}, 0)
    order = model.start_refund(order, amount, lines, AT)
    order, sent = model.fulfil(order, None, AT)
    assert sent == {line_id: 2}
    assert order.fulfillment_status == "fulfilled"


def test_a_refund_the_gateway_refuses_leaves_pieces_and_money_as_they_were() -> None:
    order = placed([(1000, 3)])
    amount, lines = model.refund_pieces(order, {order.lines[0].line_id: 2}, 490)
    assert amount == eur(2490)
    after = model.settle_refund(
        model.start_refund(order, amount, lines, AT), requested(amount, lines), False, AT
    )
    assert (after.lines, after.refundable) == (order.lines, order.refundable)
    assert after.payment_status == "captured"


def test_what_is_not_the_orders_cannot_be_sent_or_refunded() -> None:
    order = placed([(1000, 1)])
    with pytest.raises(errors.OrderLineNotFound):
        model.fulfil(order, {new_id(): 1}, AT)
    with pytest.raises(errors.OrderLineNotFound):
        model.refund_pieces(order, {new_id(): 1}, 0)
    with pytest.raises(errors.OrderNotRefundable):
        model.refund_pieces(order, {}, 491)
    with pytest.raises(errors.OrderNotRefundable):
        model.start_refund(order, Money(1, "USD"), [], AT)
    with pytest.raises(errors.OrderNotFulfillable):
        model.fulfil(order_of([(1000, 1)]), None, AT)


def test_a_sent_order_is_not_cancelled_and_a_cancelled_one_not_sent() -> None:
    order = placed([(1000, 2)])
    sent, _ = model.fulfil(order, {order.lines[0].line_id: 1}, AT)
    with pytest.raises(errors.OrderNotCancellable):
        model.cancel(sent, "", AT)
    cancelled, back = model.cancel(order, "", AT)
    assert back == {order.lines[0].line_id: 2}
    with pytest.raises(errors.OrderNotFulfillable):
        model.fulfil(cancelled, None, AT)
    with pytest.raises(errors.OrderNotCancellable):
        model.cancel(cancelled, "", AT)


def test_money_that_comes_too_late_can_all_go_back() -> None:
    closed = model.give_up(order_of([(1000, 2)]), AT)
    assert (closed.status, closed.payment_status, closed.number) == ("cancelled", "declined", None)
    late = model.capture_late(closed, AT + timedelta(hours=1))
    assert late.refundable == late.total


def method(free_from: int | None = None, countries: tuple[str, ...] = ()) -> ShippingMethod:
    return ShippingMethod(
        method_id=new_id(),
        code="standard",
        name="Standard",
        translations={"de": "Standardversand"},
        price=eur(490),
        free_from=None if free_from is None else eur(free_from),
        countries=list(countries),
        is_active=True,
        position=0,
        version=1,
        created_at=AT,
        updated_at=AT,
    )


def test_a_parcel_is_free_from_its_limit_on() -> None:
    assert method(5_000).price_for(eur(4_999)) == eur(490)
    assert method(5_000).price_for(eur(5_000)) == eur(0)
    assert method().price_for(eur(10**9)) == eur(490)


def test_a_method_delivers_where_it_says_and_is_named_in_the_shoppers_language() -> None:
    assert method().delivers_to("JP")
    assert method(countries=("DE", "AT")).delivers_to("AT")
    assert not method(countries=("DE", "AT")).delivers_to("CH")
    assert not msgspec.structs.replace(method(), is_active=False).delivers_to("DE")
    assert [method().name_in(each) for each in ("de", "de-AT", "fr")] == [
        "Standardversand",
        "Standardversand",
        "Standard",
    ]


def test_the_confirmation_speaks_the_shoppers_language() -> None:
    order = msgspec.structs.replace(placed([(1290, 2)]), locale="de-AT")
    subject, text = model.confirmation_of(order, "Klee & Co", NOTHING, "")
    assert subject == "Ihre Bestellung 1001 bei Klee & Co"
    assert "2 x Print: 25.80 EUR" in text
    assert "Gesamt: 30.70 EUR" in text
    in_french = msgspec.structs.replace(order, locale="fr")
    english, _ = model.confirmation_of(in_french, "Klee", NOTHING, "")
    assert english == "Your order 1001 at Klee"
