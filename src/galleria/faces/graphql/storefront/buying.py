"""Carts, checkout and orders. Whoever has a cart's or an order's token may use it."""

from typing import Any
from uuid import UUID

from galleria.commerce import carts, orders
from galleria.commerce.carts import CartView, NewCart, NewLine, Pieces, PricedCart, cart_view
from galleria.commerce.orders import Checkout, OfferedMethod, StoreOrder
from galleria.engines.context import Context
from galleria.faces.graphql.building import Fields, Payloads, doing, rooted
from galleria.faces.graphql.inputs import checked_key, read_input, read_value, uuid_of
from galleria.faces.graphql.kinds import Kinds
from galleria.faces.graphql.planning import Selection
from galleria.foundation.http import CountryCode, Handle
from galleria.growth import search
from galleria.growth.search import SearchEvents


def queries(kinds: Kinds) -> Fields:
    """What shows carts, orders and how parcels may go."""
    return {
        "cart": rooted(kinds.object_of(CartView), show_cart, kinds.args_of(token=str)),
        "order": rooted(kinds.object_of(StoreOrder), show_order, kinds.args_of(token=str)),
        "shippingMethods": rooted(
            kinds.output_of(list[OfferedMethod] | None, OfferedMethod, "shipping_methods"),
            list_shipping_methods,
            kinds.args_of(channel=(Handle | None, None), country=(CountryCode | None, None)),
            size=10,
        ),
    }


def mutations(kinds: Kinds) -> Fields:
    """What changes carts and makes orders."""
    payloads = Payloads(kinds)
    cart = payloads.of("Cart", kinds.object_of(CartView), "cart")
    order = payloads.of("Order", kinds.object_of(StoreOrder), "order")
    noted = payloads.of("SearchEvents", kinds.output_of(int | None, SearchEvents, "n"), "taken")
    a_cart: dict[str, Any] = {"token": str}
    at: dict[str, Any] = {"expected_version": (int | None, None)}
    args = kinds.args_of
    return {
        "openCart": doing(cart, open_cart, args(input=(NewCart, {}))),
        "addCartLine": doing(cart, add_line, args(**a_cart, input=NewLine, **at)),
        "setCartLineQuantity": doing(
            cart, set_quantity, args(**a_cart, line_id=UUID, quantity=int, **at)
        ),
        "removeCartLine": doing(cart, remove_line, args(**a_cart, line_id=UUID, **at)),
        "discardCart": doing(cart, discard_cart, args(**a_cart)),
        "checkOutCart": doing(
            order, check_out, args(**a_cart, idempotency_key=str, input=Checkout), cost=50
        ),
        "takeSearchEvents": doing(noted, take_events, args(input=SearchEvents)),
    }


async def show_cart(ctx: Context, args: dict[str, Any], _: Selection) -> CartView:
    """The cart at today's prices; a line that cannot be bought says why."""
    return _view(args, await carts.get_cart(ctx, args["token"]))


async def show_order(ctx: Context, args: dict[str, Any], _: Selection) -> StoreOrder:
    """An order as its shopper sees it, for whoever has its token."""
    return await orders.order_by_token(ctx, args["token"])


async def list_shipping_methods(
    ctx: Context, args: dict[str, Any], _: Selection
) -> list[OfferedMethod]:
    """The ways a parcel can go, priced in the channel's currency."""
    return await orders.offered_methods(ctx, args["channel"], args["country"])


async def open_cart(ctx: Context, args: dict[str, Any]) -> CartView:
    """A new cart. Its token is told here and nowhere else."""
    opened = await carts.open_cart(ctx, read_input(args, NewCart))
    return cart_view(opened.token, opened.priced)


async def add_line(ctx: Context, args: dict[str, Any]) -> CartView:
    """Put pieces of a variant into the cart; they join its line when there is one."""
    line = read_input(args, NewLine)
    return _view(args, await carts.add_line(ctx, args["token"], line, args["expected_version"]))


async def set_quantity(ctx: Context, args: dict[str, Any]) -> CartView:
    """The line holds this many pieces from now on."""
    quantity = read_value(args["quantity"], Pieces, "quantity")
    line_id = uuid_of(args["line_id"], "lineId")
    version = args["expected_version"]
    return _view(args, await carts.set_quantity(ctx, args["token"], line_id, quantity, version))


async def remove_line(ctx: Context, args: dict[str, Any]) -> CartView:
    """The line leaves the cart."""
    line_id = uuid_of(args["line_id"], "lineId")
    version = args["expected_version"]
    return _view(args, await carts.remove_line(ctx, args["token"], line_id, version))


async def discard_cart(ctx: Context, args: dict[str, Any]) -> None:
    """The cart is gone."""
    await carts.discard_cart(ctx, args["token"])


async def check_out(ctx: Context, args: dict[str, Any]) -> StoreOrder:
    """Buy the cart, once for an idempotency key: repeated with it, the same order comes back.

    While `status` is pending_payment the gateway has not answered yet.
    """
    key = checked_key(args["idempotency_key"])
    return await orders.check_out(ctx, args["token"], read_input(args, Checkout), key)


async def take_events(ctx: Context, args: dict[str, Any]) -> int:
    """Note what came of a search; how many of the events there was room for."""
    return search.take_events(ctx, read_input(args, SearchEvents).noted(ctx.now))


def _view(args: dict[str, Any], priced: PricedCart) -> CartView:
    return cart_view(args["token"], priced)
