"""What comes in about orders, and the forms in which they go out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from galleria.commerce.carts import LineComponent, SelectedOption
from galleria.commerce.customers import PostalAddress
from galleria.commerce.downloads import BoughtDownloads
from galleria.commerce.orders.model import (
    Fulfillment,
    FulfillmentStatus,
    Order,
    OrderStatus,
    PaymentStatus,
)
from galleria.foundation.http import (
    AmountMinor,
    CountryCode,
    Email,
    Handle,
    HttpUrl,
    LocaleCode,
    Name,
    Quantity,
    ShortText,
    WireInput,
)
from galleria.foundation.money import Money

Line = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
NoteText = Annotated[str, Meta(min_length=1, max_length=5_000, pattern=r"^[^\x00]*$")]
Prefix = Annotated[str, Meta(max_length=254, pattern=r"^[^\x00]*$")]


class PaymentChoice(WireInput):
    """How to pay: a gateway, and what the gateway's own page gave the client for the card."""

    method: Handle
    token: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[!-~]+$(?!\n)")]


class Checkout(WireInput):
    """Buy the cart. With `expected_total` only at that total, whatever happened meanwhile.

    Address and shipping method may be left out when nothing in the cart is shipped.
    """

    email: Email
    payment: PaymentChoice
    shipping_address: PostalAddress | None = None
    shipping_method: Handle | None = None
    billing_address: PostalAddress | None = None
    expected_total: Money | None = None


class Pieces(WireInput):
    """Pieces of one line of an order."""

    line_id: UUID
    quantity: Quantity


ManyPieces = Annotated[tuple[Pieces, ...], Meta(max_length=100)]


class TrackingInput(WireInput):
    """Where the parcel can be followed."""

    carrier: Line = ""
    tracking_number: Line = ""
    tracking_url: HttpUrl | None = None


class NewFulfillment(WireInput):
    """A parcel that leaves: these pieces, or all that are left when none are named."""

    lines: ManyPieces = ()
    tracking: TrackingInput = TrackingInput()


class NewRefund(WireInput):
    """Money to give back: for pieces and shipping, or an amount, or all that is left."""

    lines: ManyPieces = ()
    shipping_minor: AmountMinor = 0
    amount: Money | None = None
    restock: bool = False
    reason: ShortText = ""


class Cancellation(WireInput):
    """An order that will not be sent: goods go back on the shelf, money to the shopper."""

    reason: ShortText = ""
    restock: bool = True


class NewNote(WireInput):
    """A remark for the merchant's own people; shoppers never see it."""

    note: NoteText


class NewShippingMethod(WireInput):
    """A flat rate in one currency."""

    code: Handle
    name: Name
    price: Money
    free_from: Money | None = None
    translations: Annotated[dict[LocaleCode, Name], Meta(max_length=50)] = msgspec.field(
        default_factory=dict
    )
    countries: Annotated[tuple[CountryCode, ...], Meta(max_length=250)] = ()
    is_active: bool = True
    position: Annotated[int, Meta(ge=0, le=10_000)] = 0


class ShippingMethodChanges(WireInput):
    """The fields to change; what is left out stays. Code and currency never change."""

    name: Name | UnsetType = UNSET
    price_minor: AmountMinor | UnsetType = UNSET
    free_from_minor: AmountMinor | UnsetType | None = UNSET
    translations: Annotated[dict[LocaleCode, Name], Meta(max_length=50)] | UnsetType = UNSET
    countries: Annotated[tuple[CountryCode, ...], Meta(max_length=250)] | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    position: Annotated[int, Meta(ge=0, le=10_000)] | UnsetType = UNSET


class StoreOrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the shopper sees it."""

    line_id: UUID
    variant_id: UUID
    product_id: UUID
    title: str
    sku: str | None
    options: list[SelectedOption]
    media_id: UUID | None
    unit_price: Money
    quantity: int
    total: Money
    fulfilled_quantity: int
    refunded_quantity: int
    components: list[LineComponent]


class StoreFulfillment(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel as the shopper sees it."""

    carrier: str
    tracking_number: str
    tracking_url: str | None
    created_at: datetime


class StoreOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as its shopper sees it. Whoever has the `token` may see it: keep it secret."""

    order_id: UUID
    token: str
    number: str | None
    status: OrderStatus
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    email: str
    channel: str
    currency: str
    lines: list[StoreOrderLine]
    subtotal: Money
    shipping: Money
    total: Money
    refunded: Money
    shipping_address: PostalAddress | None
    billing_address: PostalAddress | None
    shipping_method: str
    shipping_method_name: str
    fulfillments: list[StoreFulfillment]
    created_at: datetime
    placed_at: datetime | None
    cancelled_at: datetime | None
    downloads: BoughtDownloads


class OfferedMethod(msgspec.Struct, frozen=True, kw_only=True):
    """A shipping method as a shopper may choose it."""

    code: str
    name: str
    price: Money
    free_from: Money | None
    countries: list[str]


class OfferedMethods(msgspec.Struct, frozen=True):
    """All of them: a shop has a handful, so there are no pages."""

    items: list[OfferedMethod]
    next_cursor: None = None


def store_order(
    order: Order, token: str, fulfillments: list[Fulfillment], bought: BoughtDownloads
) -> StoreOrder:
    """The shopper's view: no notes, no actors, nothing of the merchant's own."""
    shown = {
        name: getattr(order, name)
        for name in StoreOrder.__struct_fields__
        if name in Order.__struct_fields__ and name != "lines"
    }
    return StoreOrder(
        **shown,
        token=token,
        channel=order.channel_code,
        downloads=bought,
        lines=[
            StoreOrderLine(
                **{name: getattr(line, name) for name in StoreOrderLine.__struct_fields__}
            )
            for line in order.lines
        ],
        fulfillments=[
            StoreFulfillment(
                **{name: getattr(parcel, name) for name in StoreFulfillment.__struct_fields__}
            )
            for parcel in fulfillments
        ],
    )
