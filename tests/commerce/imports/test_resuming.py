"""Interrupted anywhere, by whatever, an import goes on and ends as if nothing had happened."""

import asyncio
import random
import sys
from collections.abc import AsyncIterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from galleria.commerce import imports
from galleria.commerce.imports import service
from galleria.commerce.imports.jobs import ENQUEUES, JOBS, SUBSCRIPTIONS
from galleria.engines.blob import BlobKey, BlobStream, BlobUnavailable
from galleria.engines.context import Context, Engines
from galleria.engines.jobs.queue import subscription_of
from galleria.engines.jobs.runner import JobRunner
from galleria.engines.sql import Access
from galleria.foundation.clock import ManualClock
from tests.commerce.imports.conftest import (
    OpenShop,
    contents_of,
    counts,
    json_lines,
    mugs,
    packed,
    report_of,
    started,
    taken_in,
)
from tests.commerce.imports.killed_worker import Errand

ROOT = Path(__file__).parents[3]
LINES = 700
AT_ONCE = 100


def messy_file() -> bytes:
    """Some hundred products over seven batches, with everything that must not be told twice."""
    chance = random.Random(7)  # noqa: S311
    lines: list[bytes] = []
    for at in range(LINES):
        line: dict[str, Any] = {"id": f"p{at}", "title": f"Pot {at}", "price_minor": at}
        line["sku"] = f"POT-{at % 600}"
        line["stock"] = at % 7
        line["attributes"] = {"n_size": at} if at % 2 else {"t_size": f"size {at}"}
        if at % 97 == 0:
            line["id"] = f"p{chance.randrange(at + 1)}"
        if at % 89 == 0:
            line["colour"] = "unknown field"
        if at % 101 == 0:
            line["price_minor"] = "bad"
        lines.append(json_lines(line) if at % 211 else b"{broken\n")
    return b"".join(lines)


def later(ctx: Context, seconds: float) -> Context:
    """The same shop, seen by somebody whose clock shows so much later."""
    clock = ManualClock(ctx.engines.clock.now() + timedelta(seconds=seconds))
    engines = replace(ctx.engines, clock=clock)
    return Context(engines, ctx.tenant, ctx.actor, ctx.request_id)


async def interrupted(ctx: Context, run: imports.Run, delays_s: list[float]) -> int:
    """The import has ended, having been broken off after each of these delays; how often."""
    breaks = 0
    for delay_s in delays_s:
        task = asyncio.create_task(imports.run_import_now(ctx, run.run_id, at_once=AT_ONCE))
        await asyncio.sleep(delay_s)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            breaks += 1
    await imports.run_import_now(ctx, run.run_id, at_once=AT_ONCE)
    return breaks


@pytest.mark.parametrize("pack", [False, True])
async def test_broken_off_between_and_inside_batches_the_end_is_the_same(
    open_shop: OpenShop, pack: bool
) -> None:
    content = packed(messy_file()) if pack else messy_file()
    whole, broken = await open_shop(), await open_shop()
    expected = await taken_in(whole, content, AT_ONCE)
    run = await started(broken, content)

    chance = random.Random(int(pack))  # noqa: S311
    breaks = await interrupted(broken, run, [chance.uniform(0.01, 0.06) for _ in range(12)])

    assert breaks >= 2
    run = await imports.get_run(broken, run.run_id)
    assert await report_of(broken, run) == await report_of(whole, expected)
    assert await contents_of(broken) == await contents_of(whole)
    assert sum(counts(run)) == LINES


async def test_a_shopify_file_goes_on_at_a_products_first_row(open_shop: OpenShop) -> None:
    rows = [b"Handle,Title,Option1 Name,Option1 Value,Variant Price,Colour"]
    for at in range(400):
        rows += [b"h%d,T%d,Size,S,1.00,x" % (at, at), b"h%d,,,M,2.00," % at]
        rows += [b"broken,row"] if at % 100 == 7 else []
        rows += [b"h%d,,,L\xe4ng,2.00," % at] if at % 20 == 0 else []
    content = b"\r\n".join(rows) + b"\r\n"
    whole, broken = await open_shop(), await open_shop()
    expected = await taken_in(whole, content, AT_ONCE)
    run = await started(broken, content)

    breaks = await interrupted(broken, run, [0.05, 0.1, 0.08, 0.12, 0.06])

    assert breaks >= 1
    run = await imports.get_run(broken, run.run_id)
    assert await report_of(broken, run) == await report_of(whole, expected)
    assert expected.problem_codes["read_as_windows_1252"] == 1, "said once"
    assert await contents_of(broken) == await contents_of(whole)


