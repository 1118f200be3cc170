"""Runs jobs and schedules in a worker: claimed in batches, retried, taken over, stopped gently.

A job whose worker was killed is claimed by another once its heartbeat is old. One that failed for
good stays in the queue, held, until somebody looks at it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor
from pgqueuer.core.qm import QueueManager
from pgqueuer.core.sm import SchedulerManager
from pgqueuer.domain.models import Job as QueuedJob

from galleria.engines.context import SYSTEM, Context, Engines, Tenant, every_shop, tenant_of
from galleria.engines.jobs.definition import Job, Schedule
from galleria.engines.jobs.progress import Progress, State, set_state
from galleria.engines.jobs.queue import Order, queries_on
from galleria.engines.sql.roles import RELAY
from galleria.foundation.ids import new_id
from galleria.foundation.telemetry import bind, logger

HEARTBEAT_TIMEOUT = timedelta(seconds=15)  # a killed worker's job waits this long
POLL = timedelta(seconds=5)  # the net under NOTIFY
BATCH = 20
AT_ONCE = 40  # PgQueuer wants two batches at least
FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(minutes=5)
_log = logger(__name__)


class JobRunner:
    """See the module. `run` until `stop` is called or the task is cancelled."""

    def __init__(
        self, engines: Engines, jobs: Sequence[Job[Any]], schedules: Sequence[Schedule]
    ) -> None:
        self._engines = engines
        self._jobs = jobs
        self._schedules = schedules
        self._manager: QueueManager | None = None
        self._scheduler: SchedulerManager | None = None
        self._is_stopping = False

    async def run(self) -> None:
        """Jobs and schedules run until `stop`."""
        async with asyncpg_pool(self._engines) as pool:
            driver = AsyncpgPoolDriver(pool)
            self._manager = QueueManager(queries_on(driver))
            for job in self._jobs:
                self._register(self._manager, job)
            self._scheduler = SchedulerManager(queries_on(AsyncpgPoolDriver(pool)))
            for schedule in self._schedules:
                self._scheduler.schedule(schedule.name, schedule.cron)(
                    partial(self._run_schedule, schedule)
                )
            if self._is_stopping:  # told so while this was on its way
                return
            async with asyncio.TaskGroup() as group:
                group.create_task(
                    self._manager.run(
                        dequeue_timeout=POLL,
                        batch_size=BATCH,
                        max_concurrent_tasks=AT_ONCE,
                        heartbeat_timeout=HEARTBEAT_TIMEOUT,
                    )
                )
                if self._schedules:
                    group.create_task(self._scheduler.run())

    def stop(self) -> None:
        """No new job is claimed; `run` returns when the running ones have finished."""
        self._is_stopping = True
        if self._manager is not None:
            self._manager.shutdown.set()
        if self._scheduler is not None:
            self._scheduler.shutdown.set()

    def _register(self, manager: QueueManager, job: Job[Any]) -> None:
        executor = partial(
            DatabaseRetryEntrypointExecutor,
            max_attempts=job.max_attempts,
            initial_delay=FIRST_RETRY,
            max_delay=LONGEST_RETRY,
        )
        manager.entrypoint(
            job.name,
            concurrency_limit=job.at_once,
            accepts_context=False,
            on_failure="hold",  # the default deletes a failed job
            executor_factory=executor,
        )(_entrypoint(self._engines, job))

    async def _run_schedule(self, schedule: Schedule, _: object) -> None:
        request_id = str(new_id())
        if not schedule.for_each_shop:
            house = Context(self._engines, Tenant(0, "house"), SYSTEM, request_id)
            await _guarded(schedule.name, partial(schedule.run, house))
            return
        async for shop in every_shop(self._engines, request_id, only_open=True):
            await _guarded(schedule.name, partial(schedule.run, shop))


async def _keep_as_is(connection: asyncpg.Connection) -> None:
    """Replaces the driver's RESET ALL, a round trip a loan: nothing is ever set for a session."""


def asyncpg_pool(engines: Engines) -> asyncpg.pool.Pool:
    """A pool of its own for the queue, as the relay role and without our codecs."""
    access = engines.sql.home.access
    return asyncpg.create_pool(
        host=access.address.host,
        port=access.address.port,
        database=access.address.database,
        user=RELAY,
        password=access.passwords[RELAY],
        min_size=1,
        max_size=5,
        reset=_keep_as_is,
    )


def _entrypoint(engines: Engines, job: Job[Any]) -> Callable[[QueuedJob], Awaitable[None]]:
    async def run(queued: QueuedJob) -> None:
        order = msgspec.json.decode(queued.payload or b"", type=Order)
        entry = await engines.sql.directory.by_id(order.tenant_id)
        tenant = Tenant(order.tenant_id, order.slug) if entry is None else tenant_of(entry)
        ctx = Context(engines, tenant, SYSTEM, request_id=order.request_id)
        attempts = queued.attempts + 1
        with bind(tenant=order.slug, request_id=order.request_id, job=job.name):
            if job.watched:
                await _mark(ctx, job, order, "running", attempts)
            progress = Progress(ctx, order.job_id)
            try:
                await job.run(ctx, msgspec.json.decode(order.payload, type=job.payload), progress)
                await progress.flush()
            except Exception as error:
                is_last = queued.attempts >= job.max_attempts
                _log.error("job_failed", attempts=attempts, reason=repr(error), is_last=is_last)
                state: State = "failed" if is_last else "waiting"
                await _mark(ctx, job, order, state, attempts, error)
                raise
            if job.watched or queued.attempts:
                await _mark(ctx, job, order, "done", attempts)

    return run


async def _mark(
    ctx: Context,
    job: Job[Any],
    order: Order,
    state: State,
    attempts: int,
    error: Exception | None = None,
) -> None:
    text = None if error is None else f"{type(error).__name__}: {error}"[:2000]
    async with ctx.transaction() as tx:
        await set_state(tx, order.job_id, job.name, state, attempts=attempts, error=text)


async def _guarded(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """One shop's failure does not keep a schedule from the next shop."""
    try:
        await run()
    except Exception as error:
        _log.error("schedule_failed", schedule=name, reason=repr(error))
