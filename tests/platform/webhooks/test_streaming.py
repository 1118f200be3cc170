"""The event stream: in order, nothing lost, nothing twice, and only what the key may read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import msgspec
import pytest

from galleria.engines.context import Context
from galleria.engines.event_log import KEPT_DAYS
from galleria.foundation.clock import ManualClock
from galleria.platform import access, webhooks
from galleria.platform.webhooks import EventsNotKept
from galleria.platform.webhooks.routes import ROUTES
from galleria.platform.webhooks.service import streaming
from tests.platform.conftest import acting_with, client_of
from tests.platform.webhooks.conftest import CHANGED, at_present, changed

SCOPES = ("webhooks:read", "settings:read")


async def publish(ctx: Context, *codes: str) -> None:
    """Channels of these codes were edited, each by a commit of its own."""
    for code in codes:
        async with at_present(ctx).transaction() as tx:
            tx.publish(changed(code))


async def events_of(stream: AsyncIterator[bytes], count: int) -> list[tuple[str, dict[str, Any]]]:
    """The next events of a stream with their ids."""
    found: list[tuple[str, dict[str, Any]]] = []
    async with asyncio.timeout(20):
        while len(found) < count:
            for block in (await anext(stream)).decode().split("\n\n"):
                lines = dict(line.partition(": ")[::2] for line in block.splitlines())
                if "data" in lines:
                    found.append((lines["id"], msgspec.json.decode(lines["data"])))
    return found


async def test_pages_lead_through_all_that_happened(ctx: Context) -> None:
    await publish(ctx, "a", "b", "c")
    async with client_of(ROUTES, acting_with(at_present(ctx), *SCOPES)) as client:
        first = (await client.get("/admin/v1/events?limit=2")).json()
        assert [each["data"]["code"] for each in first["items"]] == ["a", "b"]
        assert not first["is_last"]
        path = f"/admin/v1/events?after={first['next_after']}"
        second = (await client.get(path)).json()
        assert [each["data"]["code"] for each in second["items"]] == ["c"]
        assert second["is_last"]
        path = f"/admin/v1/events?after={second['next_after']}"
        assert (await client.get(path)).json()["items"] == []
        await publish(ctx, "d")
        assert [each["data"]["code"] for each in (await client.get(path)).json()["items"]] == ["d"]
        after_a = f"/admin/v1/events?after={first['items'][0]['position']}"
        codes = [each["data"]["code"] for each in (await client.get(after_a)).json()["items"]]
        assert codes == ["b", "c", "d"]
        assert (await client.get("/admin/v1/events?after=now")).json()["items"] == []


async def test_other_shops_events_are_not_read(ctx: Context, another_ctx: Context) -> None:
    await publish(another_ctx, "theirs")
    async with client_of(ROUTES, acting_with(at_present(ctx), *SCOPES)) as client:
        assert (await client.get("/admin/v1/events")).json()["items"] == []


async def test_an_open_transaction_holds_back_what_sorts_after_it(ctx: Context) -> None:
    """Else it would appear before what was read already, and never be seen."""
    opened, may_end = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with at_present(ctx).transaction() as tx:
            await tx.fetch_value("SELECT pg_current_xact_id()::text WHERE $1::int IS NOT NULL")
            opened.set()
            await may_end.wait()
            tx.publish(changed("slow"))

    writing = asyncio.create_task(slow())
    await opened.wait()
    await publish(ctx, "fast")
    reader = acting_with(at_present(ctx), *SCOPES)
    page = await webhooks.read_events(reader, [CHANGED], None, 10)
    assert page.items == []
    may_end.set()
    await writing
    page = await webhooks.read_events(reader, [CHANGED], page.next_after, 10)
    assert [each.data["code"] for each in page.items] == ["slow", "fast"]


async def test_a_stream_is_resumed_without_loss_or_repeats(ctx: Context) -> None:
    reader = acting_with(at_present(ctx), *SCOPES)
    # As a session: the key of this test's actor does not exist.
    reader = reader.as_actor(msgspec.structs.replace(reader.actor, kind="system"))
    stream = await webhooks.open_stream(reader, [CHANGED], None)
    async with aclosing(stream):
        assert (await anext(stream)).startswith(b"retry: ")
        await publish(ctx, *(f"a{at}" for at in range(5)))
        first = await events_of(stream, 5)
    await publish(ctx, *(f"b{at}" for at in range(5)))
    last_id = first[2][0]
    stream = await webhooks.open_stream(reader, [CHANGED], last_id)
    async with aclosing(stream):
        await publish(ctx, "c0")
        rest = await events_of(stream, 8)
    codes = [data["data"]["code"] for _, data in [*first[:3], *rest]]
    assert codes == [*(f"a{at}" for at in range(5)), *(f"b{at}" for at in range(5)), "c0"]


async def test_a_revoked_key_hears_no_more(ctx: Context) -> None:
    key = await access.create_key(at_present(ctx), "listener", list(SCOPES))
    reader = acting_with(at_present(ctx), *SCOPES)
    reader = reader.as_actor(msgspec.structs.replace(reader.actor, actor_id=str(key.key_id)))
    assert await streaming._may_stay(reader)
    await access.revoke_key(at_present(ctx), key.key_id)
    assert not await streaming._may_stay(reader)
    stream = await webhooks.open_stream(reader, [CHANGED], None)
    async with asyncio.timeout(streaming.CHECKED_EACH_S + 10):
        assert len([part async for part in stream]) < 5


async def test_what_lies_too_long_back_is_said_to_be_gone(ctx: Context, clock: ManualClock) -> None:
    reader = acting_with(at_present(ctx), *SCOPES)
    page = await webhooks.read_events(reader, [CHANGED], None, 10)
    clock.advance((KEPT_DAYS - 1) * 86_400)
    await webhooks.read_events(reader, [CHANGED], page.next_after, 10)
    clock.advance(2 * 86_400)
    with pytest.raises(EventsNotKept):
        await webhooks.read_events(reader, [CHANGED], page.next_after, 10)


async def test_a_page_looks_at_a_bounded_stretch_and_says_so(ctx: Context) -> None:
    async with at_present(ctx).transaction() as tx:
        tx.publish(*(changed(f"c{at}") for at in range(2_100)))
    await publish(ctx, "end")
    reader = at_present(ctx)
    page = await webhooks.read_events(reader, ["tenants.domains_changed.v1"], None, 10)
    assert (page.items, page.is_last) == ([], False)
    page = await webhooks.read_events(reader, [CHANGED], page.next_after, 100)
    assert [each.data["code"] for each in page.items][-1] == "c2099"
    page = await webhooks.read_events(reader, [CHANGED], page.next_after, 100)
    assert [each.data["code"] for each in page.items] == ["end"]
