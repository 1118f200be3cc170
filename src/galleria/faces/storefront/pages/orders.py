"""An order's page, for whoever has its address."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from galleria.commerce import orders
from galleria.engines.context import Context
from galleria.faces.storefront.shell import Shell


@get("/orders/{token:str}", include_in_schema=False)
async def show_order(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    token: Annotated[str, PathParameter(max_length=200)],
) -> Response[bytes]:
    """What was bought and how far it has come."""
    order = await orders.order_by_token(ctx, token)
    return await shell.send(ctx, request, "orders/order.html", order=order)


ROUTES = [show_order]
