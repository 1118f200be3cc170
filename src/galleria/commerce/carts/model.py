"""A cart and its rules: the same variant joins its line, nothing grows without end."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from galleria.commerce.carts.errors import CartFull, CartLineNotFound, QuantityTooLarge
from galleria.foundation.errors import FieldError
from galleria.foundation.money import Money, multiply, sum_money

MAX_LINES = 100  # a cart is read, priced and locked whole at checkout
MAX_QUANTITY = 999
TIME_TO_LIVE = timedelta(days=30)  # from the last change

CartStatus = Literal["open", "ordered"]
UnavailableReason = Literal[
    "not_for_sale", "no_price", "sold_out", "not_enough_stock", "component_unavailable"
]


class CartLine(msgspec.Struct, frozen=True, kw_only=True):
    """A number of pieces of one variant."""

    line_id: UUID
    variant_id: UUID
    quantity: int
    added_at: datetime


class Cart(msgspec.Struct, frozen=True, kw_only=True):
    """What a shopper has put together: lines in the order they were added, no two of a variant."""

    cart_id: UUID
    channel_id: UUID
    channel_code: str
    currency: str
    locale: str
    email: str | None
    status: CartStatus
    order_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    lines: tuple[CartLine, ...] = ()


class SelectedOption(msgspec.Struct, frozen=True):
    """One choice that makes a variant: its size, its colour."""

    name: str
    value: str


class LineComponent(msgspec.Struct, frozen=True, kw_only=True):
    """So many of a variant in each bundle of a line."""

    variant_id: UUID
    product_id: UUID
    product_handle: str
    title: str
    options: list[SelectedOption]
    sku: str | None
    is_shippable: bool
    quantity: int


class PricedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as the shopper sees it now. With an `unavailable_reason` it does not count.

    `components` are what each piece contains when it is a bundle.
    """

    line_id: UUID
    variant_id: UUID
    quantity: int
    product_id: UUID | None
    product_handle: str | None
    title: str | None
    options: list[SelectedOption]
    sku: str | None
    media_id: UUID | None
    is_shippable: bool
    unit_price: Money | None
    compare_at: Money | None
    total: Money | None
    available_quantity: int | None
    unavailable_reason: UnavailableReason | None
    components: list[LineComponent] = []


class PricedCart(msgspec.Struct, frozen=True, kw_only=True):
    """A cart with today's prices. `subtotal` adds up the lines that can be bought."""

    cart: Cart
    lines: list[PricedLine]
    subtotal: Money

    @property
    def is_ready(self) -> bool:
        """True when there is something in it and all of it can be bought."""
        return bool(self.lines) and all(line.unavailable_reason is None for line in self.lines)


def priced_cart(cart: Cart, lines: list[PricedLine]) -> PricedCart:
    """The cart with its lines priced and added up."""
    assert [line.line_id for line in lines] == [line.line_id for line in cart.lines]
    counted = [line.total for line in lines if line.total and line.unavailable_reason is None]
    return PricedCart(cart=cart, lines=lines, subtotal=sum_money(counted, cart.currency))


def line_total(unit_price: Money | None, quantity: int) -> Money | None:
    """The price of the line, None while there is no price."""
    return None if unit_price is None else multiply(unit_price, quantity)


def at_agreed(line: PricedLine, agreed: Mapping[UUID, Money]) -> PricedLine:
    """The line at the price agreed for its variant, if there is one: that there is no other price
    today is then no reason not to buy it."""
    price = agreed.get(line.variant_id)
    if price is None:
        return line
    reason = None if line.unavailable_reason == "no_price" else line.unavailable_reason
    return msgspec.structs.replace(
        line,
        unit_price=price,
        compare_at=None,
        total=line_total(price, line.quantity),
        unavailable_reason=reason,
    )


def joined(cart: Cart, fresh: CartLine) -> CartLine:
    """The line that holds `fresh` once it is in the cart: its variant's line, if there is one."""
    for line in cart.lines:
        if line.variant_id == fresh.variant_id:
            return msgspec.structs.replace(line, quantity=line.quantity + fresh.quantity)
    return fresh


def check_limits(cart: Cart) -> None:
    """Pass when the cart is no larger than a cart may be.

    Raises:
        CartFull: more than `MAX_LINES` lines.
        QuantityTooLarge: a line of more than `MAX_QUANTITY` pieces.
    """
    if len(cart.lines) > MAX_LINES:
        raise CartFull(f"a cart holds {MAX_LINES} lines")
    for line in cart.lines:
        if line.quantity > MAX_QUANTITY:
            message = f"a line holds at most {MAX_QUANTITY} pieces, not {line.quantity}"
            raise QuantityTooLarge(message, errors=[FieldError("quantity", "too_large", message)])


def line_of(cart: Cart, line_id: UUID) -> CartLine:
    """The cart's line of this id.

    Raises:
        CartLineNotFound: the cart has no such line.
    """
    for line in cart.lines:
        if line.line_id == line_id:
            return line
    raise CartLineNotFound(f"no line {line_id} in this cart")


def with_line(cart: Cart, changed: CartLine) -> Cart:
    """The cart with this line in its place, or at the end when it is new."""
    lines = list(cart.lines)
    for position, line in enumerate(lines):
        if line.line_id == changed.line_id:
            lines[position] = changed
            break
    else:
        lines.append(changed)
    return with_lines(cart, lines)


def without_line(cart: Cart, line_id: UUID) -> Cart:
    """The cart without the line; it must be there."""
    gone = line_of(cart, line_id)
    return with_lines(cart, [line for line in cart.lines if line is not gone])


def with_lines(cart: Cart, lines: Sequence[CartLine]) -> Cart:
    """The cart with these lines and no others."""
    assert len({line.variant_id for line in lines}) == len(lines), "a variant has one line"
    return msgspec.structs.replace(cart, lines=tuple(lines))
