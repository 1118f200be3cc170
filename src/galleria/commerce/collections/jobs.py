"""What the collections do by themselves: apply changed rules, follow the clock, clear away."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.collections import service
from galleria.engines.context import Context
from galleria.engines.event_log import AnySubscription, Subscription
from galleria.engines.jobs import EnqueueOn, Job, Progress, Schedule
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope

# Of those a worker runs at the same time: each walks through a whole shop.
AT_ONCE = 2


class ApplyRule(msgspec.Struct, frozen=True):
    """Let the present rule of this collection choose its members."""

    collection_id: UUID


class Changed(msgspec.Struct, frozen=True):
    """What is read of `collections.collection_changed.v1`."""

    collection_id: UUID
    reason: str


class Touched(msgspec.Struct, frozen=True):
    """What is read of `catalog.products_changed.v1`."""

    product_ids: list[UUID]
    reason: str


class SortProducts(msgspec.Struct, frozen=True):
    """Look again which rules choose these products."""

    product_ids: list[UUID]


class RemovedProducts(msgspec.Struct, frozen=True):
    """What is read of `catalog.products_removed.v1`."""

    product_ids: list[UUID]


class NamedProduct(msgspec.Struct, frozen=True):
    """A product and the collections its draft names."""

    product_id: UUID
    collections: list[str]


class Named(msgspec.Struct, frozen=True):
    """What is read of `catalog.collections_named.v1`."""

    products: list[NamedProduct]


async def apply_rule(ctx: Context, payload: ApplyRule, progress: Progress) -> None:
    """The collection's members are those its present rule chooses."""
    await service.apply_rule(ctx, payload.collection_id, progress)


async def sort_products(ctx: Context, payload: SortProducts, progress: Progress) -> None:
    """The products are where all rules want them."""
    await service.sort_products(ctx, payload.product_ids)


async def forget_products(
    ctx: Context, tx: Transaction, batch: list[Envelope[RemovedProducts]]
) -> None:
    """Products that exist no more are in no collection."""
    for envelope in batch:
        await service.forget_products(tx, envelope.payload.product_ids)


async def fill_by_name(ctx: Context, tx: Transaction, batch: list[Envelope[Named]]) -> None:
    """Products are in the collections that their drafts named last."""
    wanted = {each.product_id: each.collections for e in batch for each in e.payload.products}
    await service.fill_by_name(tx, wanted)


async def sort_due(ctx: Context) -> None:
    """Products that have grown too old for a rule are sorted again."""
    await service.sort_due(ctx)


async def turn_windows(ctx: Context) -> None:
    """Collections whose window has opened or closed are announced."""
    await service.turn_windows(ctx)


async def purge_removed(ctx: Context) -> None:
    """What was removed long ago is gone for good."""
    await service.purge_removed(ctx)


async def forget_fillings(ctx: Context) -> None:
    """What imports did is remembered only as long as they can be undone."""
    await service.forget_fillings(ctx)


APPLY = Job("collections.apply_rule", ApplyRule, apply_rule, at_once=AT_ONCE)

SORT = Job("collections.sort_products", SortProducts, sort_products, at_once=2, watched=False)

JOBS: list[Job[Any]] = [APPLY, SORT]
SUBSCRIPTIONS: list[AnySubscription] = [
    Subscription(
        "collections.products_removed",
        "catalog.products_removed.v1",
        RemovedProducts,
        forget_products,
    ),
    Subscription(
        "collections.collections_named", "catalog.collections_named.v1", Named, fill_by_name
    ),
]
ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn(
        "collections.rule_changed",
        "collections.collection_changed.v1",
        Changed,
        APPLY,
        lambda envelope: (
            ApplyRule(envelope.payload.collection_id)
            if envelope.payload.reason == "rule_changed"
            else None
        ),
    ),
    # A category that moved takes its products below other categories, and nobody makes their
    # listings anew: those say nothing of the places above.
    EnqueueOn(
        "collections.place_renamed",
        "catalog.products_changed.v1",
        Touched,
        SORT,
        lambda envelope: (
            SortProducts(envelope.payload.product_ids)
            if envelope.payload.reason == "renamed"
            else None
        ),
    ),
]
SCHEDULES = [
    Schedule("collections.sort_due", "*/5 * * * *", sort_due),
    Schedule("collections.turn_windows", "*/5 * * * *", turn_windows),
    Schedule("collections.purge_removed", "29 * * * *", purge_removed),
    Schedule("collections.forget_fillings", "47 3 * * *", forget_fillings),
]
