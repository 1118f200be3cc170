"""Keeps the shop window current: listens to catalog, prices and stock, rebuilds when asked."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import catalog
from galleria.commerce.listings import service
from galleria.engines.context import Context
from galleria.engines.event_log import AnySubscription, Subscription
from galleria.engines.jobs import EnqueueOn, Job, Progress
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope

# Events of up to 500 ids each. An import of 2,000 products commits twelve of them, four each about
# products, prices and stock: whole commits, so that no product is made twice, and few, so that the
# search index need not wait long for its part.
EVENTS_AT_ONCE = 24
PRODUCTS_A_STEP = 2_000


class _Changed(msgspec.Struct, frozen=True):
    """What the events that call for new listings name: products, or variants of theirs."""

    product_ids: list[UUID] = []
    variant_ids: list[UUID] = []


class _Removed(msgspec.Struct, frozen=True):
    product_ids: list[UUID]


class _Structure(msgspec.Struct, frozen=True):
    kind: str


class _Channel(msgspec.Struct, frozen=True):
    channel_id: UUID


class _Shop(msgspec.Struct, frozen=True):
    fields: list[str]


class Rebuild(msgspec.Struct, frozen=True):
    """Make all listings of a shop anew; `reason` is for the reader of the queue."""

    reason: str


async def on_changed(ctx: Context, tx: Transaction, batch: list[Envelope[_Changed]]) -> None:
    """The products concerned are shown as they are now, each made once for the whole batch.

    An import changes products, prices and stock of the same products in one commit: taken
    together they cost one making instead of three.
    """
    products = dict.fromkeys(each for e in batch for each in e.payload.product_ids)
    variants = dict.fromkeys(each for e in batch for each in e.payload.variant_ids)
    products |= dict.fromkeys(await service.products_of(tx, list(variants)))
    await service.refresh(tx, list(products))


async def on_removed(ctx: Context, tx: Transaction, batch: list[Envelope[_Removed]]) -> None:
    """The removed products are shown no longer."""
    await service.remove(tx, [each for e in batch for each in e.payload.product_ids])


async def rebuild(ctx: Context, payload: Rebuild, progress: Progress) -> None:
    """All listings of the shop are made anew, in steps that each commit."""
    after, done = UUID(int=0), 0
    while ids := await catalog.product_ids_after(ctx, after, PRODUCTS_A_STEP):
        async with ctx.transaction() as tx:
            await service.refresh(tx, ids)
        after, done = ids[-1], done + len(ids)
        await progress.report(done, None, "listings")


def _latest(rebuilds: list[Rebuild]) -> Rebuild:
    """One making of all listings is enough for all that called for it."""
    return rebuilds[-1]


REBUILD = Job("listings.rebuild", Rebuild, rebuild, at_once=2)

SUBSCRIPTIONS: list[AnySubscription] = [
    Subscription(
        "listings.changed",
        (
            "catalog.products_changed.v1",
            "pricing.prices_changed.v1",
            "inventory.stock_changed.v1",
            "assortment.relations_changed.v1",
        ),
        _Changed,
        on_changed,
        at_once=EVENTS_AT_ONCE,
    ),
    Subscription(
        "listings.products_removed",
        "catalog.products_removed.v1",
        _Removed,
        on_removed,
        at_once=EVENTS_AT_ONCE,
    ),
]
ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn(
        "listings.structure_changed",
        "catalog.structure_changed.v1",
        _Structure,
        REBUILD,
        lambda envelope: Rebuild(envelope.payload.kind),
        join=_latest,
    ),
    EnqueueOn(
        "listings.metafields_redefined",
        "attributes.dictionary_changed.v1",
        _Structure,
        REBUILD,
        lambda envelope: (
            Rebuild("metafields") if envelope.payload.kind == "metafield_definition" else None
        ),
        join=_latest,
    ),
    EnqueueOn(
        "listings.channel_changed",
        "tenants.channel_changed.v1",
        _Channel,
        REBUILD,
        lambda _: Rebuild("channel"),
        join=_latest,
    ),
    EnqueueOn(
        "listings.shop_updated",
        "tenants.shop_updated.v1",
        _Shop,
        REBUILD,
        lambda envelope: Rebuild("locales") if "locales" in envelope.payload.fields else None,
        join=_latest,
    ),
]
