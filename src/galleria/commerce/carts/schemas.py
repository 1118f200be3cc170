"""What a shopper's client sends, and the cart it gets back."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.commerce.carts.model import (
    MAX_LINES,
    MAX_QUANTITY,
    CartStatus,
    PricedCart,
    PricedLine,
)
from galleria.foundation.http import Email, Handle, LocaleCode, WireInput
from galleria.foundation.money import Money

Pieces = Annotated[int, Meta(ge=1, le=MAX_QUANTITY)]


class NewLine(WireInput):
    """Pieces of a variant to put into the cart."""

    variant_id: UUID
    quantity: Pieces = 1


class NewCart(WireInput):
    """A cart to begin with; all of it may be left out."""

    channel: Handle | None = None
    locale: LocaleCode | None = None
    email: Email | None = None
    lines: Annotated[tuple[NewLine, ...], Meta(max_length=MAX_LINES)] = ()


class LineQuantity(WireInput):
    """How many pieces the line holds from now on."""

    quantity: Pieces


class CartView(msgspec.Struct, frozen=True, kw_only=True):
    """A cart as its shopper sees it. `token` is what the paths call `{cart_id}`: keep it secret."""

    token: str
    channel: str
    currency: str
    locale: str
    email: str | None
    status: CartStatus
    version: int
    lines: list[PricedLine]
    item_count: int
    subtotal: Money
    is_ready_for_checkout: bool
    updated_at: datetime
    expires_at: datetime


def cart_view(token: str, priced: PricedCart) -> CartView:
    """The wire form of a priced cart."""
    cart = priced.cart
    return CartView(
        token=token,
        channel=cart.channel_code,
        currency=cart.currency,
        locale=cart.locale,
        email=cart.email,
        status=cart.status,
        version=cart.version,
        lines=priced.lines,
        item_count=sum(line.quantity for line in cart.lines),
        subtotal=priced.subtotal,
        is_ready_for_checkout=priced.is_ready and cart.status == "open",
        updated_at=cart.updated_at,
        expires_at=cart.expires_at,
    )
