"""Orders as merchants and shoppers read them."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from galleria.commerce import downloads
from galleria.commerce.orders.errors import OrderNotFound
from galleria.commerce.orders.model import Order, OrderDetail, OrderFilter, OrderSummary
from galleria.commerce.orders.repository import listing
from galleria.commerce.orders.repository import reading as repository
from galleria.commerce.orders.schemas import StoreOrder, store_order
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.ids import read_token, token_hash
from galleria.foundation.pagination import Page

ORDER = "order"  # the kind of its tokens
_PURPOSE = "orders.token"
_PAGE_SCOPE = "orders.list"


async def get_order(ctx: Context, order_id: UUID) -> OrderDetail:
    """The order with all that happened to it.

    Raises:
        OrderNotFound: this shop has no such order.
    """
    for detail in await repository.details_of(ctx, [order_id]):
        return detail
    raise OrderNotFound(f"no order {order_id}")


async def details_of(reader: Reader, order_ids: Sequence[UUID]) -> list[OrderDetail]:
    """Those of the orders that exist, by id, with all that happened to them; one statement."""
    return await repository.details_of(reader, order_ids) if order_ids else []


async def order_of(reader: Reader, order_id: UUID) -> Order:
    """The order with its lines, without its history.

    Raises:
        OrderNotFound: this shop has no such order.
    """
    order = await repository.order(reader, order_id)
    if order is None:
        raise OrderNotFound(f"no order {order_id}")
    return order


async def ordered_variants(reader: Reader, variant_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the variants that stand in an order, whatever became of it; one statement."""
    return await repository.ordered_variants(reader, variant_ids) if variant_ids else set()


async def order_by_token(ctx: Context, token: str) -> StoreOrder:
    """The order behind a shopper's token, as its shopper sees it.

    Raises:
        OrderNotFound: the token opens no order of this shop.
    """
    parts = read_token(token, ORDER)
    if parts is None or parts.tenant_id != ctx.tenant.tenant_id:
        raise OrderNotFound("no such order")
    found = await repository.by_token(ctx, token_hash(token))
    if found is None:
        raise OrderNotFound("no such order")
    order, fulfillments = found
    return store_order(order, token, fulfillments, await bought_downloads(ctx, order))


async def downloads_of(ctx: Context, order_id: UUID) -> downloads.OrderDownloads:
    """What the order brought without a parcel, for the shop's own people.

    Raises:
        OrderNotFound: this shop has no such order.
    """
    await order_of(ctx, order_id)
    return await downloads.downloads_of(ctx, order_id)


async def bought_downloads(
    ctx: Context, order: Order, link_for: timedelta = downloads.LINK_FOR
) -> downloads.BoughtDownloads:
    """What the buyer can fetch, with links that are good for so long; nothing before it is paid."""
    if order.placed_at is None or not order.is_digital:
        return downloads.BoughtDownloads()
    return await downloads.bought_in(ctx, order.order_id, link_for)


async def token_of(ctx: Context, order_id: UUID) -> str:
    """The token by which its shopper opens the order, for whoever may lead them there.

    Raises:
        OrderNotFound: this shop has no such order.
    """
    sealed = await repository.sealed_token(ctx, order_id)
    if sealed is None:
        raise OrderNotFound(f"no order {order_id}")
    return await unseal_token(ctx, sealed)


async def list_orders(
    ctx: Context, wanted: OrderFilter, cursor: str | None = None, limit: int = 50
) -> Page[OrderSummary]:
    """A page of orders, newest first, those of the past among them.

    Args:
        ctx: whose orders.
        wanted: which of them; `number` and `email` are beginnings.
        cursor: where the page before ended.
        limit: 1 to 100.
    """
    tenant_id, cursors = ctx.tenant.tenant_id, ctx.engines.cursors
    before = None
    if cursor is not None:
        before = UUID(str(cursors.decode(cursor, tenant_id, _PAGE_SCOPE)[0]))
    found = await listing.page(ctx, wanted, before, limit + 1)
    items = found[:limit]
    next_cursor = None
    if len(found) > limit:
        next_cursor = cursors.encode(tenant_id, _PAGE_SCOPE, [str(items[-1].order_id)])
    return Page(items=items, next_cursor=next_cursor)


async def seal_token(ctx: Context, token: str) -> bytes:
    """The token as it is stored beside its hash: readable with the shop's data key only."""
    return await ctx.engines.secrets.encrypt(ctx.tenant.tenant_id, token.encode(), _PURPOSE)


async def unseal_token(ctx: Context, sealed: bytes) -> str:
    """The token that was sealed."""
    return (await ctx.engines.secrets.decrypt(ctx.tenant.tenant_id, sealed, _PURPOSE)).decode()
