"""Bulk edits: looked at first, applied once, taken back where nobody changed them since."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import catalog, collections, pricing
from galleria.commerce.catalog import ProductDraft, VariantDraft
from galleria.commerce.collections import NewCollection
from galleria.commerce.pricing import NewPriceEdit, PriceRow
from galleria.commerce.pricing.jobs import ENQUEUES, JOBS
from galleria.commerce.pricing.room import ROOM
from galleria.commerce.pricing.service import forget_old_rows, revive_edits
from galleria.engines.context import Context, Engines
from galleria.engines.jobs.queue import subscription_of
from galleria.engines.jobs.runner import JobRunner
from galleria.engines.sql import Access
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import shirt
from tests.commerce.pricing.killed_editor import Errand
from tests.commerce.pricing.tags import amounts, later, merge, new_shop, variants
from tests.platform.conftest import acting_with, client_of

ROOT = Path(__file__).parents[3]


def wanted(*steps: Mapping[str, object], **fields: object) -> NewPriceEdit:
    """An edit as it comes in over the wire."""
    return msgspec.convert({"formula": {"steps": steps}, **fields}, NewPriceEdit, strict=False)


RAISED = {"do": "percent", "percent": "10"}


async def priced(ctx: Context, count: int, amount: int = 1000) -> tuple[Context, UUID, list[UUID]]:
    """A shop with so many variants at a price each, counting up."""
    shop, channel = await new_shop(ctx)
    wares = await variants(shop, count)
    await merge(
        shop, *(PriceRow(each, channel, "EUR", amount + at) for at, each in enumerate(wares))
    )
    return shop, channel, wares


async def applied(shop: Context, edit: NewPriceEdit, most: int = 5_000) -> pricing.PriceEdit:
    """The edit, asked for and done."""
    started = await pricing.start_edit(shop, edit)
    return await pricing.run_edit(shop, started.edit_id, most=most)


async def test_a_preview_says_what_the_edit_then_does_and_writes_nothing(ctx: Context) -> None:
    shop, channel, wares = await priced(ctx, 60, 940)
    edit = wanted({"do": "add", "amount_minor": -990})
    seen = await pricing.preview_edit(shop, edit)
    assert (seen.changed_count, seen.refused_count, seen.unchanged_count) == (10, 50, 0)
    assert (seen.is_complete, len(seen.rows), seen.rows[0].refusal) == (True, 50, "below_zero")
    assert await amounts(shop, channel, wares) == [940 + at for at in range(60)]
    done = await applied(shop, edit)
    assert (done.state, done.changed_count, done.refused_count) == ("done", 10, 50)
    expected = [940 + at if at < 50 else at - 50 for at in range(60)]
    assert await amounts(shop, channel, wares) == expected
    assert not (await pricing.preview_edit(shop, edit, time_limit_s=0)).is_complete


async def test_an_edit_in_small_steps_changes_each_price_once(ctx: Context) -> None:
    shop, channel, wares = await priced(ctx, 57)
    await merge(shop, *(PriceRow(each, channel, "EUR", 500, None, 10) for each in wares[::5]))
    done = await applied(shop, wanted({"do": "add", "amount_minor": 1}), most=7)
    assert (done.changed_count, done.unchanged_count) == (57 + 12, 0)
    assert await amounts(shop, channel, wares) == [1001 + at for at in range(57)]
    assert await amounts(shop, channel, wares[::5], 10) == [501] * 12
    again = await pricing.run_edit(shop, done.edit_id)
    assert again == done, "to work at it again does nothing"
    changes = (await pricing.list_price_changes(shop, wares[0])).items
    assert {each.edit_id for each in changes} == {done.edit_id}


async def test_a_product_of_many_variants_is_cut_between_them(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    async with shop.transaction() as tx:
        made = await catalog.merge_products(tx, [shirt("a", "SMLX"), shirt("b", "SM")])
    wares = [each for merged in made for each in merged.variant_ids]
    await merge(
        shop,
        *(PriceRow(each, channel, "EUR", 100, None, tier) for each in wares for tier in (1, 5)),
    )
    done = await applied(shop, wanted({"do": "add", "amount_minor": 1}), most=3)
    assert done.changed_count == 2 * len(wares)
    assert await amounts(shop, channel, wares, 5) == [101] * len(wares)


async def test_a_selection_is_met_exactly(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    async with shop.transaction() as tx:
        made = await catalog.merge_products(
            tx,
            [
                ProductDraft(
                    handle=f"p{at}",
                    title=f"P{at}",
                    brand="Kiln" if at % 2 else "Klee",
                    status="active" if at < 4 else "draft",
                    category_paths=[["Kitchen", "Mugs"]] if at in (1, 2) else [["Kitchen"]],
                    variants=[VariantDraft(sku=f"p{at}")],
                )
                for at in range(6)
            ],
        )
    wares = [each.variant_ids[0] for each in made]
    products = [str(each.product_id) for each in made]
    await merge(shop, *(PriceRow(each, channel, "EUR", 100) for each in wares))
    mugs = next(c for c in await catalog.all_categories(shop) if c.path == "kitchen/mugs")
    kitchen = next(c for c in await catalog.all_categories(shop) if c.path == "kitchen")
    pricing.answers.bind(members_of=collections.members_after)
    best = await collections.create_collection(shop, NewCollection(title="Best"))
    chosen = [each.product_id for at, each in enumerate(made) if at in (0, 1, 5)]
    await collections.fill_collection(
        shop, best.collection_id, [each for each in chosen if each], []
    )
    for selection, expected in (
        ({}, {0, 1, 2, 3, 4, 5}),
        ({"variant_ids": [str(wares[3]), str(wares[3]), str(new_id())]}, {3}),
        ({"product_ids": [products[5], products[0]]}, {0, 5}),
        ({"category_id": str(mugs.category_id)}, {1, 2}),
        ({"category_id": str(kitchen.category_id)}, {0, 1, 2, 3, 4, 5}),
        ({"brand": "Kiln", "status": "active"}, {1, 3}),
        ({"status": "archived"}, set()),
        ({"collection_id": str(best.collection_id)}, {0, 1, 5}),
        ({"collection_id": str(best.collection_id), "brand": "Kiln"}, {1, 5}),
        ({"collection_id": str(best.collection_id), "status": "archived"}, set()),
        ({"collection_id": str(new_id())}, set()),
    ):
        seen = await pricing.preview_edit(shop, wanted(RAISED, selection=selection))
        assert {wares.index(row.variant_id) for row in seen.rows} == expected, selection
        assert seen.is_complete
    both = {"variant_ids": [str(wares[0])], "brand": "Kiln"}
    with pytest.raises(pricing.InvalidFormula):
        await pricing.start_edit(shop, wanted(RAISED, selection=both))


async def test_an_undo_takes_back_what_nobody_changed_since(ctx: Context) -> None:
    shop, channel, wares = await priced(ctx, 20)
    await merge(shop, PriceRow(wares[3], channel, "EUR", 1003, 1500))
    edit = wanted({"do": "keep_as_compare_at"}, {"do": "percent", "percent": "-50"})
    done = await applied(shop, edit)
    await merge(shop, PriceRow(wares[0], channel, "EUR", 77))
    await merge(shop, PriceRow(wares[1], channel, "EUR", 501, 9999))
    with pytest.raises(pricing.PriceEditNotUndoable):
        await pricing.undo_edit(later(shop, days=91), done.edit_id)
    undoing = await pricing.undo_edit(shop, done.edit_id)
    assert (undoing.state, await pricing.undo_edit(shop, done.edit_id)) == ("undoing", undoing)
    undone = await pricing.run_edit(shop, done.edit_id, most=6)
    assert (undone.state, undone.reverted_count, undone.kept_count) == ("undone", 18, 2)
    assert await amounts(shop, channel, wares) == [77, 501, *(1002 + at for at in range(18))]
    prices = await pricing.prices_of(shop, wares, channel, "EUR")
    assert prices[wares[3]].compare_at_minor == 1500
    assert prices[wares[4]].compare_at_minor is None
    kept = await pricing.list_edit_rows(shop, done.edit_id, "kept")
    assert [row.variant_id for row in kept.items] == wares[:2]
    page = await pricing.list_edit_rows(shop, done.edit_id, "reverted", limit=10)
    rest = await pricing.list_edit_rows(shop, done.edit_id, "reverted", page.next_cursor)
    assert [row.variant_id for row in [*page.items, *rest.items]] == wares[2:]


async def test_two_edits_at_once_each_change_every_price_once(ctx: Context) -> None:
    shop, channel, wares = await priced(ctx, 40)
    first = await pricing.start_edit(shop, wanted({"do": "add", "amount_minor": 5}))
    second = await pricing.start_edit(shop, wanted({"do": "add", "amount_minor": 70}))

    async def work(edit: pricing.PriceEdit) -> pricing.PriceEdit:
        mine = Context(shop.engines, shop.tenant, shop.actor, "worker")
        return await pricing.run_edit(mine, edit.edit_id, most=6)

    # Two workers at each, as when one was thought to be dead.
    done = await asyncio.gather(work(first), work(second), work(first), work(second))
    assert {each.changed_count for each in done} == {40}
    assert await amounts(shop, channel, wares) == [1075 + at for at in range(40)]


async def test_a_killed_worker_loses_no_price_and_changes_none_twice(
    ctx: Context, access: Access
) -> None:
    shop, channel, wares = await priced(ctx, 1500)
    edit = await pricing.start_edit(shop, wanted({"do": "add", "amount_minor": 7}))
    errand = Errand(
        host=access.address.host,
        port=access.address.port,
        database=access.address.database,
        passwords=access.passwords,
        tenant_id=shop.tenant.tenant_id,
        slug=shop.tenant.slug,
        edit_id=edit.edit_id,
        most=25,
    )
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.commerce.pricing.killed_editor"),
        stdin=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )
    assert child.stdin is not None
    child.stdin.write(msgspec.json.encode(errand))
    child.stdin.close()
    async with asyncio.timeout(30):
        while (await pricing.get_edit(shop, edit.edit_id)).changed_count < 100:
            await asyncio.sleep(0.005)
    child.kill()
    await child.wait()
    broken = await pricing.get_edit(shop, edit.edit_id)
    assert broken.state == "running", "killed on the way"
    assert broken.changed_count < 1500

    done = await pricing.run_edit(shop, edit.edit_id)
    assert (done.state, done.changed_count) == ("done", 1500)
    assert await amounts(shop, channel, wares) == [1007 + at for at in range(1500)]


async def test_a_worker_does_what_was_asked_and_what_was_forgotten(
    ctx: Context, engines: Engines, drain: object
) -> None:
    shop, channel, wares = await priced(ctx, 3)
    edit = await pricing.start_edit(shop, wanted({"do": "add", "amount_minor": 1}))
    runner = JobRunner(engines, JOBS, [])
    running = asyncio.create_task(runner.run())
    await drain(*(subscription_of(each) for each in ENQUEUES))  # type: ignore[operator]
    async with asyncio.timeout(30):
        while not (await pricing.get_edit(shop, edit.edit_id)).has_ended:
            await asyncio.sleep(0.02)
    assert await amounts(shop, channel, wares) == [1001, 1002, 1003]

    # Its event is lost: nobody drains it before it is asked for again.
    second = await pricing.start_edit(shop, wanted({"do": "add", "amount_minor": 1}))
    await revive_edits(later(shop, minutes=1))
    stalled = await shop.read_value(
        "SELECT beat_at FROM pricing.price_edit WHERE tenant_id = $1 AND edit_id = $2",
        second.edit_id,
    )
    assert stalled == shop.now, "a minute is no reason yet"
    await revive_edits(later(shop, minutes=3))
    await drain(*(subscription_of(each) for each in ENQUEUES))  # type: ignore[operator]
    async with asyncio.timeout(30):
        while not (await pricing.get_edit(shop, second.edit_id)).has_ended:
            await asyncio.sleep(0.02)
    runner.stop()
    await running
    assert await amounts(shop, channel, wares) == [1002, 1003, 1004]


async def test_rows_of_old_edits_are_forgotten_and_the_edit_is_not(ctx: Context) -> None:
    shop, _, _ = await priced(ctx, 3)
    done = await applied(shop, wanted(RAISED))
    await forget_old_rows(later(shop, days=80))
    assert len((await pricing.list_edit_rows(shop, done.edit_id)).items) == 3
    await forget_old_rows(later(shop, days=92))
    assert (await pricing.list_edit_rows(shop, done.edit_id)).items == []
    assert (await pricing.get_edit(shop, done.edit_id)).changed_count == 3


async def test_a_second_shop_sees_no_edit_and_changes_none_of_the_first(
    ctx: Context, another_ctx: Context
) -> None:
    shop, channel, wares = await priced(ctx, 2)
    done = await applied(shop, wanted(RAISED))
    other, _ = await new_shop(another_ctx)
    for call in (pricing.get_edit, pricing.undo_edit, pricing.list_edit_rows, pricing.run_edit):
        with pytest.raises(pricing.PriceEditNotFound):
            await call(other, done.edit_id)
    theirs = await applied(other, wanted(RAISED, selection={"variant_ids": list(map(str, wares))}))
    assert theirs.changed_count == 0
    assert (await pricing.list_edits(other)).items == [theirs]
    assert await amounts(shop, channel, wares) == [1100, 1101]


async def test_price_edits_over_http(ctx: Context) -> None:
    shop, _, wares = await priced(ctx, 3)
    writer = acting_with(shop, "prices:read", "prices:write")
    body = {"formula": {"steps": [RAISED]}, "selection": {"variant_ids": [str(wares[0])]}}
    async with client_of(ROOM.routes, writer) as client:
        seen = await client.post("/admin/v1/price-edits/preview", json=body)
        assert (seen.status_code, seen.json()["changed_count"]) == (200, 1), seen.text
        made = await client.post("/admin/v1/price-edits", json=body)
        assert (made.status_code, made.json()["state"]) == (202, "waiting"), made.text
        path = f"/admin/v1/price-edits/{made.json()['edit_id']}"
        early = await client.post(f"{path}/undo")
        assert (early.status_code, early.json()["code"]) == (409, "price_edit_not_undoable")
        await pricing.run_edit(shop, UUID(made.json()["edit_id"]))
        assert (await client.get(path)).json()["state"] == "done"
        (row,) = (await client.get(f"{path}/rows?filter[outcome]=changed")).json()["items"]
        assert (row["amount_before"], row["amount_after"]) == (1000, 1100)
        assert (await client.post(f"{path}/undo")).json()["state"] == "undoing"
        listed = (await client.get("/admin/v1/price-edits?limit=1")).json()
        assert [each["state"] for each in listed["items"]] == ["undoing"]
        ending = {"steps": [{"do": "end_in", "ending": ".999"}]}
        bad = await client.post("/admin/v1/price-edits", json={"formula": ending})
        assert (bad.status_code, bad.json()["code"]) == (422, "invalid_price_formula")
        none = await client.post("/admin/v1/price-edits", json={**body, "price_list_id": 99})
        assert (none.status_code, none.json()["code"]) == (404, "price_list_not_found")
    async with client_of(ROOM.routes, acting_with(shop, "prices:read")) as client:
        assert (await client.post("/admin/v1/price-edits", json=body)).status_code == 403
