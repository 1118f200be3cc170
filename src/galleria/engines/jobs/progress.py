"""How far a job has come, as a row that a page can show."""

import time
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.sql.database import Database
from galleria.engines.sql.transaction import Reader, Transaction

REPORT_EACH_S = 0.25  # a page polls no faster, and each report is a commit

State = Literal["waiting", "running", "done", "failed"]


class JobRun(msgspec.Struct, frozen=True):
    """One run as its row says. `total` is None while the size of the work is unknown."""

    job_id: UUID
    name: str
    state: State
    done: int
    total: int | None
    note: str
    attempts: int
    error: str | None
    created_at: datetime
    updated_at: datetime


_COLUMNS = ", ".join(JobRun.__struct_fields__)
_REPORT = """
UPDATE jobs.run SET done = $3, total = $4, note = $5, updated_at = clock_timestamp()
WHERE tenant_id = $1 AND job_id = $2
"""
_STATE = """
INSERT INTO jobs.run AS r (tenant_id, job_id, name, state, attempts, error, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
ON CONFLICT (tenant_id, job_id) DO UPDATE
SET state = excluded.state, attempts = excluded.attempts, error = excluded.error,
    updated_at = excluded.updated_at
"""


class Progress:
    """Given to a running job. Reports are thinned out; the last one always arrives."""

    def __init__(self, ctx: Context, job_id: UUID) -> None:
        self._ctx = ctx
        self.job_id = job_id
        self._last: tuple[int, int | None, str] | None = None
        self._next_at = 0.0

    async def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """A page that asks now is told `done` of `total`, give or take a quarter second."""
        self._last = (done, total, note)
        if time.monotonic() >= self._next_at:
            await self.flush()

    async def flush(self) -> None:
        """The last report is in the row."""
        last, self._last = self._last, None
        if last is not None:
            self._next_at = time.monotonic() + REPORT_EACH_S
            async with self._ctx.transaction() as tx:
                await tx.execute(_REPORT, self.job_id, *last)


async def set_state(
    tx: Transaction,
    job_id: UUID,
    name: str,
    state: State,
    *,
    attempts: int,
    error: str | None = None,
) -> None:
    """The run's row says so; it is made when there was none."""
    await tx.execute(_STATE, job_id, name, state, attempts, error, tx.now)


async def get_run(reader: Reader, job_id: UUID) -> JobRun | None:
    """The run with this id, None when this tenant has none."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM jobs.run WHERE tenant_id = $1 AND job_id = $2", job_id
    )
    return None if row is None else JobRun(**dict(row))


async def list_runs(reader: Reader, name: str, limit: int = 20) -> list[JobRun]:
    """The latest runs of one job, newest first."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM jobs.run WHERE tenant_id = $1 AND name = $2"
        " ORDER BY created_at DESC, job_id DESC LIMIT $3",
        name,
        limit,
    )
    return [JobRun(**dict(row)) for row in rows]


async def count_held(database: Database) -> int:
    """Jobs of all tenants that failed for good and are held until somebody looks at them."""
    async with database.relay() as connection:
        held: int = await connection.fetchval(
            "SELECT count(*) FROM jobs.pgqueuer WHERE status = 'failed'"
        )
    return held
