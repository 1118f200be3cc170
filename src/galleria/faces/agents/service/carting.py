"""Carts for agents: the shop's own carts, known by their own tokens."""

from galleria.commerce import carts
from galleria.commerce.carts import NewCart, NewLine, PricedCart
from galleria.engines.context import Context
from galleria.faces.agents.model import shapes
from galleria.faces.agents.model.choices import Line, variant_ids_of
from galleria.faces.agents.model.discovery import head_of
from galleria.faces.agents.schemas import CartBody, lines_of
from galleria.faces.agents.service.calling import Call, Reply, address_of_shop, read_body


async def create_cart(ctx: Context, call: Call) -> Reply:
    """A new cart."""
    body = read_body(call, CartBody)
    opened = await carts.open_cart(ctx, NewCart(lines=new_lines(lines_of(body.line_items))))
    return Reply(201, await _shown(ctx, call, opened.token, opened.priced))


async def get_cart(ctx: Context, call: Call) -> Reply:
    """The cart at today's prices."""
    priced = await carts.get_cart(ctx, call.thing_id)
    return Reply(200, await _shown(ctx, call, call.thing_id, priced))


async def update_cart(ctx: Context, call: Call) -> Reply:
    """The cart with these lines and no others."""
    body = read_body(call, CartBody)
    priced = await carts.replace_lines(ctx, call.thing_id, new_lines(lines_of(body.line_items)))
    return Reply(200, await _shown(ctx, call, call.thing_id, priced))


async def cancel_cart(ctx: Context, call: Call) -> Reply:
    """The cart as it was; it is gone."""
    priced = await carts.get_cart(ctx, call.thing_id)
    shown = await _shown(ctx, call, call.thing_id, priced)
    await carts.discard_cart(ctx, call.thing_id)
    return Reply(200, shown)


def new_lines(lines: list[Line]) -> tuple[NewLine, ...]:
    """The lines as the carts room takes them, one a variant."""
    pieces = variant_ids_of(lines)
    return tuple(
        NewLine(variant_id=variant_id, quantity=count) for variant_id, count in pieces.items()
    )


async def _shown(ctx: Context, call: Call, token: str, priced: PricedCart) -> shapes.Wire:
    address = await address_of_shop(ctx)
    lines = [shapes.line_of_cart(line, address) for line in priced.lines]
    messages = shapes.messages_of(lines, [])
    return {
        "ucp": head_of(call.version, call.names),
        "id": token,
        "line_items": [shapes.wire_line(line) for line in lines],
        "currency": priced.cart.currency,
        "totals": shapes.totals_of(priced.subtotal.amount_minor, None),
        "expires_at": shapes.instant(priced.cart.expires_at),
        **({"messages": messages} if messages else {}),
    }
