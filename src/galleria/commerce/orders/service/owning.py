"""Orders as those who bought see them in their account."""

from uuid import UUID

from galleria.commerce.orders.errors import OrderNotFound
from galleria.commerce.orders.model import Order
from galleria.commerce.orders.model.past import PastOrder
from galleria.commerce.orders.repository import past, reading, writing
from galleria.commerce.orders.schemas import StoreOrder, store_order
from galleria.commerce.orders.service.reading import bought_downloads, unseal_token
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction


async def order_of_customer(ctx: Context, customer_id: UUID, order_id: UUID) -> StoreOrder:
    """The customer's own order as its shopper sees it.

    Raises:
        OrderNotFound: this shop has no such order, or it is somebody else's.
    """
    found = await reading.of_customer(ctx, customer_id, order_id)
    if found is None:
        raise OrderNotFound("no such order")
    order, parcels, sealed = found
    token = await unseal_token(ctx, sealed)
    return store_order(order, token, parcels, await bought_downloads(ctx, order))


async def past_order_of_customer(ctx: Context, customer_id: UUID, order_id: UUID) -> PastOrder:
    """The customer's own order of another system.

    Raises:
        OrderNotFound: this shop has no such order, or it is somebody else's.
    """
    order = await past.find(ctx, order_id)
    if order is None or order.customer_id != customer_id:
        raise OrderNotFound("no such order")
    return order


async def orders_of_customer(
    reader: Reader, customer_id: UUID, before: UUID | None, limit: int
) -> list[Order]:
    """At most `limit` whole orders of the customer older than `before`, newest first."""
    return await reading.all_of_customer(reader, customer_id, before, limit)


async def hand_over(tx: Transaction, from_id: UUID, to_id: UUID) -> int:
    """What one customer bought is another's: the two were one person. How many orders that were."""
    return await writing.hand_over(tx, from_id, to_id)
