"""The house's own list of shops over HTTP. Only keys of the house's tenant pass."""

from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import problems, requires
from galleria.platform.tenants import service
from galleria.platform.tenants.errors import HostTaken, HouseOnly, ShopNotFound, SlugTaken
from galleria.platform.tenants.model import Shop
from galleria.platform.tenants.schemas import OpenShop

# Bounds of query parameters stand in the marker: Litestar does not read msgspec's own.
Cursor = Annotated[str | None, QueryParameter(max_length=4_096)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]

# The scope alone would let a shop owner's `*` in; the service also insists on the house's tenant.
OPERATOR = [requires("shops:write")]


@get(
    "/admin/v1/shops",
    operation_id="ListShops",
    tags=["shops"],
    guards=OPERATOR,
    responses=problems(HouseOnly, InvalidCursor),
)
async def list_shops(
    ctx: NamedDependency[Context],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Shop]:
    """All shops of the house, the oldest first, closed ones too."""
    return await service.list_shops(ctx, cursor, limit)


@post(
    "/admin/v1/shops",
    operation_id="OpenShop",
    tags=["shops"],
    guards=OPERATOR,
    responses=problems(HouseOnly, SlugTaken, HostTaken, InvalidInput),
)
async def open_shop(ctx: NamedDependency[Context], data: JSONBody[OpenShop]) -> Shop:
    """Open a shop with one channel, `web`.

    It is empty: it sells once its owner has added a place for stock, a shipping method, and
    products with prices and stock.
    """
    return await service.open_shop(ctx, data)


@post(
    "/admin/v1/shops/{slug:str}/close",
    operation_id="CloseShop",
    tags=["shops"],
    guards=OPERATOR,
    responses=problems(HouseOnly, ShopNotFound),
    status_code=200,
)
async def close_shop(ctx: NamedDependency[Context], slug: FromPath[str]) -> Shop:
    """Stop a shop from selling. Nothing of it is deleted. Safe to repeat."""
    return await service.close_shop(ctx, slug)


@post(
    "/admin/v1/shops/{slug:str}/reopen",
    operation_id="ReopenShop",
    tags=["shops"],
    guards=OPERATOR,
    responses=problems(HouseOnly, ShopNotFound),
    status_code=200,
)
async def reopen_shop(ctx: NamedDependency[Context], slug: FromPath[str]) -> Shop:
    """Let a closed or suspended shop sell again. Safe to repeat."""
    return await service.reopen_shop(ctx, slug)


ROUTES = [list_shops, open_shop, close_shop, reopen_shop]
