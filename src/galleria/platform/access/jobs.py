"""What access does by the clock, and whom it writes to."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.jobs import EnqueueOn, Job, Progress, Schedule
from galleria.foundation.events import Envelope
from galleria.platform.access import service
from galleria.platform.access.model.letters import KeyLetter
from galleria.platform.access.service import using, warning


class EndingKey(msgspec.Struct, frozen=True):
    """The fields of `access.key_ending.v1` read here."""

    key_id: UUID
    name: str
    ends_at: datetime


class LeakedKey(msgspec.Struct, frozen=True):
    """The fields of `access.key_leaked.v1` read here."""

    key_id: UUID
    name: str
    outcome: str
    url: str


class UsedCanary(msgspec.Struct, frozen=True):
    """The fields of `access.canary_used.v1` read here."""

    key_id: UUID
    name: str
    client_address: str


def _ending(event: Envelope[EndingKey]) -> KeyLetter:
    said = event.payload
    return KeyLetter(
        event_id=event.event_id,
        about="ending",
        key_id=said.key_id,
        name=said.name,
        ends_at=said.ends_at,
    )


def _leaked(event: Envelope[LeakedKey]) -> KeyLetter:
    said = event.payload
    return KeyLetter(
        event_id=event.event_id,
        about="leaked",
        key_id=said.key_id,
        name=said.name,
        outcome=said.outcome,
        place=said.url,
    )


def _canary(event: Envelope[UsedCanary]) -> KeyLetter:
    said = event.payload
    return KeyLetter(
        event_id=event.event_id,
        about="canary",
        key_id=said.key_id,
        name=said.name,
        place=said.client_address,
    )


async def write_to_owners(ctx: Context, letter: KeyLetter, progress: Progress) -> None:
    """The owners of the shop have the letter by mail."""
    await warning.write_to_owners(ctx, letter)


async def forget_ended(ctx: Context) -> None:
    """Rows of ended sessions and attempts do not pile up."""
    await service.forget_ended(ctx)


async def warn_of_ends(ctx: Context) -> None:
    """Nobody is surprised by the end of a key."""
    await warning.warn_of_ends(ctx)


async def forget_old_uses(ctx: Context) -> None:
    """Who used a key is known for 90 days."""
    await using.forget_old_uses(ctx)


WRITE_TO_OWNERS = Job("access.write_to_owners", KeyLetter, write_to_owners, watched=False)

ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn("access.write_of_end", "access.key_ending.v1", EndingKey, WRITE_TO_OWNERS, _ending),
    EnqueueOn("access.write_of_leak", "access.key_leaked.v1", LeakedKey, WRITE_TO_OWNERS, _leaked),
    EnqueueOn(
        "access.write_of_canary", "access.canary_used.v1", UsedCanary, WRITE_TO_OWNERS, _canary
    ),
]
SCHEDULES = [
    Schedule(name="access.forget_ended", cron="17 * * * *", run=forget_ended, for_each_shop=False),
    Schedule(name="access.warn_of_ends", cron="23 * * * *", run=warn_of_ends),
    Schedule(name="access.forget_old_uses", cron="41 3 * * *", run=forget_old_uses),
]
