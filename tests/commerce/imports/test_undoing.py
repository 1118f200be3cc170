"""An import is taken back as a whole, as far as nobody has built on it since."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import catalog, collections, imports, inventory, pricing
from galleria.commerce.catalog import ProductChanges, VariantChanges
from galleria.commerce.imports import ImportNotUndoable, UndoRemark
from galleria.commerce.imports.jobs import ENQUEUES, JOBS
from galleria.commerce.imports.service import asking
from galleria.commerce.inventory.room import ROOM as INVENTORY
from galleria.commerce.pricing.room import ROOM as PRICING
from galleria.engines.context import Context, Engines
from galleria.engines.jobs.queue import subscription_of
from galleria.engines.jobs.runner import JobRunner
from galleria.engines.sql import Access, Reader
from galleria.platform import tenants
from tests.commerce.imports.conftest import (
    OpenShop,
    contents_of,
    counts,
    json_lines,
    mugs,
    prices_by_sku,
    products_of,
    started,
    stock_by_sku,
    taken_in,
)
from tests.commerce.imports.killed_worker import Errand
from tests.commerce.imports.test_resuming import ROOT, later

VOLATILE = ("version", "updated_at", "published_at")


def pots(*numbers: int, **fields: Any) -> bytes:
    """A file with these products, each in two sizes, with prices and stock."""
    return json_lines(
        *(
            {
                "id": f"p{at}",
                "handle": f"pot-{at}",
                "title": f"Pot {at}",
                "options": [{"name": "Size", "values": ["S", "L"]}],
                "variants": [
                    {
                        "sku": f"POT-{at}-{size}",
                        "option_values": [size],
                        "price_minor": 1_000 + at,
                        "stock": 5,
                    }
                    for size in ("S", "L")
                ],
                **fields,
            }
            for at in numbers
        )
    )


def cups(*numbers: int, price: int = 500, stock: int = 7, **fields: Any) -> bytes:
    """A file with these products of one variant."""
    lines = [
        {
            "id": f"c{at}",
            "handle": f"cup-{at}",
            "title": f"Cup {at}",
            "sku": f"CUP-{at}",
            "price_minor": price,
            "stock": stock,
            **fields,
        }
        for at in numbers
    ]
    return json_lines(*lines)


async def undone(ctx: Context, run: imports.Run) -> imports.Run:
    """The import, taken back."""
    await imports.start_undo(ctx, run.run_id)
    return await imports.run_import_now(ctx, run.run_id)


async def remarks_of(ctx: Context, run: imports.Run) -> list[UndoRemark]:
    return (await imports.list_undo_remarks(ctx, run.run_id, limit=1_000)).items


async def shelves(ctx: Context) -> dict[str, Any]:
    """All that an import may touch: products whole, prices, stock."""
    products = {}
    for handle, tree in (await products_of(ctx)).items():
        fields = msgspec.to_builtins(tree)
        products[handle] = {name: v for name, v in fields.items() if name not in VOLATILE}
    stock = await stock_by_sku(ctx)
    return {"products": products, "prices": await prices_by_sku(ctx), "stock": stock}


async def test_what_it_made_goes_and_what_it_changed_is_as_before(shop: Context) -> None:
    await taken_in(shop, cups(1, 2, 3, 4, tags=["old"]) + pots(1))
    before = await shelves(shop)
    second = cups(1, 2, price=900, stock=3, tags=["new"], title="Beaker")
    second += cups(3, price=900) + cups(4, stock=20) + cups(5, 6)
    second += pots(1, options=[{"name": "Height", "values": ["L", "S"]}], tags=["x"]) + pots(2, 3)
    run = await taken_in(shop, second, at_once=3)
    assert counts(run) == (4, 5, 0, 0)

    run = await undone(shop, run)

    assert run.state == "undone"
    assert await shelves(shop) == before
    assert (run.undo_removed_count, run.undo_reverted_count, run.undo_kept_count) == (4, 5, 0)
    assert (run.undo_price_count, run.undo_stock_count) == (3, 3)
    assert await remarks_of(shop, run) == []
    assert (await inventory.check_ledger(shop)).faults == []
    movements = (await inventory.list_movements(shop)).items
    assert {m.reason for m in movements if m.reference} == {"imported", "import undone"}
    assert (await imports.start_undo(shop, run.run_id)).state == "undone", "safe to repeat"


async def test_the_file_can_be_imported_again_afterwards(shop: Context) -> None:
    await taken_in(shop, cups(1))
    content = cups(1, 2, title="Beaker")
    run = await taken_in(shop, content)
    after = await shelves(shop)
    await undone(shop, run)

    again = await taken_in(shop, content)

    assert counts(again) == (1, 1, 0, 0)
    ids = ("product_id", "variant_id")
    assert _without(await shelves(shop), ids) == _without(after, ids)


def _without(value: Any, names: Sequence[str]) -> Any:
    if isinstance(value, dict):
        return {k: _without(v, names) for k, v in value.items() if k not in (*names, "created_at")}
    return [_without(each, names) for each in value] if isinstance(value, list) else value


async def test_a_variant_that_came_back_before_anyone_heard_it_had_gone_keeps_price_and_stock(
    shop: Context, drain: Any
) -> None:
    await taken_in(shop, pots(1))
    before = await shelves(shop)
    one_size = {"variants": [{"sku": "POT-1-S", "option_values": ["S"]}]}
    run = await taken_in(shop, pots(1, **one_size))
    assert (await undone(shop, run)).state == "undone"
    await drain(*PRICING.subscriptions, *INVENTORY.subscriptions)
    assert await shelves(shop) == before
    (tree,) = (await products_of(shop)).values()
    await catalog.delete_product(shop, tree.product_id)
    await drain(*PRICING.subscriptions, *INVENTORY.subscriptions)
    assert (await inventory.list_stock(shop)).items == [], "what is gone for good is forgotten"


@pytest.mark.parametrize("is_forgotten", [False, True])
async def test_a_variant_that_a_file_took_away_comes_back_with_what_it_had(
    shop: Context, drain: Any, is_forgotten: bool
) -> None:
    await taken_in(shop, pots(1) + cups(1, stock=4))
    (pot,) = [each for each in (await products_of(shop)).values() if each.handle == "pot-1"]
    policy = inventory.StockPolicy(is_tracked=True, selling="backorder", promise_limit=3)
    await inventory.set_policy(shop, pot.variants[1].variant_id, policy)
    before = await shelves(shop)
    one_size = {"variants": [{"sku": "POT-1-S", "option_values": ["S"]}]}
    run = await taken_in(shop, pots(1, **one_size))
    assert set(await prices_by_sku(shop)) == {"POT-1-S", "CUP-1"}
    if is_forgotten:
        await drain(*PRICING.subscriptions, *INVENTORY.subscriptions)
    back = await undone(shop, run)
    assert (back.state, back.undo_price_count, back.undo_stock_count) == ("undone", 1, 1)
    await drain(*PRICING.subscriptions, *INVENTORY.subscriptions)
    assert await shelves(shop) == before
    assert (await inventory.check_ledger(shop)).faults == []


async def test_a_variant_that_stays_away_gets_no_price(shop: Context, drain: Any) -> None:
    await taken_in(shop, pots(1))
    one_size = {"variants": [{"sku": "POT-1-S", "option_values": ["S"]}]}
    run = await taken_in(shop, pots(1, **one_size))
    (pot,) = (await products_of(shop)).values()
    await catalog.delete_product(shop, pot.product_id)
    await drain(*PRICING.subscriptions, *INVENTORY.subscriptions)
    assert (await undone(shop, run)).state == "undone"
    assert await pricing.priced_variants(shop, UUID(int=0), 10) == []
    assert (await inventory.list_stock(shop)).items == []


async def test_imports_are_undone_one_after_the_other_back_to_an_empty_shop(
    shop: Context,
) -> None:
    first = await taken_in(shop, cups(1, 2, 3))
    second = await taken_in(shop, cups(1, 2, price=900, tags=["new"]))
    third = await taken_in(shop, cups(2, 3, tags=["newest"], stock=1))
    cup = (await products_of(shop))["cup-1"].product_id
    await catalog.update_product(shop, cup, ProductChanges(title="By hand"))
    await catalog.restore_product(shop, cup, 2)

    for run in (third, second, first):
        gone = await undone(shop, run)
        assert (gone.undo_kept_count, await remarks_of(shop, gone)) == (0, [])

    assert await products_of(shop) == {}


async def test_the_queue_undoes_what_is_asked_for(
    shop: Context, engines: Engines, drain: Any
) -> None:
    run = await taken_in(shop, cups(1))
    await imports.start_undo(shop, run.run_id)
    runner = JobRunner(engines, JOBS, [])
    task = asyncio.create_task(runner.run())
    async with asyncio.timeout(30):
        while (await imports.get_run(shop, run.run_id)).state != "undone":
            await drain(*map(subscription_of, ENQUEUES))
            await asyncio.sleep(0.1)
    runner.stop()
    await task
    assert await products_of(shop) == {}


async def test_what_was_edited_since_stays_and_only_that(shop: Context) -> None:
    await taken_in(shop, cups(1, 2, tags=["old"], brand="A"))
    run = await taken_in(shop, cups(1, 2, 3, 4, tags=["new"], brand="B", price=900))
    known = await products_of(shop)
    edited = ProductChanges(tags=["by hand"])
    await catalog.update_product(shop, known["cup-1"].product_id, edited)
    await catalog.update_product(shop, known["cup-3"].product_id, edited)
    channel = await tenants.channel_of(shop)
    row = pricing.PriceRow(
        known["cup-2"].variants[0].variant_id, channel.channel_id, channel.currency, 1_234
    )
    async with shop.transaction() as tx:
        await pricing.merge_prices(tx, [row])

    run = await undone(shop, run)

    after = await products_of(shop)
    assert set(after) == {"cup-1", "cup-2", "cup-3"}
    assert (after["cup-1"].tags, after["cup-1"].brand) == (["by hand"], "A")
    assert (after["cup-2"].tags, after["cup-2"].brand) == (["old"], "A")
    prices = await prices_by_sku(shop)
    assert (prices["CUP-1"][0], prices["CUP-2"][0], prices["CUP-3"][0]) == (500, 1_234, 900)
    told = [(r.handle, r.path, r.code) for r in await remarks_of(shop, run)]
    assert ("cup-3", "", "edited_since") in told
    assert ("cup-2", "variants[CUP-2] price_list 1", "price_changed_since") in told
    assert [(path, code) for handle, path, code in told if handle == "cup-1"] == [
        ("tags", "edited_since")
    ]
    counted = (run.undo_removed_count, run.undo_reverted_count, run.undo_kept_count)
    assert counted == (1, 2, 1)
    rows = [part async for part in await imports.undo_remarks_as_csv(shop, run.run_id)]
    assert b"cup-3,,edited_since" in b"".join(rows)


async def test_what_was_ordered_since_stays(shop: Context) -> None:
    await taken_in(shop, cups(1))
    run = await taken_in(shop, cups(2, 3) + pots(1))
    known = await products_of(shop)
    bought = known["cup-2"].variants[0].variant_id

    async def ordered(reader: Reader, variant_ids: Sequence[UUID]) -> set[UUID]:
        return {bought} & set(variant_ids)

    bound = asking.ordered
    asking.bind(ordered=ordered)
    try:
        run = await undone(shop, run)
    finally:
        asking.bind(ordered=bound)

    assert set(await products_of(shop)) == {"cup-1", "cup-2"}
    (remark,) = await remarks_of(shop, run)
    assert (remark.handle, remark.code) == ("cup-2", "ordered_since")
    assert (await prices_by_sku(shop))["CUP-2"] == (500, None)


async def test_stock_goes_back_only_as_far_as_it_was_not_sold(shop: Context) -> None:
    await taken_in(shop, cups(1, 2, stock=5))
    run = await taken_in(shop, cups(1, 2, stock=20))
    variants = {t.handle: t.variants[0].variant_id for t in (await products_of(shop)).values()}
    sold = inventory.AdjustStock(delta=-10, reason="sold")
    await inventory.adjust_stock(shop, variants["cup-1"], sold)

    run = await undone(shop, run)

    stock = await stock_by_sku(shop)
    assert (stock["CUP-1"].available, stock["CUP-2"].available) == (0, 5)
    (remark,) = await remarks_of(shop, run)
    assert (remark.path, remark.code) == ("variants[CUP-1] stock 1", "sold_since")
    assert (await inventory.check_ledger(shop)).faults == []


async def test_a_name_that_somebody_else_has_by_now_keeps_the_product(shop: Context) -> None:
    await taken_in(shop, cups(1, 2))
    run = await taken_in(shop, cups(1, sku="OTHER"))
    other = (await products_of(shop))["cup-2"].variants[0].variant_id
    await catalog.update_variant(shop, other, VariantChanges(sku="CUP-1"))

    run = await undone(shop, run)

    assert [each.code for each in await remarks_of(shop, run)] == ["sku_taken"]
    assert (await products_of(shop))["cup-1"].variants[0].sku == "OTHER"


async def test_what_cannot_be_undone_says_why(shop: Context) -> None:
    waiting = await started(shop, cups(1))
    with pytest.raises(ImportNotUndoable, match="cancel it first"):
        await imports.start_undo(shop, waiting.run_id)
    ended = await imports.run_import_now(shop, waiting.run_id)
    dry = await taken_in(shop, cups(1, 2), is_dry_run=True)
    same = await taken_in(shop, cups(1))
    for run in (dry, same):
        with pytest.raises(ImportNotUndoable, match="wrote nothing"):
            await imports.start_undo(shop, run.run_id)
    with pytest.raises(ImportNotUndoable, match="30 days"):
        await imports.start_undo(later(shop, timedelta(days=31).total_seconds()), ended.run_id)


async def test_an_import_meanwhile_waits_for_the_end_of_an_undoing(shop: Context) -> None:
    run = await taken_in(shop, mugs(300), at_once=20)
    other = await started(shop, cups(1))
    await imports.start_undo(shop, run.run_id)
    undoing = asyncio.create_task(imports.run_import_now(shop, run.run_id))
    async with asyncio.timeout(30):
        while (await imports.get_run(shop, run.run_id)).undo_removed_count == 0:
            await asyncio.sleep(0.005)

    waits = await imports.run_import_now(shop, other.run_id, waits=False)

    assert (waits.state, (await imports.get_run(shop, run.run_id)).state) == ("waiting", "undoing")
    assert (await undoing).state == "undone"
    assert (await imports.run_import_now(shop, other.run_id)).state == "done"
    assert set(await products_of(shop)) == {"cup-1"}


async def ground(ctx: Context) -> imports.Run:
    """A shop with an import over many batches, which changed, made, and was built on since."""
    await taken_in(ctx, mugs(150) + cups(*range(100), tags=["old"]))
    changed = [
        {"id": f"m{at}", "title": f"Jug {at}", "sku": f"MUG-{at}", "price_minor": 7, "stock": at}
        for at in range(150)
    ]
    content = json_lines(*changed) + cups(*range(50, 250), price=1, stock=9) + pots(*range(60))
    run = await taken_in(ctx, content, at_once=5)
    known = await products_of(ctx)
    for handle in ("mug-7", "jug-9", "cup-60", "cup-240", "pot-3"):
        if handle in known:
            changes = ProductChanges(tags=["by hand"])
            await catalog.update_product(ctx, known[handle].product_id, changes)
    return run


async def test_broken_off_anywhere_the_undoing_ends_the_same(
    open_shop: OpenShop, access: Access, data_folder: Path
) -> None:
    whole, broken = await open_shop(), await open_shop()
    expected = await undone(whole, await ground(whole))
    run = await ground(broken)
    await imports.start_undo(broken, run.run_id)
    for delay_s in (0.02, 0.05, 0.1):
        task = asyncio.create_task(imports.run_import_now(broken, run.run_id))
        await asyncio.sleep(delay_s)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    before = await imports.get_run(broken, run.run_id)
    child = await worker_for(broken, access, data_folder, run)
    async with asyncio.timeout(30):
        while (now := await imports.get_run(broken, run.run_id)).undo_below == before.undo_below:
            assert now.state == "undoing"
            await asyncio.sleep(0.002)
    child.kill()
    await child.wait()
    assert (await imports.get_run(broken, run.run_id)).state == "undoing", "killed on the way"

    run = await imports.run_import_now(later(broken, 60), run.run_id)

    assert run.state == "undone"
    for name in ("removed", "reverted", "kept", "price", "stock", "remark"):
        field = f"undo_{name}_count"
        assert getattr(run, field) == getattr(expected, field), name
    told = [
        [(r.number, r.handle, r.path, r.code) for r in await remarks_of(ctx, each)]
        for ctx, each in ((broken, run), (whole, expected))
    ]
    assert told[0] == told[1]
    assert await contents_of(broken) == await contents_of(whole)
    assert (await inventory.check_ledger(broken)).faults == []


async def worker_for(
    ctx: Context, access: Access, data_folder: Path, run: imports.Run, at_once: int = 20
) -> asyncio.subprocess.Process:
    """A process of its own that works at the import."""
    errand = Errand(
        host=access.address.host,
        port=access.address.port,
        database=access.address.database,
        passwords=access.passwords,
        files=str(data_folder / "import-files"),
        tenant_id=ctx.tenant.tenant_id,
        slug=ctx.tenant.slug,
        run_id=run.run_id,
        at_once=at_once,
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
    return child


async def test_products_are_in_the_collections_again_that_they_were_in(shop: Context) -> None:
    first = await taken_in(shop, cups(1, 2, 3, collections=["Old", "Kept"]))
    before = await grouped(shop)
    second = await taken_in(
        shop, cups(1, 2, collections=["New", "Kept"]) + cups(3, 4, collections=["New"])
    )
    cup = (await products_of(shop))["cup-2"].product_id
    fresh = await collections.find_collection(shop, "new")
    assert fresh is not None
    await collections.fill_collection(shop, fresh.collection_id, [], [cup])

    second = await undone(shop, second)

    assert await grouped(shop) == before
    # Three left the old one and came into the new, less one that was out of it by hand already,
    # and one left the one that others stayed in.
    assert second.undo_collection_count == 6
    assert (second.undo_removed_count, second.undo_kept_count) == (1, 0)

    first = await undone(shop, first)

    assert (first.undo_removed_count, await remarks_of(shop, first)) == (3, [])
    assert await products_of(shop) == {}


async def grouped(shop: Context) -> dict[str, list[str]]:
    """The handles of each product's collections."""
    trees = await products_of(shop)
    found = await collections.collections_of(shop, [t.product_id for t in trees.values()])
    return {
        handle: sorted(each.handle for each in found[tree.product_id])
        for handle, tree in trees.items()
    }
