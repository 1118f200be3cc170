"""Shoppers for the tests of orders."""

from typing import Any
from uuid import UUID

from galleria.commerce import orders
from galleria.commerce.customers import PostalAddress
from galleria.commerce.orders.jobs import SUBSCRIPTIONS
from galleria.engines.context import Context
from galleria.engines.event_log import Relay
from galleria.foundation.ids import new_id
from tests.commerce.carts.shop import cart_with, sell

HOME = PostalAddress(name="Ana", line1="A 1", city="Köln", country="DE", postal_code="50667")
SHIPPING = 500  # what the first shipping method of a shop in euros costs, in cents


def wanted(card: str = "tok_approve", **changes: Any) -> orders.Checkout:
    """What a shopper sends to buy a cart with this card of the test gateway."""
    fields: dict[str, Any] = {
        "email": "ana@example.com",
        "shipping_address": HOME,
        "shipping_method": "standard",
        "payment": orders.PaymentChoice(method="test", token=card),
        **changes,
    }
    return orders.Checkout(**fields)


async def buy(
    ctx: Context, *lines: tuple[UUID, int], card: str = "tok_approve", **changes: Any
) -> orders.StoreOrder:
    """The order of a fresh cart with these pieces; two of a new variant when none are named."""
    token = await cart_with(ctx, *(lines or [(await sell(ctx), 2)]))
    return await orders.check_out(ctx, token, wanted(card, **changes), str(new_id()))


async def hear(ctx: Context) -> int:
    """The orders room has heard all that happened; how many events that were."""
    return await Relay(ctx.engines, SUBSCRIPTIONS).drain()


async def tags(ctx: Context, prefix: str = "orders.") -> list[str]:
    """The tags of the tenant's events that begin so, in order."""
    rows = await ctx.read("SELECT tag FROM event_log.outbox WHERE tenant_id = $1 ORDER BY sequence")
    return [row["tag"] for row in rows if row["tag"].startswith(prefix)]
