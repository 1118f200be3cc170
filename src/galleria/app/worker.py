"""The worker: relays events, runs jobs and schedules, writes the indexes, tells webhooks.

Any number may run. What only one may do (the relay with the writers of the indexes) is a duty held
by a lease; the others wait to take it over.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from enum import StrEnum
from functools import partial

from galleria.app.house import House
from galleria.bindings import all_jobs, all_schedules, all_subscriptions
from galleria.commerce import workbench
from galleria.engines.context import Context, Engines
from galleria.engines.event_log import KEPT_DAYS, Relay, keep_partitions, measure_lag
from galleria.engines.jobs import Schedule, hold_duty
from galleria.engines.jobs.runner import JobRunner
from galleria.engines.search_index import CommitBatcher, SearchWriterBusy
from galleria.engines.sql import forget_old_answers
from galleria.faces import gateway
from galleria.foundation.telemetry import logger
from galleria.growth import search
from galleria.platform import webhooks

RELAY_DUTY = "relay"
GATHER_S = 0.25  # index commits wait this long for each other
ASK_EACH_S = 0.1
LOOKED_EACH_S = 30.0  # whether an index lacks something
LOOKED_AT_LEAST_EACH_S = 3600.0  # though making it anew was of no use
_log = logger(__name__)


async def keep_log(ctx: Context) -> None:
    """The log has partitions for the coming days and has lost those past their time."""
    await keep_partitions(ctx.engines.sql.home, KEPT_DAYS)


async def forget_answers(ctx: Context) -> None:
    """Answers to repeated requests are kept a day and not longer."""
    async with ctx.transaction() as tx:
        await forget_old_answers(tx)


async def sweep_files(ctx: Context) -> None:
    """What a killed process left of files that nobody will ever see is gone from the disk."""
    removed = await ctx.engines.blob.sweep(ctx.tenant.tenant_id)
    if removed:
        _log.info("files_swept", shop=ctx.tenant.slug, removed=removed)


HOUSE_SCHEDULES = [
    Schedule("house.keep_partitions", "17 * * * *", keep_log, for_each_shop=False),
    Schedule("house.forget_answers", "23 * * * *", forget_answers),
    # Each file of a shop is looked at: once a week is often enough for what is rare.
    Schedule("house.sweep_files", "11 4 * * 0", sweep_files),
]


class Part(StrEnum):
    """What a worker can be told to do alone, so that the two do not share one processor."""

    EVENTS = "events"
    JOBS = "jobs"
    WEBHOOKS = "webhooks"


async def run_worker(
    house: House, stop: asyncio.Event, parts: frozenset[Part] = frozenset(Part)
) -> None:
    """Events, jobs and webhooks are taken care of until `stop` is set; running jobs finish."""
    following: list[asyncio.Task[None]] = []
    if Part.EVENTS in parts:
        following.append(asyncio.create_task(_always("relay", lambda: relay_duty(house))))
    if Part.WEBHOOKS in parts:
        sender = webhooks.Sender(house.engines)
        following.append(asyncio.create_task(_always("webhooks", sender.run)))
    if Part.JOBS in parts:
        runner = JobRunner(house.engines, all_jobs(), [*HOUSE_SCHEDULES, *all_schedules()])
        jobs = asyncio.create_task(_always("jobs", runner.run, until=stop))
        await stop.wait()
        runner.stop()
        await jobs
    await stop.wait()
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)


async def relay_duty(house: House) -> None:
    """This process relays events whenever no other does."""
    await hold_duty(house.engines.sql.home, RELAY_DUTY, lambda: relay_with_index(house))


async def relay_with_index(house: House, looked_each_s: float = LOOKED_EACH_S) -> None:
    """Events are handed out and the indexes written, until cancelled.

    An index that lacks something, now or later, is made anew beside it, which may take long and may
    fail: changes meanwhile go into both, and it is tried again after a pause.
    """
    async with _writing(house.engines, GATHER_S) as engines, asyncio.TaskGroup() as working:
        for name, make_whole in (("records", _make_records_whole), ("search", _make_search_whole)):
            keep_whole = partial(_keep_whole, partial(make_whole, engines), looked_each_s)
            working.create_task(_always(name, keep_whole, pause_s=looked_each_s))
        subscriptions = [*all_subscriptions(), *gateway.SUBSCRIPTIONS]
        working.create_task(Relay(engines, subscriptions).run())


@asynccontextmanager
async def _writing(engines: Engines, gather_s: float) -> AsyncIterator[Engines]:
    """The engines of the one process that writes the indexes. Raises SearchWriterBusy."""
    async with (
        await engines.search.open_writer() as documents,
        await engines.records.open_writer() as records,
    ):
        writer = CommitBatcher(documents, max_delay_s=gather_s)
        keeper = CommitBatcher(records, max_delay_s=gather_s)
        try:
            yield replace(engines, search_writer=writer, record_writer=keeper)
        finally:
            await writer.close()
            await keeper.close()


async def _keep_whole(make_whole: Callable[[], Awaitable[bool]], pause_s: float) -> None:
    """An index is looked at for ever, and made anew when it lacks something.

    One that lacks something each time, such as a cluster that comes and goes, is left alone for
    twice as long after each: making it anew reads the whole house.
    """
    in_a_row = 0
    while True:
        in_a_row = in_a_row + 1 if await make_whole() else 0
        await asyncio.sleep(min(pause_s * 2 ** min(in_a_row, 20), LOOKED_AT_LEAST_EACH_S))


async def _make_records_whole(engines: Engines) -> bool:
    """The index of records lacks nothing; True when it was made anew for that."""
    assert engines.record_writer is not None, "this process writes it"
    if not (await engines.records.status()).needs_rebuild:
        return False
    total = await workbench.rebuild(engines, engines.record_writer.writer)
    _log.info("records_rebuilt", products=total)
    return True


async def _make_search_whole(engines: Engines) -> bool:
    """The index of search lacks nothing, and big shops have their own; True when it was made anew
    for that."""
    assert engines.search_writer is not None, "this process writes it"
    if not (await engines.search.status()).needs_rebuild:
        await search.place_shops(engines, engines.search_writer.writer)
        return False
    total = await search.rebuild_index(engines, engines.search_writer.writer)
    _log.info("index_rebuilt", products=total)
    return True


async def place_now(house: House) -> bool:
    """Shops lie where they are wanted; False when a worker elsewhere sees to that."""
    try:
        async with _writing(house.engines, 0.0) as engines:
            assert engines.search_writer is not None, "this process writes it"
            if await _make_search_whole(engines):
                await search.place_shops(engines, engines.search_writer.writer)
    except SearchWriterBusy:
        return False
    return True


async def relay_until_quiet(house: House) -> None:
    """All events so far have been handled: here, or by the worker that holds the duty already."""
    try:
        async with _writing(house.engines, 0.0) as engines:
            await _make_records_whole(engines)
            await _make_search_whole(engines)
            relay = Relay(engines, all_subscriptions())
            while await relay.drain():
                pass
    except SearchWriterBusy:
        await _until_handled(house)


async def _until_handled(house: House) -> None:
    """Return when the log holds no event that the worker elsewhere has not handed out."""
    lag_s = 1.0
    while lag_s > 0:
        await asyncio.sleep(ASK_EACH_S)
        lag_s = (await measure_lag(house.engines.sql.home, house.engines.clock.now())).lag_s


async def _always(
    name: str,
    run: Callable[[], Awaitable[None]],
    until: asyncio.Event | None = None,
    pause_s: float = 1.0,
) -> None:
    """`run` is started again whenever it fails, after a pause."""
    while until is None or not until.is_set():
        try:
            await run()
        except SearchWriterBusy:
            _log.warning("waiting_for_index_writer")
        except Exception as error:
            _log.error("part_of_worker_failed", part=name, reason=repr(error))
        if until is None or not until.is_set():
            await asyncio.sleep(pause_s)
