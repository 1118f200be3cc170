"""Keeps the work-bench like the shop, and works at what was asked of it."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.workbench import service
from galleria.engines.context import Context
from galleria.engines.event_log import AnySubscription, Subscription
from galleria.engines.jobs import EnqueueOn, Job, Progress, Schedule
from galleria.foundation.events import Envelope

# As many as the shop window takes together: an import commits some seventy for 2,000 products.
EVENTS_AT_ONCE = 140
AT_ONCE = 2  # acts under way, so that they leave room for everything else


class Concerned(msgspec.Struct, frozen=True):
    """What is read of events about products and variants."""

    product_ids: list[UUID] = []
    variant_ids: list[UUID] = []


class RunAct(msgspec.Struct, frozen=True):
    """Work at this change of many products."""

    act_id: UUID


async def on_changed(ctx: Context, batch: list[Envelope[Concerned]]) -> None:
    """These products are found as they are now, each looked at once for the whole batch."""
    products = dict.fromkeys(each for e in batch for each in e.payload.product_ids)
    variants = dict.fromkeys(each for e in batch for each in e.payload.variant_ids)
    await service.refresh(ctx, list(products), list(variants))


async def run_act(ctx: Context, payload: RunAct, progress: Progress) -> None:
    """The change of many products, or taking it back, has come to its end."""
    await service.run_act(ctx, payload.act_id, progress)


async def revive_acts(ctx: Context) -> None:
    """No change of many products is forgotten."""
    await service.revive_acts(ctx)


RUN = Job("workbench.act", RunAct, run_act, at_once=AT_ONCE)
JOBS: list[Job[Any]] = [RUN]
SUBSCRIPTIONS: list[AnySubscription] = [
    Subscription(
        "workbench.changed",
        (
            "catalog.products_changed.v1",
            "catalog.products_removed.v1",
            "pricing.prices_changed.v1",
            "inventory.stock_changed.v1",
            "collections.members_changed.v1",
        ),
        Concerned,
        watch=on_changed,
        at_once=EVENTS_AT_ONCE,
    ),
]
ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn(
        "workbench.act_requested",
        "workbench.act_requested.v1",
        RunAct,
        RUN,
        lambda envelope: envelope.payload,
    )
]
SCHEDULES = [
    Schedule("workbench.revive_acts", "*/5 * * * *", revive_acts),
]
