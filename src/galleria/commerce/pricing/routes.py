"""Prices over HTTP, for the back office."""

from typing import Annotated
from uuid import UUID

from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from galleria.commerce.catalog import VariantNotFound
from galleria.commerce.pricing import service
from galleria.commerce.pricing.errors import InvalidPrice
from galleria.commerce.pricing.model import Price, PricesMerged
from galleria.commerce.pricing.schemas import SetPrices
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires
from galleria.platform.tenants import ChannelNotFound


@get(
    "/admin/v1/prices",
    operation_id="ListPrices",
    tags=["prices"],
    guards=[requires("prices:read")],
    responses=problems(InvalidCursor),
)
async def list_prices(
    ctx: NamedDependency[Context],
    variant_id: Annotated[UUID | None, QueryParameter(name="filter[variant_id]")] = None,
    channel_id: Annotated[UUID | None, QueryParameter(name="filter[channel_id]")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Price]:
    """Prices in pages, of one variant or in one channel."""
    chosen = None if variant_id is None else [variant_id]
    return await service.list_prices(ctx, chosen, channel_id, cursor, limit)


@put(
    "/admin/v1/prices",
    operation_id="SetPrices",
    tags=["prices"],
    guards=[requires("prices:write")],
    responses=problems(VariantNotFound, ChannelNotFound, InvalidPrice),
)
async def set_prices(ctx: NamedDependency[Context], data: JSONBody[SetPrices]) -> PricesMerged:
    """Set up to 500 prices, all or none. Those that do not differ are not written."""
    return await service.set_prices(ctx, data.prices)


ROUTES = [list_prices, set_prices]
