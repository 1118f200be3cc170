"""What the pricing does by itself."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.pricing import service
from galleria.engines.context import Context
from galleria.engines.event_log import Subscription
from galleria.engines.jobs import EnqueueOn, Job, Progress, Schedule
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope

# Of those a worker runs at the same time, so that bulk edits leave room for everything else.
AT_ONCE = 2


class RemovedVariants(msgspec.Struct, frozen=True):
    """What is read of `catalog.variants_removed.v1`."""

    variant_ids: list[UUID]


class RunEdit(msgspec.Struct, frozen=True):
    """Work at this bulk edit."""

    edit_id: UUID


class ChangedList(msgspec.Struct, frozen=True):
    """What is read of `pricing.price_list_changed.v1`, and what to announce."""

    price_list_id: int


async def forget_variants(
    ctx: Context, tx: Transaction, batch: list[Envelope[RemovedVariants]]
) -> None:
    """Variants that exist no more have no price."""
    for envelope in batch:
        await service.forget_variants(tx, envelope.payload.variant_ids)


async def run_edit(ctx: Context, payload: RunEdit, progress: Progress) -> None:
    """The bulk edit, or its undoing, has come to its end."""
    await service.run_edit(ctx, payload.edit_id, progress)


async def announce(ctx: Context, payload: ChangedList, progress: Progress) -> None:
    """What an edit of a price list changed for shoppers has been announced."""
    await service.announce_windows(ctx)


async def announce_windows(ctx: Context) -> None:
    """Prices that began or ceased to count since the last look have been announced."""
    await service.announce_windows(ctx)


async def revive_edits(ctx: Context) -> None:
    """No bulk edit is forgotten."""
    await service.revive_edits(ctx)


async def forget_old_rows(ctx: Context) -> None:
    """Rows of bulk edits that can no longer be undone are gone."""
    await service.forget_old_rows(ctx)


def _latest(changed: list[ChangedList]) -> ChangedList:
    """One look announces whatever is due."""
    return changed[-1]


RUN = Job("pricing.edit", RunEdit, run_edit, at_once=AT_ONCE)
ANNOUNCE = Job("pricing.announce", ChangedList, announce, at_once=AT_ONCE, watched=False)

JOBS: list[Job[Any]] = [RUN, ANNOUNCE]
SUBSCRIPTIONS = [
    Subscription(
        handler="pricing.forget_variants",
        tag="catalog.variants_removed.v1",
        payload=RemovedVariants,
        handle=forget_variants,
    )
]
ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn(
        "pricing.edit_requested",
        "pricing.edit_requested.v1",
        RunEdit,
        RUN,
        lambda envelope: envelope.payload,
    ),
    EnqueueOn(
        "pricing.price_list_changed",
        "pricing.price_list_changed.v1",
        ChangedList,
        ANNOUNCE,
        lambda envelope: envelope.payload,
        join=_latest,
    ),
]
SCHEDULES = [
    Schedule("pricing.announce_windows", "* * * * *", announce_windows),
    Schedule("pricing.revive_edits", "*/5 * * * *", revive_edits),
    Schedule("pricing.forget_old_rows", "17 4 * * *", forget_old_rows),
]
