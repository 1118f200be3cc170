"""Hears of products with addresses, and has what they name fetched."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.pictures.service import fetching, wanting
from galleria.engines.context import Context
from galleria.engines.event_log import AnySubscription, Subscription
from galleria.engines.jobs import EnqueueOn, Job, Progress, Schedule
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope

# Of up to 500 products each: a transaction of some tenths of a second.
EVENTS_AT_ONCE = 10
# Shops a worker fetches for at the same time.
SHOPS_AT_ONCE = 4


class _Products(msgspec.Struct, frozen=True):
    """What is read of the catalog's events: products that changed, or that are gone."""

    product_ids: list[UUID]


class _Wanted(msgspec.Struct, frozen=True):
    """What is read of `pictures.pictures_wanted.v1`."""

    wanted_count: int


class FetchPictures(msgspec.Struct, frozen=True):
    """Fetch what is due."""

    wanted_count: int


async def on_products(ctx: Context, tx: Transaction, batch: list[Envelope[_Products]]) -> None:
    """What the products name is wanted, each looked at once for the whole batch."""
    products: dict[UUID, str] = {}
    for event in batch:
        for product_id in event.payload.product_ids:
            products.setdefault(product_id, event.request_id)
    await wanting.want_pictures_of(tx, products)


async def fetch_pictures(ctx: Context, payload: FetchPictures, progress: Progress) -> None:
    """The shop's pictures are fetched, here or by somebody who is at it already."""
    await fetching.fetch_pictures(ctx)


async def wake(ctx: Context) -> None:
    """Pictures that wait for their next try are not forgotten."""
    await fetching.wake(ctx)


FETCH = Job("pictures.fetch", FetchPictures, fetch_pictures, at_once=SHOPS_AT_ONCE, watched=False)

JOBS: list[Job[Any]] = [FETCH]
SUBSCRIPTIONS: list[AnySubscription] = [
    Subscription(
        "pictures.want",
        ("catalog.products_changed.v1", "catalog.products_removed.v1"),
        _Products,
        on_products,
        at_once=EVENTS_AT_ONCE,
    )
]
ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn(
        "pictures.fetch_wanted",
        "pictures.pictures_wanted.v1",
        _Wanted,
        FETCH,
        lambda event: event.payload.wanted_count,
        join=lambda counts: FetchPictures(sum(counts)),
    )
]
SCHEDULES = [Schedule("pictures.wake", "* * * * *", wake)]
