"""Keeps what goes together, and what is sold together, true when products change or go."""

from uuid import UUID

import msgspec

from galleria.commerce.assortment.service import bundling, relations
from galleria.engines.context import Context
from galleria.engines.event_log import AnySubscription, Subscription
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope

EVENTS_AT_ONCE = 24


class ConcernedProducts(msgspec.Struct, frozen=True):
    """What is read of events about products."""

    product_ids: list[UUID]


class ConcernedVariants(msgspec.Struct, frozen=True):
    """What is read of events about variants."""

    variant_ids: list[UUID]


class SoldItem(msgspec.Struct, frozen=True):
    """What is read of a line of an order."""

    variant_id: UUID


class SoldItems(msgspec.Struct, frozen=True):
    """What is read of an order."""

    items: list[SoldItem]


def _products(batch: list[Envelope[ConcernedProducts]]) -> list[UUID]:
    return [*dict.fromkeys(each for e in batch for each in e.payload.product_ids)]


def _variants(batch: list[Envelope[ConcernedVariants]]) -> list[UUID]:
    return [*dict.fromkeys(each for e in batch for each in e.payload.variant_ids)]


async def on_changed(
    ctx: Context, tx: Transaction, batch: list[Envelope[ConcernedProducts]]
) -> None:
    """Those who name or contain the changed products do so as they are now."""
    product_ids = _products(batch)
    await relations.follow(tx, product_ids)
    await bundling.follow_products(tx, product_ids)


async def on_removed(
    ctx: Context, tx: Transaction, batch: list[Envelope[ConcernedProducts]]
) -> None:
    """Nobody names the removed products, and bundles that contain them cannot be had."""
    product_ids = _products(batch)
    await relations.forget(tx, product_ids)
    await bundling.forget_products(tx, product_ids)


async def on_offered(
    ctx: Context, tx: Transaction, batch: list[Envelope[ConcernedVariants]]
) -> None:
    """Bundles that contain variants with another price or stock are shown with it."""
    await bundling.follow_components(tx, _variants(batch))


async def on_variants_removed(
    ctx: Context, tx: Transaction, batch: list[Envelope[ConcernedVariants]]
) -> None:
    """The removed variants are no bundles, and bundles that contain them cannot be had."""
    await bundling.forget_variants(tx, _variants(batch))


async def on_sold(ctx: Context, tx: Transaction, batch: list[Envelope[SoldItems]]) -> None:
    """Bundles that need several of what was sold are shown as often as they can be had."""
    sold = dict.fromkeys(item.variant_id for e in batch for item in e.payload.items)
    await bundling.follow_sales(tx, list(sold))


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
    Subscription(
        "assortment.variants_removed",
        "catalog.variants_removed.v1",
        ConcernedVariants,
        on_variants_removed,
        at_once=EVENTS_AT_ONCE,
    ),
    Subscription(
        "assortment.components_offered",
        ("pricing.prices_changed.v1", "inventory.stock_changed.v1"),
        ConcernedVariants,
        on_offered,
        at_once=EVENTS_AT_ONCE,
    ),
    Subscription(
        "assortment.components_sold",
        "orders.order_placed.v1",
        SoldItems,
        on_sold,
    ),
]
