"""Redirects as a shop keeps them: made, merged, found, counted, and gone."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from galleria.content import redirects
from galleria.content.redirects import (
    HitCounter,
    InvalidRedirect,
    Move,
    Redirect,
    RedirectChanges,
    RedirectDraft,
    RedirectExists,
    RedirectLoop,
    RedirectNotFound,
)
from galleria.content.redirects.room import ROOM
from galleria.engines.context import Context
from galleria.engines.event_log import Subscription
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import audit
from tests.platform.conftest import acting_with, client_of


async def create(ctx: Context, from_path: str, to: str = "", **more: Any) -> Redirect:
    return await redirects.create_redirect(ctx, RedirectDraft(from_path=from_path, to=to, **more))


async def merge(ctx: Context, *pairs: tuple[str, str]) -> list[tuple[str, str]]:
    drafts = [RedirectDraft(from_path=old, to=new) for old, new in pairs]
    async with ctx.transaction() as tx:
        outcomes = await redirects.merge_redirects(tx, drafts)
    return [(each.outcome, each.code) for each in outcomes]


async def move(ctx: Context, *moves: Move) -> None:
    async with ctx.transaction() as tx:
        await redirects.moved(tx, list(moves))


async def ends(ctx: Context) -> dict[str, str | UUID | None]:
    """Where each old address leads."""
    page = await redirects.list_redirects(ctx, limit=100)
    return {each.from_path: each.to or each.target_id for each in page.items}


async def test_an_old_address_leads_on(ctx: Context) -> None:
    made = await create(ctx, "/Old/Page/?utm=1", "/new?x=1", is_permanent=False)
    assert (made.from_path, made.to, made.source) == ("/Old/Page", "/new?x=1", "manual")
    for asked in ("/Old/Page", "/Old/Page/", "//Old//Page"):
        found = await redirects.resolve(ctx, asked)
        assert found == made
    for asked in ("/old/page", "/new", "/", "/a/../b"):
        assert await redirects.resolve(ctx, asked) is None


async def test_an_address_without_a_redirect_is_asked_for_once(ctx: Context) -> None:
    assert await redirects.resolve(ctx, "/nowhere") is None
    async with ctx.transaction() as tx:
        await tx.execute(
            "INSERT INTO redirects.redirect (tenant_id, from_path, target_kind, to_path,"
            " is_permanent, source, created_at)"
            " VALUES ($1, '/nowhere', 'path', '/x', true, 'manual', now())"
        )
    assert await redirects.resolve(ctx, "/nowhere") is None, "it is remembered for some seconds"


async def test_a_new_redirect_holds_at_once_though_its_absence_was_remembered(
    ctx: Context,
) -> None:
    assert await redirects.resolve(ctx, "/old") is None
    await create(ctx, "/old", "/new")
    found = await redirects.resolve(ctx, "/old")
    assert found is not None
    await redirects.remove_redirects(ctx, ["/old"])
    assert await redirects.resolve(ctx, "/old") is None


async def test_another_site_is_marked(ctx: Context) -> None:
    made = await create(ctx, "/blog", "https://blog.example.com/x")
    assert (made.is_external, made.to) == (True, "https://blog.example.com/x")
    with pytest.raises(InvalidRedirect):
        await create(ctx, "/evil", "http://blog.example.com")


@pytest.mark.parametrize(
    "end",
    [
        {},
        {"target_kind": "product"},
        {"target_id": new_id()},
        {"to": "/x", "target_kind": "product", "target_id": new_id()},
    ],
)
async def test_a_redirect_leads_to_one_place(ctx: Context, end: dict[str, Any]) -> None:
    with pytest.raises(InvalidRedirect):
        await create(ctx, "/old", **end)


async def test_one_address_has_one_redirect_and_none_leads_in_a_circle(ctx: Context) -> None:
    await create(ctx, "/a", "/b")
    with pytest.raises(RedirectExists):
        await create(ctx, "/a/", "/c")
    for old, new in (("/b", "/a"), ("/c", "/c")):
        with pytest.raises(RedirectLoop):
            await create(ctx, old, new)
    await create(ctx, "/b", "/c")
    assert await ends(ctx) == {"/a": "/c", "/b": "/c"}
    await create(ctx, "/0", "/a")
    assert (await ends(ctx))["/0"] == "/c"


async def test_a_redirect_is_changed_in_part(ctx: Context) -> None:
    await create(ctx, "/a", "/b")
    await create(ctx, "/0", "/a")
    after = await redirects.change_redirect(ctx, "/a", RedirectChanges(is_permanent=False))
    assert (after.to, after.is_permanent) == ("/b", False)
    product_id = new_id()
    after = await redirects.change_redirect(
        ctx, "/a", RedirectChanges(target_kind="product", target_id=product_id)
    )
    assert (after.target_id, after.to, after.is_permanent) == (product_id, None, False)
    with pytest.raises(RedirectLoop):
        await redirects.change_redirect(ctx, "/a", RedirectChanges(to="/a"))
    with pytest.raises(RedirectNotFound):
        await redirects.change_redirect(ctx, "/none", RedirectChanges(to="/b"))


async def test_a_file_of_redirects_goes_in_at_once_and_tells_what_became_of_each(
    ctx: Context,
) -> None:
    await create(ctx, "/kept", "/same")
    assert await merge(
        ctx,
        ("/a", "/b"),
        ("/b", "/c"),
        ("/kept", "/same"),
        ("/c", "/a"),
        ("//evil.example", "/x"),
        ("/x", "javascript:alert(1)"),
        ("/d", "/e"),
        ("/d", "/f"),
        ("/same", "/other"),
    ) == [
        ("created", ""),
        ("created", ""),
        ("unchanged", ""),
        ("refused", "redirect_loop"),
        ("refused", "foreign_address"),
        ("refused", "insecure_target"),
        ("created", ""),
        ("changed", ""),
        ("created", ""),
    ]
    assert await ends(ctx) == {
        "/a": "/c",
        "/b": "/c",
        "/d": "/f",
        "/kept": "/other",
        "/same": "/other",
    }
    assert set(await merge(ctx, ("/a", "/b"), ("/d", "/f"))) == {("unchanged", "")}


async def test_a_thing_that_moves_leaves_its_address_behind_and_it_is_safe_to_repeat(
    ctx: Context,
) -> None:
    product_id = new_id()
    await create(ctx, "/campaign", "/products/mug")
    for _ in range(2):
        await move(ctx, Move("product", product_id, "/products/mug", "/products/cup"))
        assert await ends(ctx) == {"/campaign": product_id, "/products/mug": product_id}
    await move(ctx, Move("product", product_id, "/products/cup", "/products/mug"))
    assert await ends(ctx) == {"/campaign": product_id, "/products/cup": product_id}


async def test_two_things_that_swap_their_addresses_leave_none_behind(ctx: Context) -> None:
    one, other = new_id(), new_id()
    await move(
        ctx,
        Move("category", one, "/categories/a", "/categories/b"),
        Move("category", other, "/categories/b", "/categories/a"),
    )
    assert await ends(ctx) == {}
    await move(ctx)


async def test_two_hands_at_once_close_no_circle(ctx: Context, another_ctx: Context) -> None:
    second = Context(ctx.engines, ctx.tenant, ctx.actor, "second")
    results = await asyncio.gather(
        create(ctx, "/a", "/b"), create(second, "/b", "/a"), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["Redirect", "RedirectLoop"]


async def test_a_list_is_turned_page_by_page_and_searched_by_how_addresses_begin(
    ctx: Context, another_ctx: Context
) -> None:
    await merge(ctx, *((f"/old/{number}", "/new") for number in range(7)), ("/pages/a", "/b"))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await redirects.list_redirects(ctx, "old/", cursor, 3)
        seen += [each.from_path for each in page.items]
        cursor = page.next_cursor or None
        if cursor is None:
            break
        with pytest.raises(InvalidCursor):
            await redirects.list_redirects(ctx, "/pages", cursor)
        with pytest.raises(InvalidCursor):
            await redirects.list_redirects(another_ctx, "old/", cursor)
    assert seen == [f"/old/{number}" for number in range(7)]


async def table(parts: AsyncIterator[bytes]) -> list[dict[str, str]]:
    text = b"".join([part async for part in parts]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


async def test_the_table_goes_in_again_as_it_came_out(ctx: Context, another_ctx: Context) -> None:
    product_id = new_id()
    await merge(ctx, ("/a", "/küche?x=1"), ("/b", "https://www.example.com/x"))
    await create(ctx, "/c", target_kind="product", target_id=product_id, is_permanent=False)
    rows = await table(redirects.export_redirects(ctx))
    assert rows[0]["Redirect to"] == "/k%C3%BCche?x=1"
    assert (rows[2]["Target id"], rows[2]["Permanent"]) == (str(product_id), "false")
    await merge(another_ctx, *((r["Redirect from"], r["Redirect to"]) for r in rows[:2]))
    assert (await table(redirects.export_redirects(another_ctx))) == [
        {**row, "Source": "import"} for row in rows[:2]
    ]


async def test_hits_are_counted_in_memory_and_written_together(
    ctx: Context, another_ctx: Context
) -> None:
    for each in (ctx, another_ctx):
        await merge(each, ("/a", "/b"), ("/c", "/b"))
    counter = HitCounter(write_after_s=3600.0)
    for _ in range(5):
        counter.note(ctx, "/a")
    counter.note(ctx, "/gone")
    counter.note(another_ctx, "/c")
    assert [each.hits for each in (await redirects.list_redirects(ctx)).items] == [0, 0]
    await counter.write(ctx.engines)
    first = (await redirects.list_redirects(ctx)).items[0]
    assert (first.hits, first.last_hit_on) == (5, ctx.now.date())
    other = (await redirects.list_redirects(another_ctx)).items
    assert [(each.from_path, each.hits) for each in other] == [("/a", 0), ("/c", 1)]
    counter.note(ctx, "/a")
    await counter.write(ctx.engines)
    await redirects.change_redirect(ctx, "/a", RedirectChanges(to="/x"))
    kept = (await redirects.list_redirects(ctx)).items[0]
    assert (kept.hits, kept.to) == (6, "/x")
    assert isinstance(kept.last_hit_on, date)


async def test_hits_are_written_by_themselves_after_a_while(ctx: Context) -> None:
    await merge(ctx, ("/a", "/b"))
    HitCounter(write_after_s=0.01).note(ctx, "/a")
    async with asyncio.timeout(30):
        while not (await redirects.list_redirects(ctx)).items[0].hits:
            await asyncio.sleep(0.01)


async def test_what_changes_is_told_and_stands_in_the_diary(
    ctx: Context, drain: Callable[..., Awaitable[int]]
) -> None:
    heard: list[tuple[str, list[str]]] = []

    async def hear(_: Context, __: object, batch: list[Any]) -> None:
        # Delivery begins at the first event of the log: those of other shops come as well.
        told = [each.payload for each in batch if each.tenant_id == ctx.tenant.tenant_id]
        heard.extend((each["reason"], sorted(each["paths"])) for each in told)

    listener = Subscription(f"test.{new_id().hex}", "redirects.redirects_changed.v1", dict, hear)
    await create(ctx, "/a", "/b")
    await create(ctx, "/b", "/c")
    await redirects.change_redirect(ctx, "/b", RedirectChanges(to="/c"))
    await merge(ctx, ("/x", "/y"), ("/z", "/y"))
    await merge(ctx, ("/x", "/y"))
    await move(ctx, Move("product", new_id(), "/p", "/x"))
    await redirects.remove_redirects(ctx, ["/a", "/a/", "/none"])
    await redirects.remove_redirects(ctx, ["/none"])
    await drain(listener)
    assert heard == [
        ("created", ["/a"]),
        ("created", ["/a", "/b"]),
        ("merged", ["/x", "/z"]),
        ("moved", ["/p"]),
        ("moved", ["/x"]),
        ("removed", ["/a"]),
    ]
    entries = (await audit.list_entries(ctx)).items
    assert [(each.action, each.subject) for each in entries] == [
        ("redirects.redirects_removed", "redirect:/a"),
        ("redirects.redirects_merged", "redirect:many"),
        ("redirects.redirect_created", "redirect:/b"),
        ("redirects.redirect_created", "redirect:/a"),
    ]


async def test_a_shop_sees_no_redirect_of_another_and_erases_only_its_own(
    ctx: Context, another_ctx: Context
) -> None:
    assert ROOM.erase is not None
    await create(ctx, "/a", "/b")
    await create(another_ctx, "/c", "/d")
    assert await redirects.resolve(another_ctx, "/a") is None
    everything = "SELECT count(*) FROM redirects.redirect WHERE $1 IS NOT NULL"
    assert await another_ctx.read_value(everything) == 1
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with another_ctx.transaction() as tx:
            await tx.execute(
                "INSERT INTO redirects.redirect (tenant_id, from_path, target_kind, to_path,"
                " is_permanent, source, created_at)"
                " SELECT $2, '/x', 'path', '/y', true, 'manual', now() WHERE $1 > 0",
                ctx.tenant.tenant_id,
            )
    await ROOM.erase(another_ctx)
    assert (await ends(another_ctx), await ends(ctx)) == ({}, {"/a": "/b"})


@pytest.mark.parametrize(
    ("kind", "to_path"),
    [("path", "//evil.example"), ("path", "https://x.example"), ("url", "http://x.example")],
)
async def test_the_table_itself_refuses_a_way_out_of_the_shop(
    ctx: Context, kind: str, to_path: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        async with ctx.transaction() as tx:
            await tx.execute(
                "INSERT INTO redirects.redirect (tenant_id, from_path, target_kind, to_path,"
                " is_permanent, source, created_at)"
                " VALUES ($1, '/x', $2, $3, true, 'manual', now())",
                kind,
                to_path,
            )


async def test_redirects_are_kept_over_http(ctx: Context) -> None:
    path = "/admin/v1/redirects"
    async with client_of(ROOM.routes, acting_with(ctx, "products:read", "products:write")) as api:
        made = await api.post(path, json={"from_path": "/old/ü", "to": "/new"})
        assert made.status_code == 201, made.text
        assert made.json()["from_path"] == "/old/ü"
        again = await api.post(path, json={"from_path": "/old/%C3%BC", "to": "/new"})
        assert (again.status_code, again.json()["code"]) == (409, "redirect_exists")
        loop = await api.post(path, json={"from_path": "/new", "to": "/old/ü"})
        assert (loop.status_code, loop.json()["code"]) == (409, "redirect_loop")
        wrong = await api.post(path, json={"from_path": "/x", "to": "http://x.example"})
        assert wrong.status_code == 422
        assert wrong.json()["errors"][0] | {"message": ""} == {
            "path": "to",
            "code": "insecure_target",
            "message": "",
        }
        changed = await api.patch(path, params={"path": "/old/ü"}, json={"is_permanent": False})
        assert changed.json()["is_permanent"] is False
        missing = await api.patch(path, params={"path": "/none"}, json={})
        assert (missing.status_code, missing.json()["code"]) == (404, "redirect_not_found")
        listed = await api.get(path, params={"filter[prefix]": "/old", "limit": 1})
        assert [each["to"] for each in listed.json()["items"]] == ["/new"]
        sheet = await api.get(f"{path}.csv")
        assert sheet.headers["content-type"].startswith("text/csv")
        assert "/old/ü,/new,path" in sheet.text
        assert (await api.delete(path, params={"path": "/old/ü"})).status_code == 204
        assert (await api.post(f"{path}/remove", json={"paths": ["/a"]})).status_code == 204
        assert (await api.get(path)).json()["items"] == []
    async with client_of(ROOM.routes, acting_with(ctx, "products:read")) as api:
        assert (await api.post(path, json={"from_path": "/a", "to": "/b"})).status_code == 403
        assert (await api.delete(path, params={"path": "/a"})).status_code == 403


async def test_a_headless_shop_asks_where_an_address_leads(ctx: Context) -> None:
    product_id = new_id()
    await create(ctx, "/products/mug", target_kind="product", target_id=product_id)
    async with client_of(ROOM.routes, acting_with(ctx)) as shopper:
        found = await shopper.get("/store/v1/redirects", params={"path": "/products/mug/"})
        assert found.json() == {
            "path": "/products/mug",
            "target_kind": "product",
            "target_id": str(product_id),
            "to": None,
            "is_external": False,
            "is_permanent": True,
        }
        assert "s-maxage=5" in found.headers["cache-control"]
        nothing = await shopper.get("/store/v1/redirects", params={"path": "/none"})
        assert (nothing.status_code, nothing.json()["code"]) == (404, "redirect_not_found")
        assert (await shopper.get("/store/v1/redirects")).status_code == 422
