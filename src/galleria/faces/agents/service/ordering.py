"""Orders that agents placed, as they stand now."""

from uuid import UUID

from galleria.commerce import orders
from galleria.engines.context import Context
from galleria.faces.agents import repository
from galleria.faces.agents.errors import AgentOrderNotFound, CheckoutNotFound
from galleria.faces.agents.model import shapes
from galleria.faces.agents.model.discovery import head_of
from galleria.faces.agents.model.protocol import ORDER as ORDER_CAPABILITY
from galleria.faces.agents.repository import KeptCheckout
from galleria.faces.agents.service.calling import Call, Reply, address_of_shop
from galleria.faces.agents.service.selling import ORDER, hash_of, situation_of, tokens_of


async def get_order(ctx: Context, call: Call) -> Reply:
    """The whole order, for whoever has its id: it is a secret between shop and agent."""
    kept, order_id = await order_behind(ctx, call.thing_id)
    shown = await shown_order(ctx, kept, order_id, call.version)
    return Reply(200, {"ucp": head_of(call.version, call.names), **shown})


async def order_behind(ctx: Context, token: str) -> tuple[KeptCheckout, UUID]:
    """The checkout whose order has this token, and that order's id in the shop.

    Raises:
        AgentOrderNotFound: no such order, or it is not placed yet.
    """
    try:
        kept = await repository.by_order_token(ctx, hash_of(ctx, token, ORDER))
    except CheckoutNotFound:
        kept = None
    if kept is None:
        raise AgentOrderNotFound("no such order")
    if kept.order_id is not None:
        return kept, kept.order_id
    found = await situation_of(ctx, (await tokens_of(ctx, kept)).checkout)
    if found.order is None or found.order.placed_at is None:
        raise AgentOrderNotFound("no such order")
    return kept, found.order.order_id


async def shown_order(
    ctx: Context, kept: KeptCheckout, order_id: UUID, version: str
) -> shapes.Wire:
    """The order as agents read it, without a head."""
    tokens = await tokens_of(ctx, kept)
    address = await address_of_shop(ctx)
    detail = await orders.get_order(ctx, order_id)
    page = f"{address}/orders/{await orders.token_of(ctx, order_id)}"
    return shapes.wire_order(version, detail, address, tokens.order, tokens.checkout, page)


def head_for_news(version: str) -> shapes.Wire:
    """The head of an order that the shop sends unasked."""
    return head_of(version, [ORDER_CAPABILITY])
