"""The basket: putting in, changing, taking out."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta

from galleria.commerce import accounts, carts
from galleria.commerce.carts import (
    CartNotFound,
    CartNotOpen,
    NewCart,
    NewLine,
    PricedCart,
)
from galleria.engines.context import Context
from galleria.faces.stationery import Form, read_form, see_other
from galleria.faces.storefront.shell import CART, COUNT, Shell
from galleria.foundation.errors import GalleriaError
from galleria.foundation.http import Quantity, WireInput

CART_AGE_S = 30 * 24 * 3600


class LineForm(WireInput):
    """A variant and how many of it."""

    variant_id: UUID
    quantity: Quantity = 1


class QuantityForm(WireInput):
    """How many; none takes the line out."""

    quantity: Annotated[int, Meta(ge=0, le=10_000)]


@get("/cart", include_in_schema=False)
async def show_cart(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The basket at today's prices."""
    return await _show(ctx, shell, request, await _cart(ctx, shell, request))


async def _show(
    ctx: Context,
    shell: Shell,
    request: Request[Any, Any, Any],
    cart: PricedCart | None,
    message: str = "",
    status: int = 200,
) -> Response[bytes]:
    response = await shell.send_with_form(
        ctx, request, "carts/cart.html", status, cart=cart, message=message
    )
    if shell.basket_count(request) != _pieces(cart):
        response.cookies = [*response.cookies, _count_cookie(shell, cart)]
    return response


async def _cart(ctx: Context, shell: Shell, request: Request[Any, Any, Any]) -> PricedCart | None:
    """This browser's basket, None without one that is still open."""
    token = shell.cookies.read(request, CART)
    if token is None:
        return None
    try:
        cart = await carts.get_cart(ctx, token)
    except CartNotFound:
        return None
    return cart if cart.cart.status == "open" else None


@post("/cart/lines", include_in_schema=False, status_code=303)
async def add_line(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Put a variant into the basket; without a script, show the basket."""
    form: Form[LineForm] = await read_form(request)
    shell.check_form(request, form)
    wanted = form.read(LineForm)
    if wanted is None:
        return see_other("/cart")
    line = NewLine(variant_id=wanted.variant_id, quantity=wanted.quantity)
    try:
        token, cart = await _put(ctx, shell.cookies.read(request, CART), line)
    except GalleriaError as error:
        found = await _cart(ctx, shell, request)
        return await _show(ctx, shell, request, found, error.detail, error.status)
    cookies = [shell.cookies.make(CART, token, CART_AGE_S), _count_cookie(shell, cart)]
    if "application/json" in request.headers.get("accept", ""):
        return _as_json(_pieces(cart), cookies)
    return see_other("/cart", *cookies)


def _as_json(pieces: int, cookies: list[Cookie]) -> Response[bytes]:
    return Response(
        f'{{"count":{pieces}}}'.encode(),
        media_type="application/json",
        cookies=cookies,
        status_code=200,
    )


async def _put(ctx: Context, token: str | None, line: NewLine) -> tuple[str, PricedCart]:
    """The line in this browser's basket, or in a new one when there is none to use."""
    if token is not None:
        try:
            return token, await carts.add_line(ctx, token, line)
        except (CartNotFound, CartNotOpen):
            pass
    opened = await carts.open_cart(ctx, NewCart(lines=(line,), locale=ctx.locale))
    if ctx.actor.kind != "shopper":
        return opened.token, opened.priced
    # It waits for them on every device, with what they put together before.
    kept = await accounts.keep_cart(ctx, opened.token) or opened.token
    return kept, await carts.get_cart(ctx, kept)


@post("/cart/lines/{line_id:uuid}", include_in_schema=False, status_code=303)
async def change_line(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    line_id: FromPath[UUID],
) -> Response[bytes]:
    """Another number of pieces, or none."""
    form: Form[QuantityForm] = await read_form(request)
    shell.check_form(request, form)
    wanted = form.read(QuantityForm)
    token = shell.cookies.read(request, CART)
    if wanted is None or token is None:
        return see_other("/cart")
    try:
        if wanted.quantity == 0:
            cart = await carts.remove_line(ctx, token, line_id)
        else:
            cart = await carts.set_quantity(ctx, token, line_id, wanted.quantity)
    except GalleriaError as error:
        found = await _cart(ctx, shell, request)
        return await _show(ctx, shell, request, found, error.detail, error.status)
    return see_other("/cart", _count_cookie(shell, cart))


def _pieces(cart: PricedCart | None) -> int:
    return sum(line.quantity for line in cart.lines) if cart else 0


def _count_cookie(shell: Shell, cart: PricedCart | None) -> Cookie:
    return shell.cookies.make(COUNT, str(min(_pieces(cart), 99_999)), CART_AGE_S)


ROUTES = [show_cart, add_line, change_line]
