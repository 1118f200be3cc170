"""Reservations at the inventory's door, each committed: of one hot variant, of many, and combined.

A cluster of its own as a demo would start it, a shop with a thousand variants. Two processes
reserve one piece at a time with 4 tasks each: all of the same variant, then each of another. Then
one process answers 512 callers at once whose requests share transactions. At the end the hot
variant has fewer pieces than are asked for: nobody may be promised what is not there, and the books
must add up. Processor time is that of the whole machine, the database's part included.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

import uvloop

from benchmarks._demo import conditions, figure
from galleria.bindings import all_migrations
from galleria.commerce import inventory
from galleria.commerce.inventory import Level, OutOfStock
from galleria.engines.context import SYSTEM, Context, Engines, Tenant
from galleria.engines.sql import Access, Cells, Database, directory
from galleria.engines.sql.bootstrap import bring_up_to_date, prepare_embedded
from galleria.engines.sql.launcher import EmbeddedPostgres
from galleria.foundation.clock import SystemClock
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import CursorCodec

MEASURES = ("src/galleria/commerce/inventory", "src/galleria/engines/sql")
SECRET = b"a secret that only this benchmark knows"
VARIANTS = 1_000
ON_HAND = 1_000_000
LAST_PIECES = 500
SECONDS = 6.0
PROCESSES = 2
TASKS = 4
CALLERS = 512
HOT_BAR, MANY_BAR, COMBINED_BAR = 1_500, 4_000, 10_000


@dataclass(frozen=True)
class Work:
    """What a process is to do: reserve one of these, over and over, for so long."""

    access: Access
    tenant: Tenant
    variant_ids: list[UUID]
    seconds: float
    most: int | None = None


def context_of(database: Database, tenant: Tenant) -> Context:
    """A context with a database and a clock: reserving needs no other engine."""
    nothing = None
    engines = Engines(
        sql=Cells({1: database}),
        cache=nothing,  # type: ignore[arg-type]
        blob=nothing,  # type: ignore[arg-type]
        search=nothing,  # type: ignore[arg-type]
        records=nothing,  # type: ignore[arg-type]
        realtime=nothing,  # type: ignore[arg-type]
        mail=nothing,  # type: ignore[arg-type]
        outbound=nothing,  # type: ignore[arg-type]
        secrets=nothing,  # type: ignore[arg-type]
        clock=SystemClock(),
        cursors=CursorCodec(SECRET),
    )
    return Context(engines, tenant, SYSTEM, "bench")


@asynccontextmanager
async def opened(access: Access, tenant: Tenant) -> AsyncIterator[Context]:
    """A context on a pool of this process."""
    database = await Database.open(access)
    try:
        yield context_of(database, tenant)
    finally:
        await database.close()


def reserve_one_by_one(work: Work) -> int:
    """How many reservations this process made, each in a transaction of its own."""
    return uvloop.run(_one_by_one(work))


async def _one_by_one(work: Work) -> int:
    async with opened(work.access, work.tenant) as ctx:

        async def one(variant_id: UUID) -> None:
            async with ctx.transaction() as tx:
                await inventory.reserve_stock(tx, f"bench:{new_id()}", [(variant_id, 1)], None)

        return await _until_over(work, TASKS, one)


async def combined(work: Work) -> int:
    """How many reservations this process made of callers who share transactions."""
    async with opened(work.access, work.tenant) as ctx:

        async def one(variant_id: UUID) -> None:
            await inventory.reserve_soon(ctx, f"bench:{new_id()}", [(variant_id, 1)], None)

        return await _until_over(work, CALLERS, one)


async def _until_over(work: Work, tasks: int, one: Callable[[UUID], Awaitable[None]]) -> int:
    """How often `one` succeeded; with `most` each task tries so often at most."""
    end = time.perf_counter() + work.seconds
    dice = random.Random(7)

    async def go_on() -> int:
        count = tries = 0
        while time.perf_counter() < end and tries != work.most:
            tries += 1
            try:
                await one(dice.choice(work.variant_ids))
            except OutOfStock:
                continue
            count += 1
        return count

    return sum(await asyncio.gather(*(go_on() for _ in range(tasks))))


def machine_cpu_s() -> float:
    """Seconds all cores have worked since the machine started, for whomever."""
    user, nice, system, *_ = map(int, Path("/proc/stat").read_text().split()[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


async def shop(access: Access) -> tuple[Tenant, list[UUID]]:
    """A shop with a thousand variants."""
    database = await Database.open(access)
    tenant = Tenant(await directory.allocate_tenant_id(database), "bench")
    ctx = context_of(database, tenant)
    async with ctx.transaction() as tx:
        assert await directory.register(tx, tenant.slug)
        place = (await inventory.ensure_location(tx)).location_id
        variant_ids = [new_id() for _ in range(VARIANTS)]
        levels = [Level(each, place, ON_HAND) for each in variant_ids]
        await inventory.set_stock_levels(tx, levels, are_new=True)
    async with ctx.transaction() as tx:
        await inventory.refresh_statistics(tx)
    await database.close()
    return tenant, variant_ids


async def oversold(access: Access, tenant: Tenant, hot: UUID) -> tuple[int, int]:
    """Pieces promised beyond what is there, after three crowds; shelves with wrong books."""
    async with opened(access, tenant) as ctx:
        async with ctx.transaction() as tx:
            place = (await inventory.ensure_location(tx)).location_id
            reserved = (await inventory.list_stock(ctx, [hot])).items[0].reserved
            await inventory.set_stock_levels(tx, [Level(hot, place, reserved + LAST_PIECES)])
        work = Work(access, tenant, [hot], SECONDS, most=4)
        loop = asyncio.get_running_loop()
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            crowds = [loop.run_in_executor(pool, reserve_one_by_one, work) for _ in range(2)]
            won = await combined(work) + sum(await asyncio.gather(*crowds))
        (level,) = (await inventory.list_stock(ctx, [hot])).items
        beyond = max(0, level.reserved - level.on_hand) + abs(won - LAST_PIECES)
        check = await inventory.check_ledger(ctx, None, VARIANTS)
        return beyond, len(check.faults)


async def _measure(name: str, bar: float, run: Callable[[], Awaitable[int]]) -> bool:
    cpu, started = machine_cpu_s(), time.perf_counter()
    count = await run()
    seconds = time.perf_counter() - started
    busy_s = machine_cpu_s() - cpu
    is_held = figure(name, count / seconds, "1/s", bar, most=False)
    figure(f"{name}_cpu", busy_s / max(1, count) * 1e6, "us each")
    return is_held


async def run_all(access: Access) -> bool:
    """Print every figure; whether all bars are held."""
    tenant, variant_ids = await shop(access)
    hot, loop = variant_ids[0], asyncio.get_running_loop()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:

        async def apart(chosen: list[UUID], seconds: float = SECONDS) -> int:
            work = Work(access, tenant, chosen, seconds)
            parts = [loop.run_in_executor(pool, reserve_one_by_one, work) for _ in range(PROCESSES)]
            return sum(await asyncio.gather(*parts))

        # The processes are started and the shelves' pages read before anything counts.
        await apart(variant_ids, 1.0)
        held = [
            await _measure("hot", HOT_BAR, lambda: apart([hot])),
            await _measure("many", MANY_BAR, lambda: apart(variant_ids)),
        ]
    for name, chosen in (("combined", variant_ids), ("combined_hot", [hot])):
        work = Work(access, tenant, chosen, SECONDS)
        held.append(await _measure(name, COMBINED_BAR, partial(combined, work)))
    beyond, faults = await oversold(access, tenant, hot)
    held += [figure("oversold", beyond, "pieces", 0), figure("wrong_books", faults, "shelves", 0)]
    return all(held)


async def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as folder:
        server = EmbeddedPostgres(Path(folder), SECRET)
        await server.start()
        try:
            access = await prepare_embedded(server, SECRET)
            await bring_up_to_date(access, all_migrations())
            return 0 if await run_all(access) else 1
        finally:
            await server.stop()


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
