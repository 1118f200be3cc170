"""Keeps the index like the shop window and what is wanted there, and forgets what was asked and
bought long ago."""

from datetime import datetime
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.event_log import AnySubscription, Subscription
from galleria.engines.jobs import Schedule
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope
from galleria.foundation.ids import made_at
from galleria.growth.search.model.demand import Sale
from galleria.growth.search.model.freshness import LISTENER
from galleria.growth.search.service import freshness, indexing, noting, standing

EVENTS_AT_ONCE = 20
_WINDOW = "listings.listings_changed.v1"
_PLACED = "orders.order_placed.v1"
_REFUNDED = "orders.order_refunded.v1"


class _Products(msgspec.Struct, frozen=True):
    product_ids: list[UUID]
    changed_at: datetime | None = None


class _Variants(msgspec.Struct, frozen=True):
    variant_ids: list[UUID]


class _Item(msgspec.Struct, frozen=True):
    product_id: UUID
    quantity: int


class _Ordered(msgspec.Struct, frozen=True):
    """The fields read of what happens to orders; a placed one has items and an instant, and a
    refund says whether all the money went back."""

    order_id: UUID
    items: list[_Item] = []
    placed_at: datetime | None = None
    is_complete: bool = False


async def on_index_behind(ctx: Context, batch: list[Envelope[_Products]]) -> None:
    """The index shows these products as the shop window does, standing as they stand now; how long
    changes of the window took is noted."""
    await indexing.index_products(ctx, [each for e in batch for each in e.payload.product_ids])
    # The index's commit has returned. What a shop window made anew of itself counts from its own.
    changes = [
        (e.payload.changed_at or made_at(e.event_id), len(e.payload.product_ids))
        for e in batch
        if e.tag == _WINDOW
    ]
    freshness.note_found(ctx, changes)


async def on_costs_changed(ctx: Context, batch: list[Envelope[_Variants]]) -> None:
    """The index knows what the products of these variants earn."""
    await indexing.index_variants(ctx, [each for e in batch for each in e.payload.variant_ids])


async def on_ordered(ctx: Context, tx: Transaction, batch: list[Envelope[_Ordered]]) -> None:
    """What was bought is wanted more; what was called off, or paid back in whole, is not."""
    # Told twice, an order is still one.
    placed = {e.payload.order_id: e.payload for e in batch if e.tag == _PLACED}
    sales = [
        Sale(order.order_id, item.product_id, item.quantity, order.placed_at)
        for order in placed.values()
        if order.placed_at is not None
        for item in order.items
    ]
    called_off = {
        e.payload.order_id: None
        for e in batch
        if e.tag != _PLACED and (e.tag != _REFUNDED or e.payload.is_complete)
    }
    await standing.count_orders(tx, sales, list(called_off))


async def on_products_removed(
    ctx: Context, tx: Transaction, batch: list[Envelope[_Products]]
) -> None:
    """Products that exist no more are wanted by nobody."""
    await standing.forget_products(tx, [each for e in batch for each in e.payload.product_ids])


async def refresh_standing(ctx: Context) -> None:
    """The index is told what has become noticeably more or less popular."""
    await standing.refresh_standing(ctx)


async def forget_old_questions(ctx: Context) -> None:
    """Questions, and how soon changes could be found, are kept 90 days and not longer, what was
    sold 180."""
    await noting.forget_old_questions(ctx)
    await standing.forget_old_demand(ctx)
    await freshness.forget_old(ctx)


async def forget_old_freshness(ctx: Context) -> None:
    """Of all shops together, too, it is kept 90 days how soon changes could be found."""
    await freshness.forget_old(ctx)


SUBSCRIPTIONS: list[AnySubscription] = [
    Subscription(
        LISTENER,
        (_WINDOW, "search.standing_changed.v1"),
        _Products,
        watch=on_index_behind,
        at_once=EVENTS_AT_ONCE,
    ),
    Subscription(
        "search.costs_changed",
        "pricing.costs_changed.v1",
        _Variants,
        watch=on_costs_changed,
        at_once=EVENTS_AT_ONCE,
    ),
    Subscription(
        "search.ordered",
        (_PLACED, "orders.order_cancelled.v1", _REFUNDED),
        _Ordered,
        on_ordered,
    ),
    Subscription(
        "search.products_removed", "catalog.products_removed.v1", _Products, on_products_removed
    ),
]
SCHEDULES = [
    Schedule("search.refresh_standing", "*/15 * * * *", refresh_standing),
    Schedule("search.forget_questions", "47 2 * * *", forget_old_questions),
    Schedule("search.forget_freshness", "49 2 * * *", forget_old_freshness, for_each_shop=False),
]
