"""How orders are named elsewhere, and how their history names who did what."""

from uuid import UUID

from galleria.commerce.orders.errors import OrderChanged, OrderNotFound
from galleria.commerce.orders.model import Entry, Order
from galleria.commerce.orders.repository import reading, writing
from galleria.engines.context import Actor, Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id


def owner_ref(order_id: UUID) -> str:
    """The name under which an order holds stock."""
    return f"order:{order_id}"


def actor_name(actor: Actor) -> str:
    """The actor as the history names them."""
    return f"{actor.kind}:{actor.actor_id}" if actor.actor_id else actor.kind


def entry_of(ctx: Context, kind: str, note: str = "") -> Entry:
    """A line of an order's history: who did this, now."""
    return Entry(entry_id=new_id(), kind=kind, actor=actor_name(ctx.actor), note=note, at=ctx.now)


async def locked_order(
    tx: Transaction, order_id: UUID, expected_version: int | None = None
) -> Order:
    """The order as it is now, locked until the commit.

    Read by a second statement: the one that waits for the lock sees the lines of before.

    Raises:
        OrderNotFound: this shop has no such order.
        OrderChanged: it is not at `expected_version`.
    """
    order = await reading.order(tx, order_id) if await writing.lock(tx, order_id) else None
    if order is None:
        raise OrderNotFound(f"no order {order_id}")
    if expected_version not in (None, order.version):
        raise OrderChanged(f"the order is at version {order.version}")
    return order
