"""Serves who waits for licences, and keeps digital goods true when products change or go."""

from uuid import UUID

import msgspec

from galleria.commerce.downloads.service import goods, licensing
from galleria.engines.context import Context
from galleria.engines.event_log import AnySubscription, Subscription
from galleria.engines.jobs import Schedule
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope


class RemovedVariants(msgspec.Struct, frozen=True):
    """The field of `catalog.variants_removed.v1` read here."""

    variant_ids: list[UUID]


class ChangedProducts(msgspec.Struct, frozen=True):
    """The field of `catalog.products_changed.v1` read here."""

    product_ids: list[UUID]


async def on_products_changed(
    ctx: Context, tx: Transaction, batch: list[Envelope[ChangedProducts]]
) -> None:
    """A product file that knows nothing of downloads does not make parcels of them."""
    ids = dict.fromkeys(each for e in batch for each in e.payload.product_ids)
    await goods.keep_unsent(ctx, tx, list(ids))


async def on_variants_removed(
    ctx: Context, tx: Transaction, batch: list[Envelope[RemovedVariants]]
) -> None:
    """The removed variants are sold no longer; what was bought can be fetched on."""
    await goods.forget_variants(tx, [each for e in batch for each in e.payload.variant_ids])


async def serve_owed(ctx: Context) -> None:
    """Who paid for a licence that was passed over at that moment has it now."""
    await licensing.serve_owed(ctx)


SUBSCRIPTIONS: list[AnySubscription] = [
    Subscription(
        "downloads.variants_removed",
        "catalog.variants_removed.v1",
        RemovedVariants,
        on_variants_removed,
    ),
    Subscription(
        "downloads.products_changed",
        "catalog.products_changed.v1",
        ChangedProducts,
        on_products_changed,
        at_once=24,
    ),
]
SCHEDULES = [Schedule("downloads.serve_owed", "* * * * *", serve_owed)]
