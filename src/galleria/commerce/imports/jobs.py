"""Imports and exports in the background, and what keeps them going."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import catalog, inventory, pricing
from galleria.commerce.imports import service
from galleria.engines.context import Context
from galleria.engines.event_log import Subscription
from galleria.engines.jobs import EnqueueOn, Job, Progress, Schedule
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope

# Of those a worker runs at the same time, so that files leave room for everything else.
AT_ONCE = 4
# Fewer changed products than this do not mislead the planner.
WORTH_STATISTICS = 1_000


class RunImport(msgspec.Struct, frozen=True):
    """Work at this import."""

    run_id: UUID


class WriteExport(msgspec.Struct, frozen=True):
    """Write the file of this export."""

    export_id: UUID


class Ended(msgspec.Struct, frozen=True):
    """What is read of `imports.import_ended.v1`."""

    is_dry_run: bool
    created_count: int
    changed_count: int


async def run_import(ctx: Context, payload: RunImport, progress: Progress) -> None:
    """The import has come to its end, or waits behind another of its shop, which will call it."""
    await service.run_import_now(ctx, payload.run_id, progress, waits=False)


async def write_export(ctx: Context, payload: WriteExport, progress: Progress) -> None:
    """The export's file is there."""
    await service.write_export(ctx, payload.export_id)


async def revive_imports(ctx: Context) -> None:
    """No import is forgotten."""
    await service.revive_imports(ctx)


async def remove_old_files(ctx: Context) -> None:
    """Files nobody needs any more are gone."""
    await service.remove_old_files(ctx)


async def refresh_statistics(ctx: Context, tx: Transaction, batch: list[Envelope[Ended]]) -> None:
    """The planner knows the tables that an import has filled. Half a second, so not its own."""
    ended = [each.payload for each in batch if not each.payload.is_dry_run]
    if (
        max((each.created_count + each.changed_count for each in ended), default=0)
        < WORTH_STATISTICS
    ):
        return
    await catalog.refresh_statistics(tx)
    await pricing.refresh_statistics(tx)
    await inventory.refresh_statistics(tx)


RUN = Job("imports.run", RunImport, run_import, at_once=AT_ONCE)
EXPORT = Job("imports.export", WriteExport, write_export, at_once=AT_ONCE)

JOBS: list[Job[Any]] = [RUN, EXPORT]
SUBSCRIPTIONS = [
    Subscription(
        handler="imports.refresh_statistics",
        tag="imports.import_ended.v1",
        payload=Ended,
        handle=refresh_statistics,
    )
]
ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn(
        "imports.import_requested",
        "imports.import_requested.v1",
        RunImport,
        RUN,
        lambda envelope: envelope.payload,
    ),
    EnqueueOn(
        "imports.export_requested",
        "imports.export_requested.v1",
        WriteExport,
        EXPORT,
        lambda envelope: envelope.payload,
    ),
]
SCHEDULES = [
    Schedule("imports.revive", "*/5 * * * *", revive_imports),
    Schedule("imports.remove_old_files", "41 3 * * *", remove_old_files),
]
