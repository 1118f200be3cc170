"""Keeps what goes together true when products change or go."""

from uuid import UUID

import msgspec

from galleria.commerce.assortment import service
from galleria.engines.context import Context
from galleria.engines.event_log import AnySubscription, Subscription
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope

EVENTS_AT_ONCE = 24


class ConcernedProducts(msgspec.Struct, frozen=True):
    """What is read of events about products."""

    product_ids: list[UUID]


async def on_changed(
    ctx: Context, tx: Transaction, batch: list[Envelope[ConcernedProducts]]
) -> None:
    """Those who name the changed products do so as they are now."""
    await service.follow(
        tx, [*dict.fromkeys(each for e in batch for each in e.payload.product_ids)]
    )


async def on_removed(
    ctx: Context, tx: Transaction, batch: list[Envelope[ConcernedProducts]]
) -> None:
    """Nobody names the removed products."""
    await service.forget(tx, [each for e in batch for each in e.payload.product_ids])


SUBSCRIPTIONS: list[AnySubscription] = [
    Subscription(
        "assortment.products_changed",
        "catalog.products_changed.v1",
        ConcernedProducts,
        on_changed,
        at_once=EVENTS_AT_ONCE,
    ),
    Subscription(
        "assortment.products_removed",
        "catalog.products_removed.v1",
        ConcernedProducts,
        on_removed,
        at_once=EVENTS_AT_ONCE,
    ),
]
