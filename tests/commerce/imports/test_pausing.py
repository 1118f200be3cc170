"""An import can be held up, stays so whatever happens, and goes on as if nothing had."""

import asyncio
from pathlib import Path

import pytest

from galleria.commerce import imports
from galleria.commerce.imports import ImportFinished, ImportNotPaused, service
from galleria.engines.context import Context
from galleria.engines.sql import Access
from tests.commerce.imports.conftest import (
    OpenShop,
    contents_of,
    counts,
    mugs,
    report_of,
    started,
    taken_in,
)
from tests.commerce.imports.test_resuming import later, messy_file
from tests.commerce.imports.test_undoing import worker_for

AT_ONCE = 20


async def under_way(ctx: Context, run: imports.Run) -> None:
    """Some of the file is in."""
    async with asyncio.timeout(30):
        while (await imports.get_run(ctx, run.run_id)).next_line == 1:
            await asyncio.sleep(0.005)


async def test_paused_it_stands_at_a_batch_and_resumed_it_ends_the_same(
    open_shop: OpenShop,
) -> None:
    whole, held = await open_shop(), await open_shop()
    expected = await taken_in(whole, messy_file(), AT_ONCE)
    run = await started(held, messy_file())
    task = asyncio.create_task(imports.run_import_now(held, run.run_id, at_once=AT_ONCE))
    await under_way(held, run)

    paused = await imports.pause_import(held, run.run_id)

    assert (await task).state == "paused", "whoever worked at it goes home"
    assert (await imports.pause_import(held, run.run_id)).state == "paused", "safe to repeat"
    assert (await imports.run_import_now(held, run.run_id)).state == "paused"
    stands = await imports.get_run(held, run.run_id)
    assert stands.next_line == paused.next_line
    assert 0 < stands.created_count < expected.created_count
    assert len((await contents_of(held))["products"]) == stands.created_count

    assert (await imports.resume_import(held, run.run_id)).state == "waiting"
    assert (await imports.resume_import(held, run.run_id)).state == "waiting", "safe to repeat"
    run = await imports.run_import_now(held, run.run_id, at_once=AT_ONCE)
    assert await report_of(held, run) == await report_of(whole, expected)
    assert await contents_of(held) == await contents_of(whole)


async def test_a_killed_worker_and_a_look_for_the_forgotten_leave_it_paused(
    open_shop: OpenShop, access: Access, data_folder: Path
) -> None:
    whole, held = await open_shop(), await open_shop()
    expected = await taken_in(whole, messy_file(), AT_ONCE)
    run = await started(held, messy_file())
    child = await worker_for(held, access, data_folder, run, AT_ONCE)
    await under_way(held, run)
    await imports.pause_import(held, run.run_id)
    child.kill()
    await child.wait()

    much_later = later(held, 600)
    await service.revive_imports(much_later)
    stands = await imports.run_import_now(much_later, run.run_id)

    assert stands.state == "paused"
    asked = "SELECT count(*) FROM event_log.outbox WHERE tenant_id = $1 AND tag = $2"
    assert await held.read_value(asked, "imports.import_requested.v1") == 1
    await imports.resume_import(held, run.run_id)
    run = await imports.run_import_now(held, run.run_id, at_once=AT_ONCE)
    assert await report_of(held, run) == await report_of(whole, expected)
    assert await contents_of(held) == await contents_of(whole)


async def test_one_that_waits_can_be_paused_and_others_go_on_meanwhile(shop: Context) -> None:
    first, second = await started(shop, mugs(5)), await started(shop, mugs(8))
    await imports.pause_import(shop, first.run_id)

    assert counts(await imports.run_import_now(shop, second.run_id)) == (8, 0, 0, 0)

    await imports.resume_import(shop, first.run_id)
    assert counts(await imports.run_import_now(shop, first.run_id)) == (0, 0, 5, 0)


async def test_a_paused_import_can_be_cancelled_and_then_undone(shop: Context) -> None:
    run = await started(shop, mugs(300))
    task = asyncio.create_task(imports.run_import_now(shop, run.run_id, at_once=AT_ONCE))
    await under_way(shop, run)
    await imports.pause_import(shop, run.run_id)
    await task
    with pytest.raises(imports.ImportNotUndoable, match="cancel it first"):
        await imports.start_undo(shop, run.run_id)

    assert (await imports.cancel_import(shop, run.run_id)).state == "cancelled"

    for refused in (imports.pause_import, imports.resume_import):
        with pytest.raises(ImportNotPaused):
            await refused(shop, run.run_id)
    await imports.start_undo(shop, run.run_id)
    with pytest.raises(ImportFinished):
        await imports.cancel_import(shop, run.run_id)
    assert (await imports.run_import_now(shop, run.run_id)).state == "undone"
    assert (await contents_of(shop))["products"] == {}
