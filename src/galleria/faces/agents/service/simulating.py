"""What becomes of an order, made to happen for whoever tries the protocol out. Sandbox only."""

from typing import Annotated

import msgspec
from msgspec import Meta

from galleria.commerce import orders
from galleria.commerce.orders import NewFulfillment, NewRefund, OrderDetail, Pieces
from galleria.engines.context import SYSTEM, Context
from galleria.faces.agents.errors import AgentOrderNotFound
from galleria.faces.agents.model.protocol import ORDER, check_version
from galleria.faces.agents.model.shapes import line_id_of
from galleria.faces.agents.schemas import Identifier
from galleria.faces.agents.service import ordering
from galleria.faces.agents.service.calling import Call, Reply, lacking, read_body
from galleria.faces.agents.service.sandbox import is_sandbox
from galleria.foundation.errors import NotFound
from galleria.foundation.ids import new_id


class SomePieces(msgspec.Struct, frozen=True):
    """Pieces of a line; of all lines when none is named."""

    line_item_id: Identifier | None = None
    quantity: Annotated[int, Meta(ge=1, le=10_000)] = 1


async def simulate(ctx: Context, action: str, call: Call) -> Reply:
    """The order as it stands after the pieces were sent (`fulfill`) or paid back (`adjust`).

    Raises:
        NotFound: this is no sandbox, or there is no such action.
        AgentOrderNotFound: no such order.
        OrderNotFulfillable, OrderNotRefundable: the shop would not do it either.
    """
    if not is_sandbox(ctx) or action not in ("fulfill", "adjust"):
        raise NotFound("there is nothing here")
    check_version(call.version, None)
    body = read_body(call, SomePieces)
    _, order_id = await ordering.order_behind(ctx, call.thing_id)
    acting = ctx.as_actor(SYSTEM)
    detail = await orders.get_order(acting, order_id)
    pieces = _pieces(detail, body)
    if action == "fulfill":
        await orders.fulfil_order(acting, order_id, NewFulfillment(lines=pieces))
    else:
        await orders.refund_order(acting, order_id, NewRefund(lines=pieces), str(new_id()))
    known = msgspec.structs.replace(call, names=call.names or (ORDER,))
    return await ordering.get_order(ctx, known)


def _pieces(detail: OrderDetail, body: SomePieces) -> tuple[Pieces, ...]:
    if body.line_item_id is None:
        if not detail.lines:
            raise AgentOrderNotFound("the order has no lines")
        return tuple(Pieces(line_id=line.line_id, quantity=line.quantity) for line in detail.lines)
    for line in detail.lines:
        if line_id_of(line.variant_id) == body.line_item_id:
            return (Pieces(line_id=line.line_id, quantity=body.quantity),)
    raise lacking("line_item_id", "the order has no such line")
