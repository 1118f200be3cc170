"""Orders of another system for the merchant's people: to be read, and nothing else."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce.orders.errors import OrderNotFound
from galleria.commerce.orders.model.past import PastOrder
from galleria.commerce.orders.service import past
from galleria.engines.context import Context
from galleria.foundation.routing import problems, requires


@get(
    "/admin/v1/past-orders/{past_order_id:uuid}",
    operation_id="GetPastOrder",
    tags=["orders"],
    guards=[requires("orders:read")],
    responses=problems(OrderNotFound),
)
async def get_past_order(ctx: NamedDependency[Context], past_order_id: FromPath[UUID]) -> PastOrder:
    """An order that was made elsewhere before the shop moved in, as it was taken in."""
    return await past.get_past_order(ctx, past_order_id)


ROUTES = [get_past_order]
