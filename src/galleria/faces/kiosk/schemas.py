"""What kiosks hand in of what they sold without a network, and what they are answered."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.commerce.customers import PostalAddress
from galleria.commerce.orders import OrderStatus
from galleria.foundation.errors import FieldError, GalleriaError
from galleria.foundation.http import Email, Handle, WireInput
from galleria.foundation.money import Money

MOST_ORDERS = 100
MOST_LINES = 100

# Not guessed or met by chance: keys are told apart in the whole shop.
SaleKey = Annotated[str, Meta(min_length=16, max_length=100, pattern=r"^[!-~]+$(?!\n)")]
Reference = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[!-~]+$(?!\n)")]
Instant = Annotated[datetime, Meta(tz=True)]


class SoldLine(WireInput):
    """Pieces that were sold; `price_code` came with the price, in the pack or its changes."""

    variant_id: UUID
    quantity: Annotated[int, Meta(ge=1, le=999)]
    unit_price: Money
    price_code: Annotated[str, Meta(max_length=60, pattern=r"^[0-9A-Za-z_.-]*$(?!\n)")] = ""


class CounterPayment(WireInput):
    """How the money was taken: into the drawer or by a terminal. `reference` is the receipt's."""

    method: Literal["cash", "terminal"]
    reference: Reference


class OfflineOrder(WireInput):
    """A sale. `total` is what was taken, shipping with it. When it `is_handed_over` its goods have
    left with the buyer; else they are sent, and it says where to and how."""

    idempotency_key: SaleKey
    taken_at: Instant
    lines: Annotated[tuple[SoldLine, ...], Meta(min_length=1, max_length=MOST_LINES)]
    payment: CounterPayment
    total: Money
    email: Email | None = None
    is_handed_over: bool = True
    shipping_address: PostalAddress | None = None
    shipping_method: Handle | None = None


class OfflineOrders(WireInput):
    """Sales, the first one first."""

    orders: Annotated[tuple[OfflineOrder, ...], Meta(min_length=1, max_length=MOST_ORDERS)]


class TakenOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a sale has become."""

    order_id: UUID
    number: str | None
    status: OrderStatus
    total: Money


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why a sale was refused: what a problem says when it is a whole answer."""

    code: str
    title: str
    status: int
    detail: str
    errors: list[FieldError]


def refusal_of(error: GalleriaError) -> Refusal:
    """The refusal that tells of an error."""
    return Refusal(
        code=error.code,
        title=error.title,
        status=error.status,
        detail=error.detail,
        errors=list(error.errors),
    )


class OfflineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one sale. One that was `refused` left nothing, and may be sent again."""

    idempotency_key: str
    outcome: Literal["placed", "already_placed", "refused"]
    order: TakenOrder | None = None
    problem: Refusal | None = None


class OfflineAnswers(msgspec.Struct, frozen=True):
    """What became of each, in their order."""

    items: list[OfflineAnswer]
