"""Buying, and looking at what was bought. `{cart_id}` and `{token}` are secrets of the shopper."""

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from galleria.commerce.carts import CartNotFound
from galleria.commerce.inventory import OutOfStock
from galleria.commerce.orders.errors import (
    CartAlreadyOrdered,
    CartNotReady,
    CheckoutRefused,
    IdempotencyKeyRequired,
    OrderNotFound,
    ShippingAddressRequired,
    ShippingMethodUnavailable,
    TotalChanged,
)
from galleria.commerce.orders.routes.headers import IdempotencyKey, required_key
from galleria.commerce.orders.schemas import Checkout, OfferedMethods, StoreOrder
from galleria.commerce.orders.service import checkout, reading, shipping
from galleria.commerce.payments import PaymentDeclined, PaymentMethodUnknown
from galleria.engines.context import Context
from galleria.engines.sql import IdempotencyConflict
from galleria.foundation.errors import InvalidInput
from galleria.foundation.http import CountryCode, Handle
from galleria.foundation.routing import REPEATS_ITSELF, accepted, problems, within
from galleria.platform.tenants import ChannelNotFound

_NO_STORE = {"Cache-Control": "no-store"}


@get(
    "/store/v1/shipping-methods",
    operation_id="ListShippingMethods",
    tags=["checkout"],
    responses=problems(ChannelNotFound),
)
async def list_shipping_methods(
    ctx: NamedDependency[Context],
    channel: Annotated[str | None, within(QueryParameter, Handle)] = None,
    country: Annotated[str | None, within(QueryParameter, CountryCode)] = None,
) -> OfferedMethods:
    """The ways a parcel can go, priced in the channel's currency."""
    return OfferedMethods(await shipping.offered_methods(ctx, channel, country))


@post(
    "/store/v1/carts/{cart_id:str}/checkout",
    operation_id="CheckOutCart",
    opt={REPEATS_ITSELF: True},
    tags=["checkout"],
    responses={
        202: accepted(StoreOrder, "The gateway has not answered yet."),
        **problems(
            InvalidInput,
            IdempotencyKeyRequired,
            IdempotencyConflict,
            CartNotFound,
            CartAlreadyOrdered,
            CartNotReady,
            CheckoutRefused,
            OutOfStock,
            ShippingAddressRequired,
            ShippingMethodUnavailable,
            PaymentMethodUnknown,
            TotalChanged,
            PaymentDeclined,
        ),
    },
)
async def check_out(
    ctx: NamedDependency[Context],
    cart_id: FromPath[str],
    data: JSONBody[Checkout],
    idempotency_key: IdempotencyKey = None,
) -> Response[StoreOrder]:
    """Buy the cart, once. 201: paid and placed. 202: the gateway has not answered yet."""
    order = await checkout.check_out(ctx, cart_id, data, required_key(idempotency_key))
    status_code = 202 if order.status == "pending_payment" else 201
    return Response(order, status_code=status_code, headers=_NO_STORE)


@get(
    "/store/v1/orders/{token:str}",
    operation_id="GetStoreOrder",
    tags=["checkout"],
    responses=problems(OrderNotFound),
)
async def get_store_order(
    ctx: NamedDependency[Context], token: FromPath[str]
) -> Response[StoreOrder]:
    """An order as its shopper sees it, for whoever has its token."""
    return Response(await reading.order_by_token(ctx, token), headers=_NO_STORE)


ROUTES = [list_shipping_methods, check_out, get_store_order]
