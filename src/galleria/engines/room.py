"""The manifest a room hands to the roof: what it mounts, listens to, runs and owns."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from galleria.engines.context import Context
from galleria.engines.event_log import Subscription
from galleria.engines.jobs import EnqueueOn, Job, Schedule

Provision = Callable[[Context], Awaitable[None]]


@dataclass(frozen=True)
class Room:
    """One room of the house. Imported by the roof only.

    `routes` are Litestar handlers; `provision` fills a new shop with what the room needs and is
    safe to repeat; `settings` is a struct type whose fields become `GALLERIA_<ROOM>_<FIELD>`.
    """

    name: str
    routes: Sequence[Any] = ()
    subscriptions: Sequence[Subscription[Any]] = ()
    enqueues: Sequence[EnqueueOn[Any]] = ()
    jobs: Sequence[Job[Any]] = ()
    schedules: Sequence[Schedule] = ()
    settings: type[Any] | None = None
    provision: Provision | None = None
    export: Callable[..., Any] | None = None
    erase: Callable[[Context], Awaitable[None]] | None = None
    schema: str = field(default="")

    @property
    def schema_name(self) -> str:
        """The room's PostgreSQL schema: its own name without the floor."""
        return self.schema or self.name.rsplit(".", 1)[-1]