async def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    open_shop: OpenShop, access: Access, data_folder: Path
) -> None:
    content = messy_file()
    whole, broken = await open_shop(), await open_shop()
    expected = await taken_in(whole, content, AT_ONCE)
    run = await started(broken, content)
    errand = Errand(
        host=access.address.host,
        port=access.address.port,
        database=access.address.database,
        passwords=access.passwords,
        files=str(data_folder / "import-files"),
        tenant_id=broken.tenant.tenant_id,
        slug=broken.tenant.slug,
        run_id=run.run_id,
        at_once=AT_ONCE,
    )
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.commerce.imports.killed_worker"),
        stdin=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )
    assert child.stdin is not None
    child.stdin.write(msgspec.json.encode(errand))
    child.stdin.close()
    async with asyncio.timeout(30):
        while (run := await imports.get_run(broken, run.run_id)).next_line == 1:
            await asyncio.sleep(0.005)
    child.kill()
    await child.wait()
    run = await imports.get_run(broken, run.run_id)
    assert run.state == "running", "killed on the way"

    not_yet = asyncio.create_task(imports.run_import_now(broken, run.run_id))
    await asyncio.sleep(0.3)
    assert not not_yet.done(), "a worker that was there a moment ago is not robbed"
    run = await imports.run_import_now(later(broken, 60), run.run_id)

    assert await not_yet == run
    assert await report_of(broken, run) == await report_of(whole, expected)
    assert await contents_of(broken) == await contents_of(whole)


async def test_of_two_who_work_at_an_import_only_one_counts(open_shop: OpenShop) -> None:
    ctx = await open_shop()
    run = await started(ctx, mugs(400))
    slow = asyncio.create_task(imports.run_import_now(ctx, run.run_id, at_once=20))
    async with asyncio.timeout(30):
        while (await imports.get_run(ctx, run.run_id)).next_line == 1:
            await asyncio.sleep(0.005)
    other = Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id)

    # The second believes that the first is dead, and takes the import from it.
    ended = await asyncio.gather(
        imports.run_import_now(later(ctx, 60), run.run_id),
        imports.run_import_now(other, run.run_id),
        slow,
    )

    assert [(each.state, counts(each)) for each in ended] == [("done", (400, 0, 0, 0))] * 3
    products = (await contents_of(ctx))["products"]
    assert len(products) == 400
    assert {version for _, _, version, *_ in products.values()} == {1}


async def test_cancelled_on_the_way_it_stops_before_the_next_batch(open_shop: OpenShop) -> None:
    ctx = await open_shop()
    run = await started(ctx, mugs(600))
    task = asyncio.create_task(imports.run_import_now(ctx, run.run_id, at_once=20))
    async with asyncio.timeout(30):
        while (await imports.get_run(ctx, run.run_id)).next_line == 1:
            await asyncio.sleep(0.005)
    cancelled = await imports.cancel_import(ctx, run.run_id)
    assert await task == cancelled
    kept = len((await contents_of(ctx))["products"])
    assert kept == cancelled.created_count < 600
    marks = await ctx.read_value("SELECT count(*) FROM imports.seen WHERE tenant_id = $1")
    assert marks == 0


class FaltersAfter:
    """A file store whose streams break off after so many bytes, as a network does."""

    def __init__(self, inner: Any, good_bytes: int) -> None:
        self._inner = inner
        self._good_bytes = good_bytes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def open(
        self, key: BlobKey, first_byte: int = 0, length: int | None = None
    ) -> BlobStream:
        stream = await self._inner.open(key, first_byte, length)
        if length is not None:
            return stream  # type: ignore[no-any-return]
        return BlobStream(stream.info, first_byte, stream.size_bytes, self._broken(stream))

    async def _broken(self, stream: AsyncIterable[bytes]) -> Any:
        left = self._good_bytes
        async for chunk in stream:
            if left < len(chunk):
                yield chunk[:left]
                raise BlobUnavailable("the store went away")
            left -= len(chunk)
            yield chunk


