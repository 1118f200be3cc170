"""Keeps the index like the shop window, and forgets what was asked long ago."""

from datetime import datetime
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.event_log import AnySubscription, Subscription
from galleria.engines.jobs import Schedule
from galleria.foundation.events import Envelope
from galleria.foundation.ids import made_at
from galleria.growth.search.model.freshness import LISTENER
from galleria.growth.search.service import freshness, indexing, noting

EVENTS_AT_ONCE = 20


class _Listings(msgspec.Struct, frozen=True):
    product_ids: list[UUID]
    changed_at: datetime | None = None


async def on_listings_changed(ctx: Context, batch: list[Envelope[_Listings]]) -> None:
    """The index shows these products as the shop window does, and how long that took is noted."""
    await indexing.index_products(ctx, [each for e in batch for each in e.payload.product_ids])
    # The index's commit has returned. What a shop window made anew of itself counts from its own.
    changes = [
        (e.payload.changed_at or made_at(e.event_id), len(e.payload.product_ids)) for e in batch
    ]
    freshness.note_found(ctx, changes)


async def forget_old_questions(ctx: Context) -> None:
    """Questions, and how soon changes could be found, are kept 90 days and not longer."""
    await noting.forget_old_questions(ctx)
    await freshness.forget_old(ctx)


async def forget_old_freshness(ctx: Context) -> None:
    """Of all shops together, too, it is kept 90 days how soon changes could be found."""
    await freshness.forget_old(ctx)


SUBSCRIPTIONS: list[AnySubscription] = [
    Subscription(
        LISTENER,
        "listings.listings_changed.v1",
        _Listings,
        watch=on_listings_changed,
        at_once=EVENTS_AT_ONCE,
    )
]
SCHEDULES = [
    Schedule("search.forget_questions", "47 2 * * *", forget_old_questions),
    Schedule("search.forget_freshness", "49 2 * * *", forget_old_freshness, for_each_shop=False),
]
