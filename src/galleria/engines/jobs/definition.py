"""What a room wants done in the background: jobs, what starts them, and schedules."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from galleria.engines.context import Context
from galleria.engines.jobs.progress import Progress
from galleria.foundation.events import Envelope

PayloadT = TypeVar("PayloadT")
EventT = TypeVar("EventT")

DEFAULT_ATTEMPTS = 8


@dataclass(frozen=True)
class Job(Generic[PayloadT]):
    """Work that outlives a request. `run` must be safe to repeat from any point.

    `at_once` bounds how many run at the same time over all workers of the cell, 0 for no bound.
    A job that is not `watched` has a row for pages to show only once it has failed: three writes
    less for what runs with every order.
    """

    name: str
    payload: type[PayloadT]
    run: Callable[[Context, PayloadT, Progress], Awaitable[None]]
    max_attempts: int = DEFAULT_ATTEMPTS
    at_once: int = 0
    watched: bool = True


@dataclass(frozen=True)
class EnqueueOn(Generic[EventT]):
    """The relay enqueues `job` for each event of `tag`.

    `make` turns the event into the job's payload, or into None when there is nothing to do. The
    event's id makes the job unique while it waits, so a repeated delivery adds none. With `join`,
    events that arrive together make one job of what it makes of their payloads, or several when
    there are more than `most_joined`.
    """

    handler: str
    tag: str
    payload: type[EventT]
    job: Job[Any]
    make: Callable[[Envelope[EventT]], Any | None]
    join: Callable[[list[Any]], Any] | None = None
    most_joined: int = 500


@dataclass(frozen=True)
class Schedule:
    """Run at the times of a cron expression, once per cell.

    With `for_each_shop` it runs in each open shop in turn, else once in the house's own tenant.
    """

    name: str
    cron: str
    run: Callable[[Context], Awaitable[None]]
    for_each_shop: bool = True