async def test_a_store_that_falters_is_asked_again_later_and_given_up_in_the_end(
    open_shop: OpenShop,
) -> None:
    ctx = await open_shop()
    run = await started(ctx, mugs(2_500))
    engines = replace(ctx.engines, blob=FaltersAfter(ctx.engines.blob, 70_000))
    faltering = Context(engines, ctx.tenant, ctx.actor, ctx.request_id)

    for _ in range(2):
        with pytest.raises(BlobUnavailable):
            await imports.run_import_now(faltering, run.run_id, at_once=1_000)
    stands = await imports.get_run(ctx, run.run_id)
    assert (stands.state, stands.created_count) == ("running", 2_000)
    done = await imports.run_import_now(ctx, run.run_id)
    assert (done.state, counts(done)) == ("done", (2_500, 0, 0, 0))

    run = await started(ctx, mugs(900))
    for _ in range(5):
        with pytest.raises(BlobUnavailable):
            await imports.run_import_now(
                Context(
                    replace(engines, blob=FaltersAfter(ctx.engines.blob, 100)),
                    ctx.tenant,
                    ctx.actor,
                    "x",
                ),
                run.run_id,
            )
    failed = await imports.run_import_now(faltering, run.run_id)
    assert (failed.state, failed.failure_code) == ("failed", "gave_up")


async def test_the_queue_runs_imports_and_exports_that_are_asked_for(
    open_shop: OpenShop, engines: Engines, drain: Any
) -> None:
    ctx = await open_shop()
    first, second = await started(ctx, mugs(5)), await started(ctx, mugs(8))
    export = await imports.start_export(ctx)
    runner = JobRunner(engines, JOBS, [])
    task = asyncio.create_task(runner.run())
    async with asyncio.timeout(30):
        # Whichever is first; it calls the other, which found it running.
        while {(await imports.get_run(ctx, each.run_id)).state for each in (first, second)} != {
            "done"
        }:
            await drain(*map(subscription_of, ENQUEUES))
            await asyncio.sleep(0.1)
        while (await imports.get_export(ctx, export.export_id)).state != "done":
            await asyncio.sleep(0.1)
    runner.stop()
    await task
    of_five, of_eight = [
        counts(await imports.get_run(ctx, each.run_id)) for each in (first, second)
    ]
    assert (of_five, of_eight) in [
        ((5, 0, 0, 0), (3, 0, 5, 0)),
        ((0, 0, 5, 0), (8, 0, 0, 0)),
    ]


async def test_statistics_are_refreshed_after_an_import_worth_it(
    open_shop: OpenShop, drain: Any
) -> None:
    ctx = await open_shop()
    async with ctx.engines.sql.home.relay() as connection:
        looked = (
            "SELECT analyze_count FROM pg_stat_all_tables WHERE relid = 'catalog.product'::regclass"
        )
        await connection.execute("SELECT pg_stat_clear_snapshot()")
        before = await connection.fetchval(looked)
        await drain(*SUBSCRIPTIONS)
        await taken_in(ctx, mugs(1_000))
        await drain(*SUBSCRIPTIONS)
        async with asyncio.timeout(10):
            while await connection.fetchval(looked) == before:
                await asyncio.sleep(0.1)


async def test_an_import_whose_job_was_lost_is_asked_for_again(open_shop: OpenShop) -> None:
    ctx = await open_shop()
    run = await started(ctx, mugs(1))
    asked = "SELECT count(*) FROM event_log.outbox WHERE tenant_id = $1 AND tag = $2"
    tag = "imports.import_requested.v1"
    await service.revive_imports(ctx)
    assert await ctx.read_value(asked, tag) == 2
    await imports.run_import_now(ctx, run.run_id)
    await service.revive_imports(ctx)
    assert await ctx.read_value(asked, tag) == 2, "one that has ended is not"
