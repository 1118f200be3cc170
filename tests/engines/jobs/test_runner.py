"""Jobs run under the three roles, are retried, held and taken over, and report their progress."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import asyncpg
import msgspec
import pytest

from galleria.engines.context import Context, Engines
from galleria.engines.jobs import EnqueueOn, Job, JobRun, Progress, get_run, hold_duty, list_runs
from galleria.engines.jobs.queue import enqueue, subscription_of
from galleria.engines.jobs.runner import JobRunner
from galleria.foundation.events import Envelope
from galleria.foundation.ids import new_id


class Bell(msgspec.Struct, frozen=True):
    number: int


class Peal(msgspec.Struct, frozen=True):
    numbers: list[int]


async def wait_for(ctx: Context, job_id: UUID, state: str) -> JobRun:
    for _ in range(200):
        run = await get_run(ctx, job_id)
        if run is not None and run.state == state:
            return run
        await asyncio.sleep(0.05)
    raise AssertionError(f"never {state}: {run}")


async def start(engines: Engines, *jobs: Job[Bell]) -> tuple[JobRunner, asyncio.Task[None]]:
    runner = JobRunner(engines, jobs, [])
    return runner, asyncio.create_task(runner.run())


async def put(ctx: Context, job: Job[Bell], number: int, job_id: UUID | None = None) -> UUID:
    job_id = job_id or new_id()
    async with ctx.transaction() as tx:
        await enqueue(tx, job, [(job_id, Bell(number))])
    return job_id


def job_that(run: Callable[..., object], **options: int) -> Job[Bell]:
    return Job(f"test.{new_id()}", Bell, run, **options)  # type: ignore[arg-type]


async def test_a_job_runs_in_its_tenant_and_shows_its_progress(
    ctx: Context, another_ctx: Context, engines: Engines
) -> None:
    seen: list[tuple[int, int]] = []

    async def ring(ctx: Context, bell: Bell, progress: Progress) -> None:
        seen.append((ctx.tenant.tenant_id, bell.number))
        await progress.report(1, 2, "half way")
        await progress.report(2, 2, "rung")

    job = job_that(ring)
    runner, task = await start(engines, job)
    job_id = await put(ctx, job, 7)
    run = await wait_for(ctx, job_id, "done")
    runner.stop()
    await task
    assert seen == [(ctx.tenant.tenant_id, 7)]
    assert (run.done, run.total, run.note, run.attempts) == (2, 2, "rung", 1)
    assert await get_run(another_ctx, job_id) is None


async def test_a_job_of_an_undone_transaction_does_not_run(ctx: Context, engines: Engines) -> None:
    seen: list[int] = []

    async def ring(ctx: Context, bell: Bell, progress: Progress) -> None:
        seen.append(bell.number)

    job = job_that(ring)
    with pytest.raises(RuntimeError):
        async with ctx.transaction() as tx:
            await enqueue(tx, job, [(new_id(), Bell(1))])
            raise RuntimeError
    runner, task = await start(engines, job)
    await wait_for(ctx, await put(ctx, job, 2), "done")
    runner.stop()
    await task
    assert seen == [2]


async def test_the_same_job_id_is_not_doubled(ctx: Context, engines: Engines) -> None:
    seen: list[int] = []

    async def ring(ctx: Context, bell: Bell, progress: Progress) -> None:
        seen.append(bell.number)

    job, job_id = job_that(ring), new_id()
    await put(ctx, job, 1, job_id)
    await put(ctx, job, 1, job_id)
    runner, task = await start(engines, job)
    await wait_for(ctx, job_id, "done")
    runner.stop()
    await task
    assert seen == [1]


async def test_many_are_put_at_once_and_each_runs_once(ctx: Context, engines: Engines) -> None:
    seen: list[int] = []

    async def ring(ctx: Context, bell: Bell, progress: Progress) -> None:
        seen.append(bell.number)

    job, ids = job_that(ring, watched=False), [new_id() for _ in range(100)]
    async with ctx.transaction() as tx:
        await enqueue(tx, job, [(job_id, Bell(number)) for number, job_id in enumerate(ids)])
    runner, task = await start(engines, job)
    for _ in range(200):
        if len(seen) == len(ids):
            break
        await asyncio.sleep(0.05)
    runner.stop()
    await task
    assert sorted(seen) == list(range(100))
    assert await list_runs(ctx, job.name) == []


async def test_a_job_nobody_watches_shows_itself_once_it_fails(
    ctx: Context, engines: Engines
) -> None:
    tries: list[int] = []

    async def fail_once(ctx: Context, bell: Bell, progress: Progress) -> None:
        tries.append(bell.number)
        if len(tries) == 1:
            raise ValueError("not yet")

    job = job_that(fail_once, watched=False)
    runner, task = await start(engines, job)
    job_id = await put(ctx, job, 1)
    failed = await wait_for(ctx, job_id, "waiting")
    assert (failed.name, failed.error) == (job.name, "ValueError: not yet")
    done = await wait_for(ctx, job_id, "done")
    runner.stop()
    await task
    assert (done.attempts, done.error, len(tries)) == (2, None, 2)


async def test_a_failing_job_is_tried_again_and_then_held(ctx: Context, engines: Engines) -> None:
    tries: list[int] = []

    async def fail(ctx: Context, bell: Bell, progress: Progress) -> None:
        tries.append(bell.number)
        raise ValueError("never works")

    job = job_that(fail, max_attempts=1)
    runner, task = await start(engines, job)
    job_id = await put(ctx, job, 1)
    run = await wait_for(ctx, job_id, "failed")
    runner.stop()
    await task
    assert len(tries) == 2
    assert run.error == "ValueError: never works"
    async with engines.sql.home.relay() as connection:
        status = await connection.fetchval(
            "SELECT status::text FROM jobs.pgqueuer WHERE entrypoint = $1", job.name
        )
    assert status == "failed", "held, not deleted"


async def test_a_job_of_a_killed_worker_is_taken_over(ctx: Context, engines: Engines) -> None:
    starts: list[int] = []

    async def ring(ctx: Context, bell: Bell, progress: Progress) -> None:
        starts.append(bell.number)

    job = job_that(ring)
    job_id = await put(ctx, job, 1)
    async with engines.sql.home.relay() as connection:
        # As a worker that claimed the job and then died leaves it: picked, with an old heartbeat.
        await connection.execute(
            "UPDATE jobs.pgqueuer SET status = 'picked', queue_manager_id = gen_random_uuid(),"
            " heartbeat = now() - interval '1 minute' WHERE entrypoint = $1",
            job.name,
        )
    runner, task = await start(engines, job)
    await wait_for(ctx, job_id, "done")
    runner.stop()
    await task
    assert starts == [1]


async def test_the_app_role_may_add_jobs_and_read_no_payload(ctx: Context) -> None:
    async with ctx.engines.sql.home.app() as connection:
        await connection.fetch("SELECT id, entrypoint FROM jobs.pgqueuer")
        for forbidden in (
            "SELECT payload FROM jobs.pgqueuer",
            "SELECT * FROM jobs.pgqueuer",
            "UPDATE jobs.pgqueuer SET priority = 9",
            "DELETE FROM jobs.pgqueuer",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(forbidden)


async def test_a_duty_is_held_by_one_and_taken_over_when_its_holder_goes(
    engines: Engines,
) -> None:
    holders: list[str] = []
    duty = f"test {new_id()}"

    def holder(name: str) -> asyncio.Task[None]:
        async def serve() -> None:
            holders.append(name)
            await asyncio.sleep(60)

        return asyncio.create_task(hold_duty(engines.sql.home, duty, serve))

    first = holder("first")
    await asyncio.sleep(0.3)
    second = holder("second")
    await asyncio.sleep(0.3)
    assert holders == ["first"]
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await asyncio.sleep(1.5)
    assert holders == ["first", "second"]
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)


async def test_events_that_come_together_make_one_job_where_they_may_be_joined(
    ctx: Context, engines: Engines
) -> None:
    seen: list[list[int]] = []

    async def peal(ctx: Context, bells: Peal, progress: Progress) -> None:
        seen.append(bells.numbers)

    job = Job(f"test.{new_id()}", Peal, peal, watched=False)
    rule = EnqueueOn(
        job.name, "test.rung.v1", Bell, job, lambda e: e.payload.number, join=Peal, most_joined=2
    )
    batch = [
        Envelope(
            event_id=new_id(),
            tag="test.rung.v1",
            tenant_id=ctx.tenant.tenant_id,
            subject_id="x",
            occurred_at=ctx.now,
            actor="",
            request_id="",
            caused_by=None,
            payload=Bell(number),
        )
        for number in range(5)
    ]
    handle = subscription_of(rule).handle
    assert handle is not None
    async with ctx.transaction() as tx:
        await handle(ctx, tx, batch)
    runner = JobRunner(engines, [job], [])
    task = asyncio.create_task(runner.run())
    for _ in range(200):
        if len(seen) == 3:
            break
        await asyncio.sleep(0.05)
    runner.stop()
    await task
    assert sorted(seen) == [[0, 1], [2, 3], [4]]
