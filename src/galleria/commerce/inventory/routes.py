"""Stock over HTTP, for the back office."""

from typing import Annotated
from uuid import UUID

from litestar import get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from galleria.commerce.catalog import VariantNotFound
from galleria.commerce.inventory.errors import (
    LastLocation,
    LocationCodeTaken,
    LocationNotFound,
    StockTooLow,
)
from galleria.commerce.inventory.model import (
    LevelsSet,
    Movement,
    Policy,
    StockLevel,
    StockLocation,
)
from galleria.commerce.inventory.schemas import (
    AdjustStock,
    LocationChanges,
    NewLocation,
    SetStockLevels,
    StockPolicy,
)
from galleria.commerce.inventory.service import levels, locations
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires


@get(
    "/admin/v1/stock",
    operation_id="ListStock",
    tags=["stock"],
    guards=[requires("stock:read")],
    responses=problems(InvalidCursor),
)
async def list_stock(
    ctx: NamedDependency[Context],
    variant_id: Annotated[UUID | None, QueryParameter(name="filter[variant_id]")] = None,
    location_id: Annotated[UUID | None, QueryParameter(name="filter[location_id]")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[StockLevel]:
    """Levels in pages, of one variant or at one location."""
    chosen = None if variant_id is None else [variant_id]
    return await levels.list_stock(ctx, chosen, location_id, cursor, limit)


@put(
    "/admin/v1/stock",
    operation_id="SetStock",
    tags=["stock"],
    guards=[requires("stock:write")],
    responses=problems(VariantNotFound),
)
async def set_stock(ctx: NamedDependency[Context], data: JSONBody[SetStockLevels]) -> LevelsSet:
    """Set up to 500 levels. A level below what is reserved is refused by itself."""
    return await levels.set_stock(ctx, data.levels)


@post(
    "/admin/v1/stock/{variant_id:uuid}/adjust",
    operation_id="AdjustStock",
    tags=["stock"],
    guards=[requires("stock:write")],
    responses=problems(VariantNotFound, LocationNotFound, StockTooLow),
    status_code=200,
)
async def adjust_stock(
    ctx: NamedDependency[Context], variant_id: FromPath[UUID], data: JSONBody[AdjustStock]
) -> StockLevel:
    """Say how many pieces came or went."""
    return await levels.adjust_stock(ctx, variant_id, data)


@put(
    "/admin/v1/stock/{variant_id:uuid}/policy",
    operation_id="SetStockPolicy",
    tags=["stock"],
    guards=[requires("stock:write")],
    responses=problems(VariantNotFound),
)
async def set_policy(
    ctx: NamedDependency[Context], variant_id: FromPath[UUID], data: JSONBody[StockPolicy]
) -> Policy:
    """Say whether a variant is counted, and whether more may be sold than is there."""
    return await levels.set_policy(ctx, variant_id, data)


@get(
    "/admin/v1/stock/movements",
    operation_id="ListStockMovements",
    tags=["stock"],
    guards=[requires("stock:read")],
    responses=problems(InvalidCursor),
)
async def list_movements(
    ctx: NamedDependency[Context],
    variant_id: Annotated[UUID | None, QueryParameter(name="filter[variant_id]")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Movement]:
    """What came and went, newest first."""
    return await levels.list_movements(ctx, variant_id, cursor, limit)


@get(
    "/admin/v1/stock-locations",
    operation_id="ListStockLocations",
    tags=["stock"],
    guards=[requires("stock:read")],
)
async def list_locations(ctx: NamedDependency[Context]) -> Page[StockLocation]:
    """All locations of the shop, in their order."""
    return Page(items=await locations.list_locations(ctx))


@post(
    "/admin/v1/stock-locations",
    operation_id="CreateStockLocation",
    tags=["stock"],
    guards=[requires("stock:write")],
    responses=problems(LocationCodeTaken),
)
async def create_location(
    ctx: NamedDependency[Context], data: JSONBody[NewLocation]
) -> StockLocation:
    """Add a location behind the others."""
    return await locations.create_location(ctx, data)


@patch(
    "/admin/v1/stock-locations/{location_id:uuid}",
    operation_id="UpdateStockLocation",
    tags=["stock"],
    guards=[requires("stock:write")],
    responses=problems(LocationNotFound, LastLocation),
)
async def update_location(
    ctx: NamedDependency[Context],
    location_id: FromPath[UUID],
    data: JSONBody[LocationChanges],
) -> StockLocation:
    """Rename a location, reorder it, or take it out of use."""
    return await locations.update_location(ctx, location_id, data)


ROUTES = [
    list_stock,
    set_stock,
    adjust_stock,
    set_policy,
    list_movements,
    list_locations,
    create_location,
    update_location,
]
