"""The checkout: address, shipping and payment on one page."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from galleria.commerce import accounts, carts, orders
from galleria.commerce.carts import CartNotFound, PricedCart
from galleria.commerce.customers import PostalAddress, TooManyAddresses
from galleria.commerce.orders import Checkout, PaymentChoice
from galleria.engines.context import Context
from galleria.faces.stationery import Form, read_form, see_other
from galleria.faces.storefront.shell import CART, COUNT, Shell
from galleria.foundation.errors import GalleriaError
from galleria.foundation.http import Email, Handle, WireInput
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money

ATTEMPT_FIELD = "attempt"
TEST_CARDS = (
    ("tok_approve", "4242 4242 4242 4242"),
    ("tok_decline", "4000 0000 0000 0002"),
    ("tok_timeout", "4000 0000 0000 0119"),
)
COUNTRIES = ("AT", "BE", "CH", "DE", "DK", "ES", "FR", "GB", "IE", "IT", "NL", "PL", "SE", "US")
# Where the rooms' field paths stand in the form.
FIELDS = {"email": "email", "shipping_method": "shipping_method", "payment.token": "card"}


class BuyerForm(WireInput):
    """Who buys and how; the address is read by itself."""

    email: Email
    card: str
    attempt: str
    total_minor: int
    shipping_method: Handle | None = None


@get("/checkout", include_in_schema=False)
async def show_checkout(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The form to buy what is in the basket."""
    cart = await _ready_cart(ctx, shell, request)
    if cart is None:
        return see_other("/cart")
    values = {ATTEMPT_FIELD: str(new_id()), **await _known(ctx, request)}
    form: Form[BuyerForm] = Form(values=values, many={}, errors={})
    return await _show(ctx, shell, request, cart, form)


async def _known(ctx: Context, request: Request[Any, Any, Any]) -> dict[str, str]:
    """What a shopper who has signed in need not type: their e-mail and the address they chose,
    else their default one."""
    if ctx.actor.kind != "shopper":
        return {}
    account = await accounts.own_account(ctx)
    book = await accounts.list_addresses(ctx)
    wanted = request.query_params.get("address", "")
    chosen = next((each for each in book if str(each.address_id) == wanted), None)
    chosen = chosen or next((each for each in book if each.is_default), None)
    known = {"email": account.email, "keep_address": "true"}
    if chosen is None:
        return known | {"shipping_name": account.name}
    fields = PostalAddress.__struct_fields__
    return known | {f"shipping_{name}": getattr(chosen.address, name) for name in fields}


async def _ready_cart(
    ctx: Context, shell: Shell, request: Request[Any, Any, Any]
) -> PricedCart | None:
    token = shell.cookies.read(request, CART)
    if token is None:
        return None
    try:
        cart = await carts.get_cart(ctx, token)
    except CartNotFound:
        return None
    return cart if cart.is_ready and cart.cart.status == "open" else None


async def _show(
    ctx: Context,
    shell: Shell,
    request: Request[Any, Any, Any],
    cart: PricedCart,
    form: Form[BuyerForm],
    status: int = 200,
) -> Response[bytes]:
    needs_parcel = _needs_parcel(cart)
    methods = await orders.offered_methods(ctx, cart.cart.channel_code) if needs_parcel else []
    chosen = form.values.get("shipping_method") or (methods[0].code if methods else "")
    method = next((each for each in methods if each.code == chosen), None)
    shipping = _shipping_price(method, cart) if method else None
    total = cart.subtotal.amount_minor + (shipping.amount_minor if shipping else 0)
    book = await accounts.list_addresses(ctx) if ctx.actor.kind == "shopper" else []
    return await shell.send_with_form(
        ctx,
        request,
        "buying/checkout.html",
        status,
        cart=cart,
        form=form,
        needs_parcel=needs_parcel,
        methods=[(each, _shipping_price(each, cart)) for each in methods],
        chosen_method=chosen,
        shipping=shipping,
        total=Money(total, cart.cart.currency),
        countries=COUNTRIES,
        cards=TEST_CARDS,
        book=book,
    )


def _needs_parcel(cart: PricedCart) -> bool:
    """Something in the basket is sent."""
    return any(line.is_shippable for line in cart.lines)


def _shipping_price(method: orders.OfferedMethod, cart: PricedCart) -> Money:
    free_from = method.free_from
    if free_from is not None and cart.subtotal.amount_minor >= free_from.amount_minor:
        return Money(0, method.price.currency)
    return method.price


@post("/checkout", include_in_schema=False, status_code=303)
async def buy(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Buy; the same page sent twice is one order."""
    form: Form[Any] = await read_form(request)
    shell.check_form(request, form)
    token = shell.cookies.read(request, CART)
    if token is None:
        return see_other("/cart")
    if "recalculate" in form.values:
        cart = await carts.get_cart(ctx, token)
        return await _show(ctx, shell, request, cart, form)
    buyer = form.read(BuyerForm)
    cart = await carts.get_cart(ctx, token)
    needs_parcel = _needs_parcel(cart)
    address = form.read(PostalAddress, "shipping_") if needs_parcel else None
    if buyer is None or (needs_parcel and address is None):
        form.message = "check"
        return await _show(ctx, shell, request, cart, form, 422)
    try:
        order = await orders.check_out(ctx, token, _checkout(buyer, address, cart), buyer.attempt)
    except GalleriaError as error:
        return await _refused(ctx, shell, request, form, token, error)
    if address is not None and "keep_address" in form.values:
        await _keep_address(ctx, address)
    return see_other(
        f"/orders/{order.token}", shell.cookies.forget(CART), shell.cookies.forget(COUNT)
    )


async def _keep_address(ctx: Context, address: PostalAddress) -> None:
    """The address is in the book of whoever has signed in, once; a full book takes no more."""
    if ctx.actor.kind != "shopper":
        return
    if any(each.address == address for each in await accounts.list_addresses(ctx)):
        return
    try:
        await accounts.add_address(ctx, address, is_default=False)
    except TooManyAddresses:
        return


def _checkout(buyer: BuyerForm, address: PostalAddress | None, cart: PricedCart) -> Checkout:
    return Checkout(
        email=buyer.email,
        shipping_address=address,
        shipping_method=buyer.shipping_method,
        payment=PaymentChoice(method="test", token=buyer.card),
        expected_total=Money(buyer.total_minor, cart.cart.currency),
    )


async def _refused(
    ctx: Context,
    shell: Shell,
    request: Request[Any, Any, Any],
    form: Form[Any],
    token: str,
    error: GalleriaError,
) -> Response[bytes]:
    """The form again with what the room said; a basket that has changed is shown instead."""
    form.refuse(error, FIELDS)
    # A refused attempt is over: the next one is another.
    form.values[ATTEMPT_FIELD] = str(new_id())
    cart = await carts.get_cart(ctx, token)
    if not cart.is_ready:
        return see_other("/cart")
    return await _show(ctx, shell, request, cart, form, error.status)


ROUTES = [show_checkout, buy]
