"""Counts, transfers and deliveries over HTTP: each may be repeated with its `Idempotency-Key`."""

from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from galleria.commerce.catalog import VariantNotFound
from galleria.commerce.inventory.errors import (
    IncomingClosed,
    IncomingExceeded,
    IncomingNotFound,
    InvalidLevel,
    InvalidTransfer,
    LocationNotFound,
    StockTooLow,
)
from galleria.commerce.inventory.model.arriving import Incoming, IncomingState
from galleria.commerce.inventory.model.counting import CountLine, StockCount
from galleria.commerce.inventory.model.levels import StockLevel
from galleria.commerce.inventory.schemas import (
    CountStock,
    NewIncoming,
    ReceiveIncoming,
    TransferStock,
)
from galleria.commerce.inventory.service import counting, incoming
from galleria.commerce.inventory.service.repeating import once
from galleria.engines.context import Context
from galleria.engines.sql import IdempotencyConflict, IdempotencyInProgress
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import REPEATS_ITSELF, CursorQuery, LimitQuery, problems, requires

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(name="Idempotency-Key", min_length=1, max_length=255, pattern=r"^[!-~]+$"),
]
REPEATED = (IdempotencyConflict, IdempotencyInProgress)


@post(
    "/admin/v1/stock/count",
    operation_id="CountStock",
    opt={REPEATS_ITSELF: True},
    tags=["stock"],
    guards=[requires("stock:write")],
    responses=problems(InvalidLevel, *REPEATED),
    status_code=200,
)
async def count_stock(
    ctx: NamedDependency[Context],
    data: JSONBody[CountStock],
    idempotency_key: IdempotencyKey = None,
) -> StockCount:
    """Count up to 10,000 shelves, or look at what a count would change."""
    lines = [
        CountLine(each.quantity, each.variant_id, each.sku, each.location_id) for each in data.lines
    ]
    count = partial(
        counting.count_stock, ctx, lines, data.mode, data.reason, is_preview=data.is_preview
    )
    return await once(ctx, ("stock.count", idempotency_key), data, StockCount, count)


@post(
    "/admin/v1/stock/transfer",
    operation_id="TransferStock",
    opt={REPEATS_ITSELF: True},
    tags=["stock"],
    guards=[requires("stock:write")],
    responses=problems(
        VariantNotFound, LocationNotFound, InvalidTransfer, InvalidLevel, StockTooLow, *REPEATED
    ),
    status_code=200,
)
async def transfer_stock(
    ctx: NamedDependency[Context],
    data: JSONBody[TransferStock],
    idempotency_key: IdempotencyKey = None,
) -> list[StockLevel]:
    """Carry goods from one location to another, all lines or none."""
    transfer = partial(counting.transfer_stock, ctx, data)
    act = ("stock.transfer", idempotency_key)
    return await once(ctx, act, data, list[StockLevel], transfer)


@get(
    "/admin/v1/stock/incoming",
    operation_id="ListIncoming",
    tags=["stock"],
    guards=[requires("stock:read")],
    responses=problems(InvalidCursor),
)
async def list_incoming(
    ctx: NamedDependency[Context],
    variant_id: Annotated[UUID | None, QueryParameter(name="filter[variant_id]")] = None,
    standing: Annotated[IncomingState, QueryParameter(name="filter[state]")] = "open",
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Incoming]:
    """Deliveries still expected, in the order they were noted; or those that were, newest first.

    Those of one variant are open ones.
    """
    return await incoming.list_incoming(ctx, variant_id, cursor, limit, state=standing)


@post(
    "/admin/v1/stock/incoming",
    operation_id="ExpectIncoming",
    opt={REPEATS_ITSELF: True},
    tags=["stock"],
    guards=[requires("stock:write")],
    responses=problems(VariantNotFound, LocationNotFound, *REPEATED),
)
async def expect_incoming(
    ctx: NamedDependency[Context],
    data: JSONBody[NewIncoming],
    idempotency_key: IdempotencyKey = None,
) -> Incoming:
    """Note a delivery that is expected."""
    expect = partial(incoming.expect_incoming, ctx, data)
    return await once(ctx, ("stock.expect", idempotency_key), data, Incoming, expect)


@post(
    "/admin/v1/stock/incoming/{incoming_id:uuid}/receive",
    operation_id="ReceiveIncoming",
    opt={REPEATS_ITSELF: True},
    tags=["stock"],
    guards=[requires("stock:write")],
    responses=problems(IncomingNotFound, IncomingClosed, IncomingExceeded, StockTooLow, *REPEATED),
    status_code=200,
)
async def receive_incoming(
    ctx: NamedDependency[Context],
    incoming_id: FromPath[UUID],
    data: JSONBody[ReceiveIncoming],
    idempotency_key: IdempotencyKey = None,
) -> Incoming:
    """Put on the shelf what has come of a delivery."""
    receive = partial(incoming.receive_incoming, ctx, incoming_id, data.quantity)
    act, asked = ("stock.receive", idempotency_key), (incoming_id, data)
    return await once(ctx, act, asked, Incoming, receive)


@post(
    "/admin/v1/stock/incoming/{incoming_id:uuid}/cancel",
    operation_id="CancelIncoming",
    tags=["stock"],
    guards=[requires("stock:write")],
    responses=problems(IncomingNotFound, IncomingClosed),
    status_code=200,
)
async def cancel_incoming(ctx: NamedDependency[Context], incoming_id: FromPath[UUID]) -> Incoming:
    """Wait for the rest of a delivery no more. Safe to repeat."""
    return await incoming.cancel_incoming(ctx, incoming_id)


ROUTES = [
    count_stock,
    transfer_stock,
    list_incoming,
    expect_incoming,
    receive_incoming,
    cancel_incoming,
]
