"""Stock locations over HTTP."""

from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from galleria.commerce.inventory.errors import LastLocation, LocationCodeTaken, LocationNotFound
from galleria.commerce.inventory.model.levels import StockLocation
from galleria.commerce.inventory.schemas import LocationChanges, NewLocation
from galleria.commerce.inventory.service import locations
from galleria.engines.context import Context
from galleria.foundation.pagination import Page
from galleria.foundation.routing import problems, requires


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
    "/admin/v1/stock-locations/{location_id:int}",
    operation_id="UpdateStockLocation",
    tags=["stock"],
    guards=[requires("stock:write")],
    responses=problems(LocationNotFound, LastLocation),
)
async def update_location(
    ctx: NamedDependency[Context],
    location_id: FromPath[int],
    data: JSONBody[LocationChanges],
) -> StockLocation:
    """Rename a location, reorder it, or take it out of use."""
    return await locations.update_location(ctx, location_id, data)


ROUTES = [list_locations, create_location, update_location]
