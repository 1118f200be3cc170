"""Stock over HTTP, for the back office: levels, terms of sale, movements, the books."""

from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from galleria.commerce.catalog import VariantNotFound
from galleria.commerce.inventory.errors import InvalidPolicy, LocationNotFound, StockTooLow
from galleria.commerce.inventory.model.levels import (
    LedgerCheck,
    LevelsSet,
    Movement,
    StockLevel,
)
from galleria.commerce.inventory.model.selling import Terms
from galleria.commerce.inventory.schemas import (
    AdjustStock,
    LocationId,
    SetStockLevels,
    StockPolicy,
    StockSettings,
)
from galleria.commerce.inventory.service import ledger, levels, selling, watching
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires, within

MOST_CHECKED = 5_000
LocationFilter = Annotated[
    int | None, within(QueryParameter, LocationId, name="filter[location_id]")
]
VariantFilter = Annotated[UUID | None, QueryParameter(name="filter[variant_id]")]


@get(
    "/admin/v1/stock",
    operation_id="ListStock",
    tags=["stock"],
    guards=[requires("stock:read")],
    responses=problems(InvalidCursor),
)
async def list_stock(
    ctx: NamedDependency[Context],
    variant_id: VariantFilter = None,
    location_id: LocationFilter = None,
    low: FromQuery[bool] = False,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[StockLevel]:
    """Levels in pages, of one variant, at one location, or of what is low.

    A page of one location may be short or empty and still lead to the next.
    """
    chosen = None if variant_id is None else [variant_id]
    return await levels.list_stock(ctx, chosen, location_id, cursor, limit, only_low=low)


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
    responses=problems(VariantNotFound, InvalidPolicy),
)
async def set_policy(
    ctx: NamedDependency[Context], variant_id: FromPath[UUID], data: JSONBody[StockPolicy]
) -> Terms:
    """Say whether a variant is counted, and on what terms more may be sold than is there."""
    return await selling.set_policy(ctx, variant_id, data)


@get(
    "/admin/v1/stock/movements",
    operation_id="ListStockMovements",
    tags=["stock"],
    guards=[requires("stock:read")],
    responses=problems(InvalidCursor),
)
async def list_movements(
    ctx: NamedDependency[Context],
    variant_id: VariantFilter = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Movement]:
    """What came and went, newest first, and at the end the first counts (number 0)."""
    return await ledger.list_movements(ctx, variant_id, cursor, limit)


@get(
    "/admin/v1/stock/check",
    operation_id="CheckStock",
    tags=["stock"],
    guards=[requires("stock:read")],
    responses=problems(InvalidCursor),
)
async def check_stock(
    ctx: NamedDependency[Context],
    cursor: CursorQuery = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_CHECKED)] = 1_000,
) -> LedgerCheck:
    """Whether shelves hold what their movements add up to, and promise what is held."""
    return await ledger.check_ledger(ctx, cursor, limit)


@get(
    "/admin/v1/stock.csv",
    operation_id="ExportStock",
    tags=["stock"],
    guards=[requires("stock:read")],
    media_type="text/csv",
)
async def export_stock(ctx: NamedDependency[Context]) -> Stream:
    """All levels as CSV."""
    headers = {"content-disposition": f'attachment; filename="stock-{ctx.tenant.slug}.csv"'}
    rows = ledger.stock_as_csv(ctx)
    return Stream(rows, media_type="text/csv; charset=utf-8", headers=headers)


@get(
    "/admin/v1/stock/settings",
    operation_id="GetStockSettings",
    tags=["stock"],
    guards=[requires("stock:read")],
)
async def get_settings(ctx: NamedDependency[Context]) -> StockSettings:
    """At how many available a variant is low."""
    return StockSettings(low_at=await watching.low_stock_at(ctx))


@put(
    "/admin/v1/stock/settings",
    operation_id="SetStockSettings",
    tags=["stock"],
    guards=[requires("stock:write")],
)
async def set_settings(
    ctx: NamedDependency[Context], data: JSONBody[StockSettings]
) -> StockSettings:
    """Say at how many available a variant is low that does not say so itself."""
    return StockSettings(low_at=await watching.set_low_stock_at(ctx, data.low_at))


ROUTES = [
    list_stock,
    set_stock,
    adjust_stock,
    set_policy,
    list_movements,
    check_stock,
    export_stock,
    get_settings,
    set_settings,
]
