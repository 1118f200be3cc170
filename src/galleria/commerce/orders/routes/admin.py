"""Orders for the merchant's people."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, QueryParameter

from galleria.commerce.attributes import InvalidMetafields, KeptMetafields, MetafieldChanges
from galleria.commerce.downloads import OrderDownloads
from galleria.commerce.orders.errors import (
    IdempotencyKeyRequired,
    OrderChanged,
    OrderHasNoDownloads,
    OrderLineNotFound,
    OrderNotCancellable,
    OrderNotFound,
    OrderNotFulfillable,
    OrderNotRefundable,
)
from galleria.commerce.orders.model import (
    Entry,
    Fulfillment,
    FulfillmentStatus,
    ListedStatus,
    OrderDetail,
    OrderFilter,
    OrderSummary,
    PaymentStatus,
    Refund,
)
from galleria.commerce.orders.routes.headers import IdempotencyKey, IfMatch, required_key
from galleria.commerce.orders.schemas import (
    Cancellation,
    NewFulfillment,
    NewNote,
    NewRefund,
    Prefix,
)
from galleria.commerce.orders.service import confirming, reading, refunding, working
from galleria.engines.context import Context
from galleria.engines.sql import IdempotencyConflict
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import (
    REPEATS_ITSELF,
    CursorQuery,
    LimitQuery,
    accepted,
    etag_of,
    expect_version,
    problems,
    requires,
    within,
)


async def _order_filter(
    status: Annotated[ListedStatus | None, QueryParameter(name="filter[status]")] = None,
    payment_status: Annotated[
        PaymentStatus | None, QueryParameter(name="filter[payment_status]")
    ] = None,
    fulfillment_status: Annotated[
        FulfillmentStatus | None, QueryParameter(name="filter[fulfillment_status]")
    ] = None,
    number: Annotated[str, within(QueryParameter, Prefix, "filter[number]")] = "",
    email: Annotated[str, within(QueryParameter, Prefix, "filter[email]")] = "",
    customer_id: Annotated[UUID | None, QueryParameter(name="filter[customer_id]")] = None,
    is_past: Annotated[bool | None, QueryParameter(name="filter[is_past]")] = None,
) -> OrderFilter:
    """The filters of a list of orders."""
    return OrderFilter(
        status=status,
        payment_status=payment_status,
        fulfillment_status=fulfillment_status,
        number=number,
        email=email,
        customer_id=customer_id,
        is_past=is_past,
    )


@get(
    "/admin/v1/orders",
    operation_id="ListOrders",
    tags=["orders"],
    guards=[requires("orders:read")],
    responses=problems(InvalidCursor),
    dependencies={"wanted": Provide(_order_filter)},
)
async def list_orders(
    ctx: NamedDependency[Context],
    wanted: NamedDependency[OrderFilter],
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[OrderSummary]:
    """Orders, newest first. `filter[number]` and `filter[email]` are beginnings; what was never
    paid is left out unless `filter[status]` asks for it.
    """
    return await reading.list_orders(ctx, wanted, cursor, limit)


@get(
    "/admin/v1/orders/{order_id:uuid}",
    operation_id="GetOrder",
    tags=["orders"],
    guards=[requires("orders:read")],
    responses=problems(OrderNotFound),
)
async def get_order(
    ctx: NamedDependency[Context], order_id: FromPath[UUID]
) -> Response[OrderDetail]:
    """An order with its parcels, refunds and history."""
    return await _detail(ctx, order_id)


@post(
    "/admin/v1/orders/{order_id:uuid}/fulfillments",
    operation_id="FulfilOrder",
    tags=["orders"],
    guards=[requires("orders:write")],
    responses=problems(
        InvalidInput, OrderNotFound, OrderLineNotFound, OrderChanged, OrderNotFulfillable
    ),
)
async def fulfil_order(
    ctx: NamedDependency[Context],
    order_id: FromPath[UUID],
    data: JSONBody[NewFulfillment],
    if_match: IfMatch = None,
) -> Fulfillment:
    """A parcel leaves with the named pieces, or with all that are left to send."""
    return await working.fulfil_order(ctx, order_id, data, expect_version(if_match))


@post(
    "/admin/v1/orders/{order_id:uuid}/cancel",
    operation_id="CancelOrder",
    tags=["orders"],
    guards=[requires("orders:write")],
    status_code=200,
    responses=problems(InvalidInput, OrderNotFound, OrderChanged, OrderNotCancellable),
)
async def cancel_order(
    ctx: NamedDependency[Context],
    order_id: FromPath[UUID],
    data: JSONBody[Cancellation],
    if_match: IfMatch = None,
) -> Response[OrderDetail]:
    """The order will not be sent: goods go back on the shelf, money to the shopper."""
    await working.cancel_order(ctx, order_id, data, expect_version(if_match))
    return await _detail(ctx, order_id)


@post(
    "/admin/v1/orders/{order_id:uuid}/refunds",
    operation_id="RefundOrder",
    opt={REPEATS_ITSELF: True},
    tags=["orders"],
    guards=[requires("orders:write")],
    responses={
        202: accepted(Refund, "The gateway has not confirmed it yet."),
        **problems(
            InvalidInput,
            IdempotencyKeyRequired,
            IdempotencyConflict,
            OrderNotFound,
            OrderLineNotFound,
            OrderNotRefundable,
        ),
    },
)
async def refund_order(
    ctx: NamedDependency[Context],
    order_id: FromPath[UUID],
    data: JSONBody[NewRefund],
    idempotency_key: IdempotencyKey = None,
) -> Response[Refund]:
    """Money goes back, once for a key. 202: the gateway has not confirmed it yet."""
    refund = await refunding.refund_order(ctx, order_id, data, required_key(idempotency_key))
    return Response(refund, status_code=202 if refund.state == "requested" else 201)


@post(
    "/admin/v1/orders/{order_id:uuid}/notes",
    operation_id="AddOrderNote",
    tags=["orders"],
    guards=[requires("orders:write")],
    responses=problems(InvalidInput, OrderNotFound),
)
async def add_note(
    ctx: NamedDependency[Context], order_id: FromPath[UUID], data: JSONBody[NewNote]
) -> Entry:
    """A remark in the order's history, never shown to shoppers."""
    return await working.add_note(ctx, order_id, data.note)


