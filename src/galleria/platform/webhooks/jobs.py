"""What the webhooks do when others tell something, when they were asked to, and by the clock."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.event_log import Subscription
from galleria.engines.jobs import EnqueueOn, Job, Progress, Schedule
from galleria.platform.webhooks.model.catalogue import TAGS
from galleria.platform.webhooks.service import leaving, replaying, telling, warning

# Bodies are made for each endpoint: a batch of the log's usual size would hold it back.
AT_ONCE = 100


class Again(msgspec.Struct, frozen=True):
    """Send these deliveries once more."""

    replay_id: UUID


class Removed(msgspec.Struct, frozen=True):
    """Clear away what is kept of this endpoint."""

    endpoint_id: UUID


class Disabled(msgspec.Struct, frozen=True):
    """Tell the owners of this endpoint."""

    endpoint_id: UUID
    reason: str


async def send_again(ctx: Context, payload: Again, progress: Progress) -> None:
    """The replay has come to its end."""
    await replaying.run_replay(ctx, payload.replay_id, progress.report)


async def clear(ctx: Context, payload: Removed, _: Progress) -> None:
    """Nothing is kept of the endpoint."""
    await leaving.clear(ctx, payload.endpoint_id)


async def warn(ctx: Context, payload: Disabled, _: Progress) -> None:
    """The owners have their letters."""
    await warning.warn_owners(ctx, payload.endpoint_id, payload.reason)


REPLAY = Job("webhooks.replay", Again, send_again, at_once=2)
CLEAR = Job("webhooks.clear", Removed, clear, at_once=1)
WARN = Job("webhooks.warn", Disabled, warn)
JOBS: list[Job[Any]] = [REPLAY, CLEAR, WARN]
SUBSCRIPTIONS: list[Subscription[Any]] = [
    Subscription("webhooks.tell", TAGS, dict[str, Any], telling.tell, at_once=AT_ONCE)
]
ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn(
        "webhooks.replay",
        "webhooks.replay_requested.v1",
        Again,
        REPLAY,
        lambda envelope: envelope.payload,
    ),
    EnqueueOn(
        "webhooks.clear",
        "webhooks.endpoint_removed.v1",
        Removed,
        CLEAR,
        lambda envelope: envelope.payload,
    ),
    EnqueueOn(
        "webhooks.warn",
        "webhooks.endpoint_disabled.v1",
        Disabled,
        WARN,
        lambda envelope: envelope.payload,
    ),
]
SCHEDULES = [Schedule("webhooks.tidy", "41 * * * *", leaving.tidy)]
