"""Prices, price lists and bulk edits over HTTP, for the back office."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, PathParameter, QueryParameter

from galleria.commerce.catalog import VariantNotFound
from galleria.commerce.customers import GroupNotFound
from galleria.commerce.pricing import service
from galleria.commerce.pricing.errors import (
    InvalidFormula,
    InvalidPrice,
    InvalidPriceList,
    PriceEditNotFound,
    PriceEditNotUndoable,
    PriceListChanged,
    PriceListCodeTaken,
    PriceListFixed,
    PriceListNotFound,
    TooManyPriceLists,
)
from galleria.commerce.pricing.model.costs import Cost, CostsMerged
from galleria.commerce.pricing.model.edits import EditRow, Outcome, Preview, PriceEdit
from galleria.commerce.pricing.model.lists import PriceList
from galleria.commerce.pricing.model.prices import Price, PriceChange, PricesMerged
from galleria.commerce.pricing.schemas import (
    AskedPrice,
    ListNumber,
    NewPriceEdit,
    NewPriceList,
    Pieces,
    PriceListChanges,
    RemovePrices,
    SetCosts,
    SetPrices,
)
from galleria.commerce.pricing.service import Explanation
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.http import CurrencyCode, Name
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import (
    CursorQuery,
    LimitQuery,
    etag_of,
    expect_version,
    problems,
    requires,
    within,
)
from galleria.platform.tenants import ChannelNotFound

PathNumber = Annotated[int, within(PathParameter, ListNumber)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]


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
    price_list_id: Annotated[
        int | None, within(QueryParameter, ListNumber, "filter[price_list_id]")
    ] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Price]:
    """Prices in pages: of one variant, in the lists of a channel, or in one list."""
    chosen = None if variant_id is None else [variant_id]
    return await service.list_prices(ctx, chosen, channel_id, cursor, limit, price_list_id)


@put(
    "/admin/v1/prices",
    operation_id="SetPrices",
    tags=["prices"],
    guards=[requires("prices:write")],
    responses=problems(VariantNotFound, ChannelNotFound, PriceListNotFound, InvalidPrice),
)
async def set_prices(ctx: NamedDependency[Context], data: JSONBody[SetPrices]) -> PricesMerged:
    """Set up to 500 prices, all or none. Those that do not differ are not written."""
    return await service.set_prices(ctx, data.prices)


@post(
    "/admin/v1/prices/remove",
    operation_id="RemovePrices",
    tags=["prices"],
    guards=[requires("prices:write")],
    responses=problems(InvalidInput),
    status_code=200,
)
async def remove_prices(ctx: NamedDependency[Context], data: JSONBody[RemovePrices]) -> list[UUID]:
    """Take up to 500 prices out of their lists; the variants that had one come back."""
    return await service.remove_prices(ctx, data.prices)


@get(
    "/admin/v1/prices/costs",
    operation_id="ListCosts",
    tags=["prices"],
    guards=[requires("prices:read")],
    responses=problems(InvalidCursor),
)
async def list_costs(
    ctx: NamedDependency[Context],
    variant_id: Annotated[UUID | None, QueryParameter(name="filter[variant_id]")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Cost]:
    """What variants cost the merchant, in pages: all of them, or one. No shopper is told."""
    return await service.list_costs(ctx, variant_id, cursor, limit)


@put(
    "/admin/v1/prices/costs",
    operation_id="SetCosts",
    tags=["prices"],
    guards=[requires("prices:write")],
    responses=problems(VariantNotFound, InvalidPrice),
)
async def set_costs(ctx: NamedDependency[Context], data: JSONBody[SetCosts]) -> CostsMerged:
    """Say what up to 500 variants cost the merchant, all or none. Safe to repeat."""
    return await service.set_costs(ctx, data.costs)


@get(
    "/admin/v1/prices/explain",
    operation_id="ExplainPrice",
    tags=["prices"],
    guards=[requires("prices:read", "customers:read")],
    responses=problems(InvalidInput, VariantNotFound, ChannelNotFound, GroupNotFound),
)
async def explain_price(
    ctx: NamedDependency[Context],
    variant_id: Annotated[UUID, QueryParameter()],
    channel: Annotated[str | None, within(QueryParameter, Name)] = None,
    currency: Annotated[str | None, within(QueryParameter, CurrencyCode)] = None,
    quantity: Annotated[int, within(QueryParameter, Pieces)] = 1,
    customer_id: Annotated[UUID | None, QueryParameter()] = None,
    customer_group_id: Annotated[UUID | None, QueryParameter()] = None,
    at: Annotated[datetime | None, QueryParameter()] = None,
) -> Explanation:
    """Why this price: every price of a variant, whether it counts, and if not, why not."""
    asked = AskedPrice(
        channel=channel,
        currency=currency,
        quantity=quantity,
        customer_id=customer_id,
        customer_group_id=customer_group_id,
        at=at,
    )
    return await service.explain_price(ctx, variant_id, asked)


@get(
    "/admin/v1/prices/history",
    operation_id="ListPriceChanges",
    tags=["prices"],
    guards=[requires("prices:read")],
    responses=problems(InvalidCursor),
)
async def list_price_changes(
    ctx: NamedDependency[Context],
    variant_id: Annotated[UUID, QueryParameter(name="filter[variant_id]")],
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[PriceChange]:
    """What a variant cost before, from when to when, and who changed it."""
    return await service.list_price_changes(ctx, variant_id, cursor, limit)


@get(
    "/admin/v1/price-lists",
    operation_id="ListPriceLists",
    tags=["prices"],
    guards=[requires("prices:read")],
    responses=problems(InvalidCursor),
)
async def list_price_lists(
    ctx: NamedDependency[Context], cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[PriceList]:
    """The price lists of the shop by number."""
    return await service.list_price_lists(ctx, cursor, limit)


@post(
    "/admin/v1/price-lists",
    operation_id="CreatePriceList",
    tags=["prices"],
    guards=[requires("prices:write")],
    responses=problems(
        InvalidPriceList, ChannelNotFound, GroupNotFound, PriceListCodeTaken, TooManyPriceLists
    ),
)
async def create_price_list(
    ctx: NamedDependency[Context], data: JSONBody[NewPriceList]
) -> Response[PriceList]:
    """A list for a sale or by contract. Base lists come by themselves with their first price."""
    made = await service.create_list(ctx, data)
    return Response(made, status_code=201, headers={"ETag": etag_of(made.version)})


@get(
    "/admin/v1/price-lists/{price_list_id:int}",
    operation_id="GetPriceList",
    tags=["prices"],
    guards=[requires("prices:read")],
    responses=problems(InvalidInput, PriceListNotFound),
)
async def get_price_list(
    ctx: NamedDependency[Context], price_list_id: PathNumber
) -> Response[PriceList]:
    """One price list."""
    found = await service.get_list(ctx, price_list_id)
    return Response(found, headers={"ETag": etag_of(found.version)})


@patch(
    "/admin/v1/price-lists/{price_list_id:int}",
    operation_id="UpdatePriceList",
    tags=["prices"],
    guards=[requires("prices:write")],
    responses=problems(
        InvalidPriceList, PriceListNotFound, PriceListChanged, PriceListCodeTaken, PriceListFixed
    ),
)
async def update_price_list(
    ctx: NamedDependency[Context],
    price_list_id: PathNumber,
    data: JSONBody[PriceListChanges],
    if_match: IfMatch = None,
) -> Response[PriceList]:
    """The fields that were sent are changed; with If-Match only at that version."""
    edited = await service.update_list(ctx, price_list_id, data, expect_version(if_match))
    return Response(edited, headers={"ETag": etag_of(edited.version)})


@post(
    "/admin/v1/price-edits/preview",
    operation_id="PreviewPriceEdit",
    tags=["prices"],
    guards=[requires("prices:read")],
    responses=problems(InvalidFormula, PriceListNotFound),
    status_code=200,
)
async def preview_edit(ctx: NamedDependency[Context], data: JSONBody[NewPriceEdit]) -> Preview:
    """What a formula would do: its first 50 prices before and after, and how many. Writes none."""
    return await service.preview_edit(ctx, data)


@post(
    "/admin/v1/price-edits",
    operation_id="StartPriceEdit",
    tags=["prices"],
    guards=[requires("prices:write")],
    responses=problems(InvalidFormula, PriceListNotFound),
    status_code=202,
)
async def start_edit(ctx: NamedDependency[Context], data: JSONBody[NewPriceEdit]) -> PriceEdit:
    """Change many prices by a formula. A worker does it; ask again for how far it is."""
    return await service.start_edit(ctx, data)


@get(
    "/admin/v1/price-edits",
    operation_id="ListPriceEdits",
    tags=["prices"],
    guards=[requires("prices:read")],
    responses=problems(InvalidCursor),
)
async def list_edits(
    ctx: NamedDependency[Context], cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[PriceEdit]:
    """Bulk edits of prices, newest first."""
    return await service.list_edits(ctx, cursor, limit)


@get(
    "/admin/v1/price-edits/{edit_id:uuid}",
    operation_id="GetPriceEdit",
    tags=["prices"],
    guards=[requires("prices:read")],
    responses=problems(PriceEditNotFound),
)
async def get_edit(ctx: NamedDependency[Context], edit_id: FromPath[UUID]) -> PriceEdit:
    """How far a bulk edit is, and what came of it."""
    return await service.get_edit(ctx, edit_id)


@get(
    "/admin/v1/price-edits/{edit_id:uuid}/rows",
    operation_id="ListPriceEditRows",
    tags=["prices"],
    guards=[requires("prices:read")],
    responses=problems(PriceEditNotFound, InvalidCursor),
)
async def list_edit_rows(
    ctx: NamedDependency[Context],
    edit_id: FromPath[UUID],
    outcome: Annotated[Outcome | None, QueryParameter(name="filter[outcome]")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[EditRow]:
    """The prices a bulk edit changed; `kept` are those its undoing left alone."""
    return await service.list_edit_rows(ctx, edit_id, outcome, cursor, limit)


@post(
    "/admin/v1/price-edits/{edit_id:uuid}/undo",
    operation_id="UndoPriceEdit",
    tags=["prices"],
    guards=[requires("prices:write")],
    responses=problems(PriceEditNotFound, PriceEditNotUndoable),
    status_code=202,
)
async def undo_edit(ctx: NamedDependency[Context], edit_id: FromPath[UUID]) -> PriceEdit:
    """Take a bulk edit back where its prices are still as it made them. Safe to repeat."""
    return await service.undo_edit(ctx, edit_id)


ROUTES = [
    list_prices,
    set_prices,
    remove_prices,
    list_costs,
    set_costs,
    explain_price,
    list_price_changes,
    list_price_lists,
    create_price_list,
    get_price_list,
    update_price_list,
    preview_edit,
    start_edit,
    list_edits,
    get_edit,
    list_edit_rows,
    undo_edit,
]