@get(
    "/admin/v1/orders/{order_id:uuid}/downloads",
    operation_id="ListOrderDownloads",
    tags=["downloads"],
    guards=[requires("orders:read")],
    responses=problems(OrderNotFound),
)
async def list_downloads(ctx: NamedDependency[Context], order_id: FromPath[UUID]) -> OrderDownloads:
    """What the order brought without a parcel, and how often it was fetched."""
    return await reading.downloads_of(ctx, order_id)


@post(
    "/admin/v1/orders/{order_id:uuid}/downloads/send",
    operation_id="SendOrderDownloads",
    tags=["downloads"],
    guards=[requires("orders:write")],
    responses=problems(OrderNotFound, OrderHasNoDownloads),
    status_code=204,
)
async def send_downloads(ctx: NamedDependency[Context], order_id: FromPath[UUID]) -> None:
    """Send the buyer a mail with fresh links to what they bought, and their licences."""
    await confirming.send_downloads(ctx, order_id)


async def _detail(ctx: Context, order_id: UUID) -> Response[OrderDetail]:
    order = await reading.get_order(ctx, order_id)
    return Response(order, headers={"ETag": etag_of(order.version)})


@patch(
    "/admin/v1/orders/{order_id:uuid}/metafields",
    operation_id="ChangeOrderMetafields",
    tags=["orders"],
    guards=[requires("orders:write")],
    responses=problems(OrderNotFound, OrderChanged, InvalidMetafields),
)
async def change_metafields(
    ctx: NamedDependency[Context],
    order_id: FromPath[UUID],
    data: JSONBody[MetafieldChanges],
    if_match: IfMatch = None,
) -> Response[KeptMetafields]:
    """Change by name what is kept beside the order; null takes a value away."""
    version = expect_version(if_match)
    kept = await working.change_metafields(ctx, order_id, data.metafields, version)
    return Response(kept, headers={"ETag": etag_of(kept.version)})


ROUTES = [
    list_orders,
    get_order,
    change_metafields,
    fulfil_order,
    cancel_order,
    refund_order,
    add_note,
    list_downloads,
    send_downloads,
]
