"""Runs in the background."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.jobs import EnqueueOn, Job, Progress
from galleria.growth.relevance.service import running

AT_ONCE = 1  # a run keeps one place of the search busy, and shoppers need the others


class AskAll(msgspec.Struct, frozen=True):
    """Ask the queries of this run."""

    relevance_run_id: UUID


async def ask_all(ctx: Context, payload: AskAll, progress: Progress) -> None:
    """The run has come to its end."""
    await running.run_now(ctx, payload.relevance_run_id, progress.report)


RUN = Job("relevance.run", AskAll, ask_all, at_once=AT_ONCE)
JOBS: list[Job[Any]] = [RUN]
ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn(
        "relevance.run_requested",
        "relevance.run_requested.v1",
        AskAll,
        RUN,
        lambda envelope: envelope.payload,
    )
]
