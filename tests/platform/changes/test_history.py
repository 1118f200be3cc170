"""The history of things: written with the change, read back, walked back, forgotten."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import changes
from galleria.platform.changes import ChangeDoesNotFit, VersionNotKept, VersionRecorded
from galleria.platform.changes.jobs import forget_old_changes
from galleria.platform.changes.model.changes import ChangesSettings
from galleria.platform.changes.room import ROOM
from galleria.platform.changes.service import reading
from tests.platform.conftest import acting_with, client_of, later

Tree = dict[str, Any]


def mug(version: int, **fields: object) -> Tree:
    return {"version": version, "title": "Mug", "price": 1_200, **fields}


async def record(
    ctx: Context, subject_id: UUID | str, before: Tree | None, after: Tree | None, note: str = ""
) -> bool:
    newest = after or before
    assert newest is not None
    version = newest["version"] if after else newest["version"] + 1
    async with ctx.transaction() as tx:
        return await changes.record(tx, "product", subject_id, version, before, after, note)


async def record_bulk(
    ctx: Context, bulk_id: UUID, chunk: int, *changed: tuple[UUID, Tree | None, Tree | None]
) -> int:
    entries = {subject_id: (before, after) for subject_id, before, after in changed}
    async with ctx.transaction() as tx:
        return await changes.record_bulk(
            tx, bulk_id, chunk, "product", entries, f"import:{bulk_id}"
        )


async def history(ctx: Context, subject_id: UUID | str, limit: int = 50) -> list[Any]:
    """All pages of a history."""
    seen: list[Any] = []
    cursor: str | None = None
    for _ in range(1_000):
        page = await changes.history_of(ctx, "product", subject_id, cursor, limit)
        assert len(page.items) <= limit
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            return seen
    raise AssertionError("the history never ends")


async def test_a_change_says_who_when_why_and_what_differs(ctx: Context) -> None:
    subject_id = new_id()
    anna = acting_with(ctx, "products:write")
    assert await record(anna, subject_id, None, mug(1))
    assert await record(anna, subject_id, mug(1), mug(2, price=1_500), note="spring prices")

    changed, created = await history(ctx, subject_id)
    assert (created.act, created.version, created.differences) == ("created", 1, [])
    assert (changed.act, changed.version, changed.note) == ("changed", 2, "spring prices")
    assert (changed.actor_kind, changed.actor_id, changed.at) == ("key", "a-key", ctx.now)
    assert changed.request_id == ctx.request_id
    price = next(each for each in changed.differences if each.path == "price")
    assert (price.kind, price.before, price.after) == ("set", 1_200, 1_500)


async def test_nothing_is_written_when_nothing_differs(ctx: Context) -> None:
    subject_id = new_id()
    assert not await record(ctx, subject_id, mug(1), mug(1))
    assert await record_bulk(ctx, new_id(), 0, (subject_id, mug(1), mug(1))) == 0
    assert await history(ctx, subject_id) == []


async def test_a_change_goes_when_its_transaction_goes(ctx: Context) -> None:
    subject_id = new_id()
    with pytest.raises(ZeroDivisionError):
        async with ctx.transaction() as tx:
            await changes.record(tx, "product", subject_id, 1, None, mug(1))
            raise ZeroDivisionError
    assert await history(ctx, subject_id) == []


async def test_a_version_is_recorded_once(ctx: Context) -> None:
    subject_id, bulk_id = new_id(), new_id()
    await record(ctx, subject_id, None, mug(1))
    with pytest.raises(VersionRecorded):
        await record(ctx, subject_id, None, mug(1))
    await record_bulk(ctx, bulk_id, 3, (subject_id, mug(1), mug(2)))
    with pytest.raises(VersionRecorded):
        await record_bulk(ctx, bulk_id, 3, (subject_id, mug(2), mug(3)))


async def test_a_history_mixes_single_changes_and_bulk_work_page_by_page(ctx: Context) -> None:
    subject_id = new_id()
    await record(ctx, subject_id, None, mug(1))
    for version in range(2, 12):
        before, after = mug(version - 1, price=version - 1), mug(version, price=version)
        if version % 3:
            await record_bulk(ctx, new_id(), 0, (subject_id, before, after))
        else:
            await record(ctx, subject_id, before, after)
        # Other things of the shop, which the history of this one passes over.
        await record_bulk(ctx, new_id(), 0, (new_id(), None, mug(1)))

    for limit in (1, 2, 3, 50):
        assert [each.version for each in await history(ctx, subject_id, limit)] == list(
            range(11, 0, -1)
        )
    bulk = [each for each in await history(ctx, subject_id) if each.bulk_id is not None]
    assert len(bulk) == 7
    assert bulk[0].note == f"import:{bulk[0].bulk_id}"


async def test_a_page_looks_through_a_bounded_share_of_bulk_work(ctx: Context) -> None:
    subject_id, low, high = new_id(), UUID(int=0), UUID(int=2**128 - 1)
    await record(ctx, subject_id, None, mug(1))
    await record_bulk(ctx, new_id(), 0, (subject_id, mug(1), mug(2)))
    for _ in range(reading.MOST_HEADERS + 5):
        await record_bulk(ctx, new_id(), 0, (low, None, mug(1)), (high, None, mug(1)))
    await record(ctx, subject_id, mug(2), mug(3))

    page = await changes.history_of(ctx, "product", subject_id)
    assert [each.version for each in page.items] == [3]
    assert page.next_cursor is not None
    assert [each.version for each in await history(ctx, subject_id)] == [3, 2, 1]
    assert (await changes.version_before(ctx, "product", subject_id, mug(3), 1)) == mug(1)


async def test_many_imports_of_one_thing_take_several_pages_and_none_is_lost(ctx: Context) -> None:
    subject_id = new_id()
    for version in range(1, 26):
        before = mug(version - 1) if version > 1 else None
        await record_bulk(ctx, new_id(), 0, (subject_id, before, mug(version)))
    page = await changes.history_of(ctx, "product", subject_id)
    assert len(page.items) == reading.MOST_UNPACKED
    assert [each.version for each in await history(ctx, subject_id)] == list(range(25, 0, -1))


async def test_any_version_is_made_from_the_present_one(ctx: Context) -> None:
    subject_id = new_id()
    trees = [mug(1)]
    await record(ctx, subject_id, None, trees[0])
    for version in range(2, 9):
        after = mug(version, price=version, tags=[f"t{number}" for number in range(version)])
        trees.append(after)
        if version % 2:
            await record_bulk(ctx, new_id(), 0, (subject_id, trees[-2], after))
        else:
            await record(ctx, subject_id, trees[-2], after)

    for tree in trees:
        made = await changes.version_before(ctx, "product", subject_id, trees[-1], tree["version"])
        assert made == tree
    for version in (0, 9):
        with pytest.raises(VersionNotKept):
            await changes.version_before(ctx, "product", subject_id, trees[-1], version)


async def test_a_version_in_which_nothing_was_recorded_is_the_one_before(ctx: Context) -> None:
    subject_id = new_id()
    await record(ctx, subject_id, None, mug(1))
    await record(ctx, subject_id, mug(1), mug(5, price=5))
    assert await changes.version_before(ctx, "product", subject_id, mug(5, price=5), 3) == mug(1)


async def test_bulk_work_on_what_counts_no_versions_is_undone_with_what_followed(
    ctx: Context,
) -> None:
    subject_id = new_id()

    async def single(version: int, before: Tree | None, after: Tree) -> None:
        async with ctx.transaction() as tx:
            await changes.record(tx, "product", subject_id, version, before, after)

    await single(1, None, {"a": 1})
    await single(2, {"a": 1}, {"a": 2})
    await record_bulk(ctx, new_id(), 0, (subject_id, {"a": 2}, {"a": 3}))
    await single(4, {"a": 3}, {"a": 4})
    for version, tree in ((1, {"a": 1}), (2, {"a": 2}), (3, {"a": 3})):
        assert await changes.version_before(ctx, "product", subject_id, {"a": 4}, version) == tree


async def test_what_was_deleted_comes_back_whole(ctx: Context) -> None:
    subject_id = new_id()
    await record(ctx, subject_id, None, mug(1))
    await record(ctx, subject_id, mug(1), mug(2, title="Cup"))
    await record(ctx, subject_id, mug(2, title="Cup"), None)
    assert (await history(ctx, subject_id))[0].act == "deleted"
    assert await changes.version_before(ctx, "product", subject_id, None, 2) == mug(2, title="Cup")
    assert await changes.version_before(ctx, "product", subject_id, None, 1) == mug(1)


async def test_a_thing_that_is_not_what_the_history_led_to_is_not_made_into_something(
    ctx: Context,
) -> None:
    subject_id = new_id()
    await record(ctx, subject_id, mug(1), mug(2, price=5))
    with pytest.raises(ChangeDoesNotFit):
        await changes.version_before(ctx, "product", subject_id, mug(2, price=6), 1)


async def test_bulk_work_is_undone_part_by_part_from_the_last(ctx: Context) -> None:
    bulk_id = new_id()
    ids = [new_id() for _ in range(6)]
    now: dict[UUID, Tree] = {}
    for chunk in range(3):
        made, changed = ids[chunk * 2], ids[chunk * 2 + 1]
        now[made], now[changed] = mug(1), mug(2, title="New")
        await record_bulk(
            ctx, bulk_id, chunk, (made, None, now[made]), (changed, mug(1), now[changed])
        )
    await record_bulk(ctx, new_id(), 0, (new_id(), None, mug(1)))

    numbers: list[int] = []
    was: dict[UUID, Tree | None] = {}
    async for part in changes.chunks_of_bulk(ctx, bulk_id):
        numbers.append(part.chunk)
        assert part.subject_count == 2
        for subject_id, entry in changes.unpack(part).items():
            was[subject_id] = changes.undone(now[subject_id], entry)
    assert numbers == [2, 1, 0]
    assert was == {each: None if place % 2 == 0 else mug(1) for place, each in enumerate(ids)}
    assert [part.chunk async for part in changes.chunks_of_bulk(ctx, bulk_id, below=2)] == [1, 0]


async def test_a_struct_is_recorded_as_its_json(ctx: Context) -> None:
    class Shelf(msgspec.Struct):
        shelf_id: UUID
        version: int

    subject_id = new_id()
    shelf = Shelf(subject_id, 2)
    async with ctx.transaction() as tx:
        await changes.record(tx, "shelf", subject_id, 2, None, shelf)
        await changes.record(tx, "shelf", subject_id, 3, shelf, Shelf(subject_id, 3))
    was = await changes.version_before(ctx, "shelf", subject_id, Shelf(subject_id, 3), 2)
    assert was == {"shelf_id": str(subject_id), "version": 2}


async def test_a_shop_sees_no_history_of_another(ctx: Context, another_ctx: Context) -> None:
    subject_id, bulk_id = new_id(), new_id()
    await record(ctx, subject_id, None, mug(1))
    await record(ctx, subject_id, mug(1), mug(2))
    await record_bulk(ctx, bulk_id, 0, (subject_id, mug(2), mug(3)))
    assert await history(another_ctx, subject_id) == []
    assert [part async for part in changes.chunks_of_bulk(another_ctx, bulk_id)] == []
    cursor = (await changes.history_of(ctx, "product", subject_id, limit=1)).next_cursor
    with pytest.raises(InvalidCursor):
        await changes.history_of(another_ctx, "product", subject_id, cursor)
    with pytest.raises(InvalidCursor):
        await changes.history_of(ctx, "product", new_id(), cursor)
    for table in ("change", "bulk_change"):
        everything = f"SELECT count(*) FROM changes.{table} WHERE $1 IS NOT NULL"
        assert await another_ctx.read_value(everything) == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with another_ctx.transaction() as tx:
            await tx.execute(
                "INSERT INTO changes.change SELECT $2, 'a', 'b', 1, gen_random_uuid(), 'changed',"
                " now(), 'k', 'x', 'r', '', ''::bytea, NULL WHERE $1 > 0",
                ctx.tenant.tenant_id,
            )


async def test_what_is_forgotten_is_in_no_history_and_the_rest_stays(ctx: Context) -> None:
    gone, stays, bulk_id = new_id(), new_id(), new_id()
    for each in (gone, stays):
        await record(ctx, each, None, mug(1))
    await record_bulk(ctx, bulk_id, 0, (gone, mug(1), mug(2)), (stays, mug(1), mug(2)))
    async with ctx.transaction() as tx:
        await changes.forget(tx, "product", gone)
    assert await history(ctx, gone) == []
    assert [each.version for each in await history(ctx, stays)] == [2, 1]
    (part,) = [part async for part in changes.chunks_of_bulk(ctx, bulk_id)]
    assert part.subject_count == 1
    assert list(changes.unpack(part)) == [stays]


async def test_old_versions_go_once_replaced_long_ago_and_the_newest_stays(ctx: Context) -> None:
    subject_id, other = new_id(), new_id()
    await record(ctx, other, None, mug(1))
    await record(ctx, subject_id, None, mug(1))
    await record(later(ctx, days=10), subject_id, mug(1), mug(2, price=2))
    await record_bulk(ctx, new_id(), 0, (other, mug(1), mug(2)))
    await record(later(ctx, days=700), subject_id, mug(2, price=2), mug(3, price=3))

    await forget_old_changes(later(ctx, days=739))
    assert [each.version for each in await history(ctx, subject_id)] == [3, 2, 1]
    await forget_old_changes(later(ctx, days=741))
    assert [each.version for each in await history(ctx, subject_id)] == [3, 2]
    assert [each.version for each in await history(ctx, other)] == [1]
    await forget_old_changes(later(ctx, days=9_999))
    assert [each.version for each in await history(ctx, subject_id)] == [3]


async def test_an_operator_says_how_long_the_history_is_kept(ctx: Context) -> None:
    engines = replace(ctx.engines, room_settings={ChangesSettings: ChangesSettings(keep_days=5)})
    subject_id = new_id()
    await record(ctx, subject_id, None, mug(1))
    await record(ctx, subject_id, mug(1), mug(2))
    in_a_week = later(ctx, days=7)
    in_a_week.engines = engines
    await forget_old_changes(in_a_week)
    assert [each.version for each in await history(ctx, subject_id)] == [2]


async def test_the_way_back_does_not_lead_across_bulk_work_that_is_gone(ctx: Context) -> None:
    subject_id = new_id()
    await record(ctx, subject_id, mug(1), mug(2, price=2))
    await record_bulk(ctx, new_id(), 0, (subject_id, mug(2, price=2), mug(3, price=3)))
    after = later(ctx, days=800)
    await record(after, subject_id, mug(3, price=3), mug(4, price=4))
    await forget_old_changes(after)

    assert [each.version for each in await history(ctx, subject_id)] == [4, 2]
    now = mug(4, price=4)
    assert await changes.version_before(after, "product", subject_id, now, 3) == mug(3, price=3)
    with pytest.raises(VersionNotKept):
        await changes.version_before(after, "product", subject_id, now, 2)


async def _lines(parts: AsyncIterator[bytes]) -> list[Tree]:
    return [msgspec.json.decode(line) async for part in parts for line in part.splitlines()]


async def test_a_shop_takes_its_history_along_and_erases_it(
    ctx: Context, another_ctx: Context
) -> None:
    assert ROOM.export is not None and ROOM.erase is not None
    first, second = new_id(), new_id()
    await record(ctx, first, None, mug(1))
    await record(ctx, first, mug(1), mug(2))
    await record_bulk(ctx, new_id(), 0, (first, mug(2), mug(3)), (second, None, mug(1)))
    await record(another_ctx, second, None, mug(1))

    lines = await _lines(ROOM.export(ctx))
    assert [(line["subject_id"], line["version"]) for line in lines[:3]] == [
        (str(first), 1),
        (str(first), 2),
        (str(first), 3),
    ]
    assert len(lines) == 4
    await ROOM.erase(ctx)
    assert await _lines(ROOM.export(ctx)) == []
    assert len(await history(another_ctx, second)) == 1


async def test_the_history_is_read_over_http_with_the_scope_of_the_diary(ctx: Context) -> None:
    subject_id = new_id()
    await record(ctx, subject_id, None, mug(1))
    await record(ctx, subject_id, mug(1), mug(2, tags=["new"]), note="why")
    path = f"/admin/v1/changes/product/{subject_id}"

    async with client_of(ROOM.routes, acting_with(ctx, "audit:read")) as client:
        answer = await client.get(path, params={"limit": 1})
        assert answer.status_code == 200, answer.text
        (change,) = answer.json()["items"]
        assert (change["version"], change["note"]) == (2, "why")
        assert {"path": "tags", "kind": "added", "after": ["new"]} in change["differences"]
        following = await client.get(path, params={"cursor": answer.json()["next_cursor"]})
        assert [each["version"] for each in following.json()["items"]] == [1]
        wrong = await client.get(path, params={"cursor": "made-up"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_cursor")
        assert (await client.get("/admin/v1/changes/Product/1")).status_code == 422
        nothing = await client.get(f"/admin/v1/changes/product/{new_id()}")
        assert (nothing.status_code, nothing.json()["code"]) == (404, "history_not_found")
    async with client_of(ROOM.routes, acting_with(ctx, "products:read")) as client:
        assert (await client.get(path)).status_code == 403
