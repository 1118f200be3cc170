"""Keeps the index like the shop window, and forgets what was asked long ago."""

from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.event_log import AnySubscription, Subscription
from galleria.engines.jobs import Schedule
from galleria.foundation.events import Envelope
from galleria.growth.search.service import indexing, noting

EVENTS_AT_ONCE = 20


class _Listings(msgspec.Struct, frozen=True):
    product_ids: list[UUID]


async def on_listings_changed(ctx: Context, batch: list[Envelope[_Listings]]) -> None:
    """The index shows these products as the shop window does."""
    await indexing.index_products(ctx, [each for e in batch for each in e.payload.product_ids])


async def forget_old_questions(ctx: Context) -> None:
    """Questions are kept 90 days and not longer."""
    await noting.forget_old_questions(ctx)


SUBSCRIPTIONS: list[AnySubscription] = [
    Subscription(
        "search.listings_changed",
        "listings.listings_changed.v1",
        _Listings,
        watch=on_listings_changed,
        at_once=EVENTS_AT_ONCE,
    )
]
SCHEDULES = [Schedule("search.forget_questions", "47 2 * * *", forget_old_questions)]
