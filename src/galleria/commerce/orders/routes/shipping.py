"""Shipping methods for the merchant's people."""

from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from galleria.commerce.orders.errors import (
    ShippingMethodChanged,
    ShippingMethodCodeTaken,
    ShippingMethodNotFound,
)
from galleria.commerce.orders.model import ShippingMethod
from galleria.commerce.orders.routes.headers import IfMatch
from galleria.commerce.orders.schemas import NewShippingMethod, ShippingMethodChanges
from galleria.commerce.orders.service import shipping
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import Page
from galleria.foundation.routing import etag_of, expect_version, problems, requires


@get(
    "/admin/v1/shipping-methods",
    operation_id="ListAllShippingMethods",
    tags=["shipping"],
    guards=[requires("settings:read")],
)
async def list_methods(ctx: NamedDependency[Context]) -> Page[ShippingMethod]:
    """All shipping methods, those not offered too. A shop has a handful: one page holds them."""
    return Page(items=await shipping.list_methods(ctx))


@post(
    "/admin/v1/shipping-methods",
    operation_id="CreateShippingMethod",
    tags=["shipping"],
    guards=[requires("settings:write")],
    responses=problems(InvalidInput, ShippingMethodCodeTaken),
)
async def create_method(
    ctx: NamedDependency[Context], data: JSONBody[NewShippingMethod]
) -> Response[ShippingMethod]:
    """A flat rate in one currency."""
    method = await shipping.create_method(ctx, data)
    return Response(method, status_code=201, headers={"ETag": etag_of(method.version)})


@patch(
    "/admin/v1/shipping-methods/{method_id:uuid}",
    operation_id="UpdateShippingMethod",
    tags=["shipping"],
    guards=[requires("settings:write")],
    responses=problems(InvalidInput, ShippingMethodNotFound, ShippingMethodChanged),
)
async def update_method(
    ctx: NamedDependency[Context],
    method_id: FromPath[UUID],
    data: JSONBody[ShippingMethodChanges],
    if_match: IfMatch = None,
) -> Response[ShippingMethod]:
    """The fields that were sent are changed; with If-Match only at that version."""
    method = await shipping.update_method(ctx, method_id, data, expect_version(if_match))
    return Response(method, headers={"ETag": etag_of(method.version)})


@delete(
    "/admin/v1/shipping-methods/{method_id:uuid}",
    operation_id="DeleteShippingMethod",
    tags=["shipping"],
    guards=[requires("settings:write")],
    responses=problems(ShippingMethodNotFound),
)
async def delete_method(ctx: NamedDependency[Context], method_id: FromPath[UUID]) -> None:
    """The method is gone; orders keep its name."""
    await shipping.delete_method(ctx, method_id)


ROUTES = [list_methods, create_method, update_method, delete_method]
