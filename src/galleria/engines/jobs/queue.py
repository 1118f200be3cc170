"""Puts jobs into PgQueuer's tables, in the transaction of whoever asks."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
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
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.settings import DBSettings

from galleria.engines.context import Context
from galleria.engines.event_log.subscription import Subscription
from galleria.engines.jobs.definition import EnqueueOn, Job
from galleria.engines.sql.failures import LOST_CONNECTION, DatabaseUnavailable
from galleria.engines.sql.roles import APP, RELAY
from galleria.engines.sql.transaction import Transaction
from galleria.foundation.events import Envelope
from galleria.foundation.telemetry import logger

TELL_AGAIN_S = 0.5
TELL_AGAIN_TIMES = 20  # a database that was killed is back within seconds
CLAIM_EACH_S = 0.05  # claiming one job costs as much as claiming twenty
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
_ADD_RUNS = """
INSERT INTO jobs.run (tenant_id, job_id, name, state, created_at, updated_at)
SELECT $1, job_id, $3, 'waiting', $4, $4 FROM unnest($2::uuid[]) AS job_id ON CONFLICT DO NOTHING
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

    In a rush jobs are claimed by the handful: PgQueuer would ask at each notification.
    """

    _was_away = False
    _claim_at = 0.0

    async def dequeue(self, *args: Any, **kwargs: Any) -> list[QueuedJob]:
        """The jobs claimed for this worker, at most one handful each `CLAIM_EACH_S`."""
        if (wait := self._claim_at - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        claimed: list[QueuedJob] = await super().dequeue(*args, **kwargs)
        self._claim_at = time.monotonic() + CLAIM_EACH_S
        return claimed

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
    tx: Transaction, job: Job[Any], wanted: Sequence[tuple[UUID, object]], delay_s: float = 0.0
) -> None:
    """The job runs after this commit, once for each (job id, payload). At most 2 statements.

    One with the id of a job of its kind that waits or runs is not doubled.
    """
    if not wanted:
        return
    ids = [job_id for job_id, _ in wanted]
    if job.watched:
        await tx.execute(_ADD_RUNS, ids, job.name, tx.now)
    tenant = tx.tenant
    orders = [
        Order(
            tenant.tenant_id,
            tenant.slug,
            job_id,
            tx.ctx.request_id,
            msgspec.Raw(msgspec.json.encode(payload)),
        )
        for job_id, payload in wanted
    ]
    count = len(wanted)
    await tx.raw_fetch(
        _ENQUEUE,
        [0] * count,
        [job.name] * count,
        [msgspec.json.encode(order) for order in orders],
        [timedelta(seconds=delay_s)] * count,
        [f"{tenant.tenant_id}:{job.name}:{job_id}" for job_id in ids],
        [None] * count,
    )


def subscription_of(rule: EnqueueOn[Any]) -> Subscription[Any]:
    """The rule as a handler of the relay; the event's id becomes the job's."""

    async def handle(ctx: Context, tx: Transaction, batch: list[Envelope[Any]]) -> None:
        made = [(envelope.event_id, rule.make(envelope)) for envelope in batch]
        wanted = [(event_id, payload) for event_id, payload in made if payload is not None]
        await enqueue(tx, rule.job, wanted if rule.join is None else _joined(rule, wanted))

    return Subscription(rule.handler, rule.tag, rule.payload, handle)


def _joined(
    rule: EnqueueOn[Any], wanted: Sequence[tuple[UUID, object]]
) -> list[tuple[UUID, object]]:
    """One job for each stretch of events, under the id of its last."""
    assert rule.join is not None, "its caller has looked"
    joined = []
    for start in range(0, len(wanted), rule.most_joined):
        stretch = wanted[start : start + rule.most_joined]
        joined.append((stretch[-1][0], rule.join([payload for _, payload in stretch])))
    return joined
