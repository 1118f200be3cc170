"""An order made elsewhere before the shop moved in: history, as the other shop wrote it."""

import hashlib
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import field

from galleria.commerce.orders.model.order import FulfillmentStatus, PaymentStatus
from galleria.foundation.ids import IdSource
from galleria.foundation.money import Money

PastStatus: TypeAlias = Literal["completed", "cancelled", "refunded"]

_PAYMENT: dict[str, PaymentStatus] = {
    "pending": "pending",
    "authorized": "pending",
    "partially_paid": "pending",
    "unpaid": "pending",
    "voided": "declined",
    "expired": "declined",
    "partially_refunded": "partly_refunded",
    "refunded": "refunded",
}
_FULFILLMENT: dict[str, FulfillmentStatus] = {
    "fulfilled": "fulfilled",
    "partial": "partly_fulfilled",
    "partially_fulfilled": "partly_fulfilled",
}


class PastPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where goods or a bill went, as the other shop wrote it: nothing is sent there."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    phone: str = ""


class PastLineDraft(msgspec.Struct, frozen=True, kw_only=True):
    """So many of one thing at a price each, in minor units of the order's currency."""

    title: str
    quantity: int
    price_minor: int
    discount_minor: int = 0
    sku: str | None = None
    is_shippable: bool = True
    is_taxable: bool = True
    is_fulfilled: bool = False


class PastOrderDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What another system says about an order. Amounts are in minor units of `currency`."""

    number: str
    email: str
    currency: str
    placed_at: datetime
    external_ref: str = ""
    paid_at: datetime | None = None
    fulfilled_at: datetime | None = None
    cancelled_at: datetime | None = None
    financial_status: str = ""
    fulfillment_status: str = ""
    subtotal_minor: int = 0
    shipping_minor: int = 0
    tax_minor: int = 0
    discount_minor: int = 0
    total_minor: int = 0
    refunded_minor: int = 0
    discount_code: str = ""
    shipping_method: str = ""
    payment_method: str = ""
    note: str = ""
    tags: list[str] = field(default_factory=list)
    billing: PastPlace | None = None
    shipping: PastPlace | None = None
    lines: list[PastLineDraft] = field(default_factory=list)

    @property
    def own_number(self) -> str:
        """The number without the sign that stands before it."""
        return self.number.strip().removeprefix("#")

    @property
    def payment_state(self) -> PaymentStatus:
        """What became of the money, in our words; a word nobody knows means that it was paid."""
        return _PAYMENT.get(self.financial_status, "captured")

    @property
    def fulfillment_state(self) -> FulfillmentStatus:
        """What became of the goods, in our words."""
        return _FULFILLMENT.get(self.fulfillment_status, "unfulfilled")

    @property
    def status(self) -> PastStatus:
        """How it ended: an order of the past is never open."""
        if self.cancelled_at is not None:
            return "cancelled"
        return "refunded" if self.payment_state == "refunded" else "completed"

    @property
    def content_hash(self) -> bytes:
        """The same for the same draft, another as soon as anything differs."""
        return hashlib.sha256(msgspec.json.encode(self)).digest()


class PastDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What is read with a past order and never searched."""

    paid_at: datetime | None
    fulfilled_at: datetime | None
    discount_code: str
    shipping_method: str
    payment_method: str
    note: str
    tags: list[str]
    billing: PastPlace | None
    shipping: PastPlace | None
    lines: list[PastLineDraft]


class PastOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order of another system, kept as history. `source` is that system, `number` its number."""

    order_id: UUID
    source: str
    number: str
    external_ref: str
    status: PastStatus
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    customer_id: UUID | None
    email: str
    item_count: int
    subtotal: Money
    shipping: Money
    tax: Money
    discount: Money
    total: Money
    refunded: Money
    details: PastDetails
    placed_at: datetime
    cancelled_at: datetime | None


class MergedPastOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a draft; for a refused one a code and the reason."""

    outcome: Literal["created", "changed", "unchanged", "refused"]
    code: str = ""
    reason: str = ""


def id_at(moment: datetime) -> UUID:
    """An id among those that were made at that moment; before 1970, at its beginning."""
    nanoseconds = max(0, int(moment.timestamp() * 1_000)) * 1_000_000
    return IdSource(lambda: nanoseconds).next()


def details_of(draft: PastOrderDraft) -> PastDetails:
    """What is read with the order."""
    return PastDetails(**{name: getattr(draft, name) for name in PastDetails.__struct_fields__})
