"""The cart over HTTP. Whoever has a cart's token may use it; `{cart_id}` is that token."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from galleria.commerce.carts import service
from galleria.commerce.carts.errors import (
    CartChanged,
    CartFull,
    CartLineNotFound,
    CartNotFound,
    CartNotOpen,
    QuantityTooLarge,
    VariantNotForSale,
)
from galleria.commerce.carts.model import PricedCart
from galleria.commerce.carts.schemas import CartView, LineQuantity, NewCart, NewLine, cart_view
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.routing import etag_of, expect_version, problems

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]


def _answer(token: str, priced: PricedCart, status_code: int = 200) -> Response[CartView]:
    headers = {"ETag": etag_of(priced.cart.version), "Cache-Control": "no-store"}
    return Response(cart_view(token, priced), status_code=status_code, headers=headers)


@post(
    "/store/v1/carts",
    operation_id="OpenCart",
    tags=["carts"],
    responses=problems(InvalidInput, VariantNotForSale, QuantityTooLarge),
)
async def open_cart(ctx: NamedDependency[Context], data: JSONBody[NewCart]) -> Response[CartView]:
    """A new cart. Its token is told here and nowhere else."""
    opened = await service.open_cart(ctx, data)
    return _answer(opened.token, opened.priced, 201)


@get(
    "/store/v1/carts/{cart_id:str}",
    operation_id="GetCart",
    tags=["carts"],
    responses=problems(CartNotFound),
)
async def get_cart(ctx: NamedDependency[Context], cart_id: FromPath[str]) -> Response[CartView]:
    """The cart at today's prices; a line that cannot be bought says why."""
    return _answer(cart_id, await service.get_cart(ctx, cart_id))


@delete(
    "/store/v1/carts/{cart_id:str}",
    operation_id="DiscardCart",
    tags=["carts"],
    responses=problems(CartNotFound, CartNotOpen),
)
async def discard_cart(ctx: NamedDependency[Context], cart_id: FromPath[str]) -> None:
    """The cart is gone."""
    await service.discard_cart(ctx, cart_id)


@post(
    "/store/v1/carts/{cart_id:str}/lines",
    operation_id="AddCartLine",
    tags=["carts"],
    responses=problems(
        InvalidInput,
        CartNotFound,
        CartNotOpen,
        CartChanged,
        CartFull,
        QuantityTooLarge,
        VariantNotForSale,
    ),
)
async def add_line(
    ctx: NamedDependency[Context],
    cart_id: FromPath[str],
    data: JSONBody[NewLine],
    if_match: IfMatch = None,
) -> Response[CartView]:
    """Put pieces of a variant into the cart; they join its line when there is one."""
    priced = await service.add_line(ctx, cart_id, data, expect_version(if_match))
    return _answer(cart_id, priced, 201)


@patch(
    "/store/v1/carts/{cart_id:str}/lines/{line_id:uuid}",
    operation_id="SetCartLineQuantity",
    tags=["carts"],
    responses=problems(
        InvalidInput, CartNotFound, CartNotOpen, CartChanged, CartLineNotFound, QuantityTooLarge
    ),
)
async def set_quantity(
    ctx: NamedDependency[Context],
    cart_id: FromPath[str],
    line_id: FromPath[UUID],
    data: JSONBody[LineQuantity],
    if_match: IfMatch = None,
) -> Response[CartView]:
    """The line holds this many pieces from now on."""
    version = expect_version(if_match)
    return _answer(
        cart_id, await service.set_quantity(ctx, cart_id, line_id, data.quantity, version)
    )


@delete(
    "/store/v1/carts/{cart_id:str}/lines/{line_id:uuid}",
    operation_id="RemoveCartLine",
    tags=["carts"],
    status_code=200,
    responses=problems(CartNotFound, CartNotOpen, CartChanged, CartLineNotFound),
)
async def remove_line(
    ctx: NamedDependency[Context],
    cart_id: FromPath[str],
    line_id: FromPath[UUID],
    if_match: IfMatch = None,
) -> Response[CartView]:
    """The line leaves the cart."""
    priced = await service.remove_line(ctx, cart_id, line_id, expect_version(if_match))
    return _answer(cart_id, priced)


ROUTES = [open_cart, get_cart, discard_cart, add_line, set_quantity, remove_line]
