"""Puts jobs into PgQueuer's tables, in the transaction of whoever asks."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings

from galleria.engines.context import Context
from galleria.engines.event_log.subscription import Subscription
from galleria.engines.jobs.definition import EnqueueOn, Job
from galleria.engines.sql.database import LOST_CONNECTION, DatabaseUnavailable
from galleria.engines.sql.roles import APP, RELAY
from galleria.engines.sql.transaction import Transaction
from galleria.foundation.events import Envelope
from galleria.foundation.telemetry import logger

TELL_AGAIN_S = 0.5
TELL_AGAIN_TIMES = 20  # a database that was killed is back within seconds
_log = logger(__name__)
_SETTINGS = DBSettings(db_schema="jobs")

# The queue's tables know no tenant. The app role may add a job and see the columns the insert
# returns, and no payload; the relay role runs the queue.
_GRANTS = f"""
GRANT USAGE ON SCHEMA jobs TO {APP}, {RELAY};
GRANT INSERT, SELECT (id, entrypoint, priority, dedupe_key, status) ON jobs.pgqueuer TO {APP};
GRANT INSERT ON jobs.pgqueuer_log TO {APP};
GRANT SELECT, INSERT, UPDATE, DELETE ON
    jobs.pgqueuer, jobs.pgqueuer_log, jobs.pgqueuer_statistics, jobs.pgqueuer_schedules TO {RELAY};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO {APP}, {RELAY};
"""
_ADD_RUN = """
INSERT INTO jobs.run (tenant_id, job_id, name, state, created_at, updated_at)
VALUES ($1, $2, $3, 'waiting', $4, $4) ON CONFLICT DO NOTHING
"""


class Order(msgspec.Struct, frozen=True):
    """What travels in the queue's payload: for whom, and what."""

    tenant_id: int
    slug: str
    job_id: UUID
    request_id: str
    payload: msgspec.Raw


class PatientQueries(Queries):
    """PgQueuer's statements, for a database that may be away for a few seconds.

    What became of a job is told again until the database hears it. PgQueuer itself would forget
    that a job was done, so that it runs again, and would hold one as failed for good whose retry
    it could not write down, though nothing but the database was wrong.
    """

    _was_away = False

    async def log_jobs(self, job_status: Any) -> None:
        """What became of these jobs is written down.

        Raises:
            DatabaseUnavailable: the database has been away for too long.
        """
        if not await self._told(partial(super().log_jobs, job_status)):
            raise DatabaseUnavailable("the queue cannot be told what became of its jobs")

    async def retry_job(self, job: Any, delay: timedelta, traceback_record: Any) -> None:
        """The job is queued again; or it stays claimed until its heartbeat is old."""
        if not await self._told(partial(super().retry_job, job, delay, traceback_record)):
            _log.warning("job_left_claimed", job=job.entrypoint, job_id=job.id)

    async def _told(self, tell: Callable[[], Awaitable[None]]) -> bool:
        # Patient once, not once for every job: a worker that is to stop must come to its end.
        for _ in range(1 if self._was_away else TELL_AGAIN_TIMES):
            try:
                await tell()
                self._was_away = False
                return True
            except (*LOST_CONNECTION, TimeoutError):
                await asyncio.sleep(TELL_AGAIN_S)
        self._was_away = True
        return False


def queries_on(driver: AsyncpgDriver | AsyncpgPoolDriver) -> Queries:
    """PgQueuer's statements over our schema."""
    return PatientQueries(
        driver,
        qbe=QueryBuilderEnvironment(_SETTINGS),
        qbq=QueryQueueBuilder(_SETTINGS),
        qbs=QuerySchedulerBuilder(_SETTINGS),
    )


async def prepare_queue(owner: asyncpg.Connection) -> None:
    """PgQueuer's tables exist in their present form, with the grants of the three roles."""
    queries = queries_on(AsyncpgDriver(owner))
    if await owner.fetchval("SELECT to_regclass('jobs.pgqueuer') IS NULL"):
        await queries.install()
    else:
        await queries.upgrade()
    await owner.execute(_GRANTS)


_ENQUEUE = QueryQueueBuilder(_SETTINGS).build_enqueue_query("skip")


async def enqueue(
    tx: Transaction, job: Job[Any], payload: object, job_id: UUID, delay_s: float = 0.0
) -> None:
    """The job runs after this commit. A waiting or running job with the same id is not doubled."""
    order = Order(
        tx.tenant.tenant_id,
        tx.tenant.slug,
        job_id,
        tx.ctx.request_id,
        msgspec.Raw(msgspec.json.encode(payload)),
    )
    await tx.execute(_ADD_RUN, job_id, job.name, tx.now)
    await tx.raw_fetch(
        _ENQUEUE,
        [0],
        [job.name],
        [msgspec.json.encode(order)],
        [timedelta(seconds=delay_s)],
        [f"{tx.tenant.tenant_id}:{job.name}:{job_id}"],
        [None],
    )


def subscription_of(rule: EnqueueOn[Any]) -> Subscription[Any]:
    """The rule as a handler of the relay; the event's id becomes the job's."""

    async def handle(ctx: Context, tx: Transaction, batch: list[Envelope[Any]]) -> None:
        made = [(rule.make(envelope), envelope.event_id) for envelope in batch]
        wanted = [(payload, event_id) for payload, event_id in made if payload is not None]
        for payload, event_id in wanted[-1:] if rule.last_only else wanted:
            await enqueue(tx, rule.job, payload, event_id)

    return Subscription(rule.handler, rule.tag, rule.payload, handle)
