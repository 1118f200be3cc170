"""What an order is: its lines, its money, its parcels, and what happened to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from galleria.commerce.carts import LineComponent, SelectedOption
from galleria.commerce.customers import PostalAddress
from galleria.foundation.money import Money

OrderStatus = Literal["pending_payment", "placed", "cancelled"]
# With those of orders that were made elsewhere.
ListedStatus = Literal["pending_payment", "placed", "cancelled", "completed", "refunded"]
PaymentStatus = Literal["pending", "captured", "declined", "partly_refunded", "refunded"]
FulfillmentStatus = Literal["unfulfilled", "partly_fulfilled", "fulfilled"]
RefundState = Literal["requested", "succeeded", "failed"]


class CounterSale(msgspec.Struct, frozen=True, kw_only=True):
    """What the shop's own device has sold already, before its order is made.

    `unit_prices` are those agreed, by variant, where they are not today's. What `is_handed_over`
    has left with its buyer, so nothing of it is sent. The goods lay at `location_id`, if anywhere.
    """

    unit_prices: Mapping[UUID, Money]
    is_handed_over: bool
    location_id: int | None


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """What was bought, as it was called and priced at that moment.

    `components` are what each piece contains when it is a bundle: they left the stock instead.
    """

    line_id: UUID
    variant_id: UUID
    product_id: UUID
    title: str
    sku: str | None
    options: list[SelectedOption]
    media_id: UUID | None
    is_shippable: bool
    unit_price: Money
    quantity: int
    total: Money
    fulfilled_quantity: int = 0
    refunded_quantity: int = 0
    removed_quantity: int = 0
    components: list[LineComponent] = []

    @property
    def open_quantity(self) -> int:
        """Pieces that may still be sent."""
        return self.quantity - self.fulfilled_quantity - self.removed_quantity


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase. `number` is None until it is placed, that is: until it is paid.

    When nothing in it is sent it may have no shipping address, and its shipping method is empty.
    """

    order_id: UUID
    number: str | None
    status: OrderStatus
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    customer_id: UUID
    email: str
    locale: str
    channel_id: UUID
    channel_code: str
    currency: str
    lines: list[OrderLine]
    subtotal: Money
    shipping: Money
    total: Money
    captured: Money
    refunding: Money
    refunded: Money
    shipping_address: PostalAddress | None
    billing_address: PostalAddress | None
    shipping_method: str
    shipping_method_name: str
    payment_id: UUID | None
    cart_id: UUID
    cancel_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    placed_at: datetime | None
    cancelled_at: datetime | None

    @property
    def item_count(self) -> int:
        """Pieces over all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def is_digital(self) -> bool:
        """Whether something in it is had without being sent."""
        return any(
            not line.is_shippable or any(not each.is_shippable for each in line.components)
            for line in self.lines
        )

    @property
    def refundable(self) -> Money:
        """What may still go back: captured, less what went and what is on its way."""
        left = self.captured.amount_minor - self.refunding.amount_minor - self.refunded.amount_minor
        assert left >= 0, "more went back than was captured"
        return Money(left, self.currency)


class RefundLine(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces whose money goes back; `removed_quantity` of them had not been sent."""

    line_id: UUID
    quantity: int
    removed_quantity: int
    amount: Money


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money of an order on its way back, or gone back, or refused by the gateway."""

    refund_id: UUID
    amount: Money
    state: RefundState
    restocks: bool
    reason: str
    actor: str
    created_at: datetime
    settled_at: datetime | None
    lines: list[RefundLine]


class Tracking(msgspec.Struct, frozen=True, kw_only=True):
    """Where a parcel can be followed."""

    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str | None = None


class Fulfillment(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel that was sent: pieces by line."""

    fulfillment_id: UUID
    carrier: str
    tracking_number: str
    tracking_url: str | None
    created_at: datetime
    quantities: dict[UUID, int]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to an order, or that somebody noted about it."""

    entry_id: UUID
    kind: str
    actor: str
    note: str
    at: datetime


class OrderDetail(Order, frozen=True, kw_only=True):
    """An order with all that happened to it, for the merchant's own people."""

    fulfillments: list[Fulfillment]
    refunds: list[Refund]
    entries: list[Entry]
    metafields: dict[str, Any] | None = None


class OrderSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An order as a line of a list. `source` is the system a past order comes from, else None."""

    order_id: UUID
    number: str | None
    status: ListedStatus
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    customer_id: UUID | None
    email: str
    channel_code: str
    item_count: int
    total: Money
    refunded: Money
    created_at: datetime
    placed_at: datetime | None
    source: str | None = None


class OrderFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which orders a list shows. Without a status: all but those that were never paid.

    `is_past` true shows those of another system only, false our own only.
    """

    status: ListedStatus | None = None
    payment_status: PaymentStatus | None = None
    fulfillment_status: FulfillmentStatus | None = None
    number: str = ""
    email: str = ""
    customer_id: UUID | None = None
    is_past: bool | None = None
