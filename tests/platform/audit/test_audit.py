"""The diary is written with the change, read page by page, and never rewritten."""

import asyncpg
import pytest

from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import audit
from galleria.platform.audit.model import Entry, check_entry
from galleria.platform.audit.room import ROOM
from tests.platform.conftest import acting_with, client_of


async def write(ctx: Context, *actions: str, subject: str = "thing:1") -> None:
    for action in actions:
        async with ctx.transaction() as tx:
            await audit.record(tx, action, subject, {"by": "test"})


async def actions_of(ctx: Context) -> list[str]:
    return [entry.action for entry in (await audit.list_entries(ctx)).items]


async def test_an_entry_says_who_did_what_to_which_thing_and_when(ctx: Context) -> None:
    await write(acting_with(ctx, "*"), "things.made")

    (entry,) = (await audit.list_entries(ctx)).items
    assert (entry.actor_kind, entry.actor_id) == ("key", "a-key")
    assert (entry.action, entry.subject, entry.detail) == ("things.made", "thing:1", {"by": "test"})
    assert entry.at == ctx.now
    assert entry.request_id == ctx.request_id


async def test_an_entry_goes_when_its_transaction_goes(ctx: Context) -> None:
    with pytest.raises(ZeroDivisionError):
        async with ctx.transaction() as tx:
            await audit.record(tx, "things.made", "thing:1")
            raise ZeroDivisionError

    assert await actions_of(ctx) == []


async def test_pages_go_from_the_newest_to_the_oldest_without_gap_or_repeat(ctx: Context) -> None:
    await write(ctx, *(f"things.step_{number}" for number in range(7)))

    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await audit.list_entries(ctx, cursor, limit=3)
        seen += [entry.action for entry in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"things.step_{number}" for number in range(6, -1, -1)]


async def test_a_full_last_page_has_no_next_one(ctx: Context) -> None:
    await write(ctx, "things.one", "things.two")

    assert (await audit.list_entries(ctx, limit=2)).next_cursor is None


async def test_entries_can_be_listed_by_their_subject(ctx: Context) -> None:
    await write(ctx, "things.made", subject="thing:1")
    await write(ctx, "things.lost", subject="thing:2")

    page = await audit.list_entries(ctx, subject="thing:2")
    assert [entry.action for entry in page.items] == ["things.lost"]


async def test_a_cursor_of_one_list_does_not_lead_into_another(ctx: Context) -> None:
    await write(ctx, "things.one", "things.two", subject="thing:1")

    cursor = (await audit.list_entries(ctx, limit=1, subject="thing:1")).next_cursor
    assert (await audit.list_entries(ctx, cursor, subject="thing:1")).items
    with pytest.raises(InvalidCursor):
        await audit.list_entries(ctx, cursor, subject="thing:2")


async def test_a_shop_sees_no_entry_of_another_and_cannot_use_its_cursor(
    ctx: Context, another_ctx: Context
) -> None:
    await write(ctx, "things.one", "things.two")
    await write(another_ctx, "things.foreign")

    assert await actions_of(another_ctx) == ["things.foreign"]
    cursor = (await audit.list_entries(ctx, limit=1)).next_cursor
    with pytest.raises(InvalidCursor):
        await audit.list_entries(another_ctx, cursor)


async def test_raw_sql_in_another_shop_reads_and_writes_nothing_of_this_one(
    ctx: Context, another_ctx: Context
) -> None:
    await write(ctx, "things.made")

    everything = "SELECT count(*) FROM audit.entry WHERE $1 IS NOT NULL"
    assert await another_ctx.read_value(everything) == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with another_ctx.transaction() as tx:
            await tx.execute(
                "INSERT INTO audit.entry SELECT $2, gen_random_uuid(), now(), 'key', 'x', 'a.b',"
                " 'a:b', '{}', 'r' WHERE $1 > 0",
                ctx.tenant.tenant_id,
            )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit.entry SET action = 'things.unmade' WHERE tenant_id = $1",
        "DELETE FROM audit.entry WHERE tenant_id = $1",
    ],
)
async def test_the_app_role_cannot_change_what_was_written(ctx: Context, statement: str) -> None:
    await write(ctx, "things.made")

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        async with ctx.transaction() as tx:
            await tx.execute(statement)
    assert await actions_of(ctx) == ["things.made"]


@pytest.mark.parametrize(
    ("action", "subject", "detail"),
    [
        ("made", "thing:1", {}),
        ("things.made", "thing", {}),
        ("things.made", "thing:1", {"much": "x" * 20_000}),
    ],
)
def test_a_malformed_entry_is_a_bug_of_its_author(
    ctx: Context, action: str, subject: str, detail: dict[str, str]
) -> None:
    entry = Entry(
        entry_id=new_id(),
        at=ctx.now,
        actor_kind="system",
        actor_id="x",
        action=action,
        subject=subject,
        detail=detail,
        request_id="r",
    )
    with pytest.raises(AssertionError):
        check_entry(entry)


async def test_the_diary_is_read_over_http_with_its_own_scope(ctx: Context) -> None:
    await write(ctx, "things.made", "things.sold")

    async with client_of(ROOM.routes, acting_with(ctx, "audit:read")) as client:
        response = await client.get(
            "/admin/v1/audit", params={"limit": 1, "filter[subject]": "thing:1"}
        )
        assert response.status_code == 200, response.text
        assert [item["action"] for item in response.json()["items"]] == ["things.sold"]
        assert response.json()["next_cursor"]
        assert (await client.get("/admin/v1/audit", params={"limit": 101})).status_code == 422
        wrong = await client.get("/admin/v1/audit", params={"cursor": "made-up"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_cursor")
    async with client_of(ROOM.routes, acting_with(ctx, "keys:read")) as client:
        assert (await client.get("/admin/v1/audit")).status_code == 403
