"""What happened to orders, for every room above and beside."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from galleria.foundation.events import Event
from galleria.foundation.money import Money


class OrderedComponent(msgspec.Struct, frozen=True, kw_only=True):
    """So many of a variant in each bundle."""

    variant_id: UUID
    product_id: UUID
    quantity: int


class OrderedItem(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces of a variant in an order; `components` are what each piece of a bundle contains."""

    line_id: UUID
    variant_id: UUID
    product_id: UUID
    quantity: int
    total: Money
    components: list[OrderedComponent] = []


class OrderPlaced(Event):
    """A shopper has bought: the money is taken and the goods are set aside."""

    TAG: ClassVar[str] = "orders.order_placed.v1"
    SUBJECT: ClassVar[str] = "order_id"
    order_id: UUID
    number: str
    customer_id: UUID
    channel_id: UUID
    channel_code: str
    subtotal: Money
    shipping: Money
    total: Money
    items: list[OrderedItem]
    placed_at: datetime


class OrderCancelled(Event):
    """A placed order will not be sent."""

    TAG: ClassVar[str] = "orders.order_cancelled.v1"
    SUBJECT: ClassVar[str] = "order_id"
    order_id: UUID
    number: str
    customer_id: UUID
    reason: str
    cancelled_at: datetime


class FulfilledItem(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces of a line that were sent."""

    line_id: UUID
    variant_id: UUID
    quantity: int


class OrderFulfilled(Event):
    """Some or all of an order was sent; `is_complete` when nothing is left to send."""

    TAG: ClassVar[str] = "orders.order_fulfilled.v1"
    SUBJECT: ClassVar[str] = "order_id"
    order_id: UUID
    number: str
    customer_id: UUID
    fulfillment_id: UUID
    items: list[FulfilledItem]
    carrier: str
    tracking_number: str
    tracking_url: str | None
    is_complete: bool
    fulfilled_at: datetime


class OrderRefunded(Event):
    """Money of an order went back; `is_complete` when all of it has."""

    TAG: ClassVar[str] = "orders.order_refunded.v1"
    SUBJECT: ClassVar[str] = "order_id"
    order_id: UUID
    number: str | None
    customer_id: UUID
    refund_id: UUID
    amount: Money
    is_complete: bool
    refunded_at: datetime
