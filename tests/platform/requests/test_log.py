"""The log of a key's requests: sampled in a flood, bounded for each key, and one shop's own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from galleria.engines.context import Context, Engines
from galleria.engines.notebook import Notebook
from galleria.engines.sql import Access, Cells, Database
from galleria.foundation.clock import ManualClock
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import access, requests
from galleria.platform.access import CreatedKey, KeyNotFound
from galleria.platform.requests import RequestFilters, RequestLog, RequestNotKept
from galleria.platform.requests.model.heard import MOST_A_WRITE
from galleria.platform.requests.model.kept import KEPT_DAYS, KEPT_OF_A_KEY
from galleria.platform.requests.room import ROOM
from galleria.platform.requests.service import hearing
from galleria.platform.requests.service.leaving import forget_old
from tests.platform.conftest import acting_with
from tests.platform.requests.asking import heard

PRODUCTS = "/admin/v1/products"


@pytest.fixture
def engines(engines: Engines) -> Engines:
    """The run's engines with a notebook of the test's own, which nobody else writes down."""
    return replace(engines, notebook=Notebook())


async def a_key(ctx: Context, *scopes: str) -> CreatedKey:
    return await access.create_key(ctx, "till", scopes or ["products:read"])


async def test_a_request_is_there_once_the_notes_are_written(ctx: Context) -> None:
    key, log = await a_key(ctx), RequestLog()
    request = heard(PRODUCTS, asked=b'{"title": "Mug"}', answered=b'{"id": 1}', key_id=key.key_id)
    request.duration_ms, request.api_version = 12.345, "2026-11-22"
    log.note(ctx, request)
    assert (await requests.list_requests(ctx, key.key_id)).items == []
    before = datetime.now(UTC)
    await ctx.engines.notebook.write_down()

    (found,) = (await requests.list_requests(ctx, key.key_id)).items
    assert (found.method, found.path, found.status) == ("POST", PRODUCTS, 200)
    assert (found.duration_ms, found.api_version) == (12.35, "2026-11-22")
    assert (found.client, found.agent) == ("192.0.2.0/24", "till/1")
    assert (found.request_bytes, found.answer_bytes, found.left_out) == (16, 9, 0)
    assert found.asked_at >= before - timedelta(seconds=1)
    detail = await requests.get_request(ctx, key.key_id, found.request_id)
    assert detail.shows_bodies
    assert (detail.request_body.text, detail.answer_body.text) == ('{"title": "Mug"}', '{"id": 1}')


async def test_bodies_are_encrypted_where_they_lie(ctx: Context) -> None:
    key = await a_key(ctx)
    RequestLog().note(ctx, heard(PRODUCTS, asked=b'{"title": "teapot"}', key_id=key.key_id))
    await ctx.engines.notebook.write_down()

    sealed = await ctx.read_value("SELECT sealed FROM requests.request WHERE tenant_id = $1")
    assert b"teapot" not in sealed and len(sealed) > 28


async def test_bodies_are_shown_only_to_who_may_do_what_the_key_may(ctx: Context) -> None:
    key = await a_key(ctx, "products:read", "orders:read")
    request = heard(PRODUCTS, answered=b'{"a": 1}', key_id=key.key_id)
    RequestLog().note(ctx, request)
    await ctx.engines.notebook.write_down()

    narrow = acting_with(ctx, "keys:read", "products:read")
    detail = await requests.get_request(narrow, key.key_id, request.request_id)
    assert not detail.shows_bodies
    assert (detail.answer_body.text, detail.headers) == ("", {})
    wide = acting_with(ctx, "keys:read", "products:read", "orders:read")
    detail = await requests.get_request(wide, key.key_id, request.request_id)
    assert detail.answer_body.text == '{"a": 1}'


async def test_no_shop_sees_the_requests_of_another(ctx: Context, another_ctx: Context) -> None:
    key, log = await a_key(ctx), RequestLog()
    request = heard(PRODUCTS, key_id=key.key_id)
    log.note(ctx, request)
    await ctx.engines.notebook.write_down()

    with pytest.raises(KeyNotFound):
        await requests.list_requests(another_ctx, key.key_id)
    with pytest.raises(KeyNotFound):
        await requests.get_request(another_ctx, key.key_id, request.request_id)
    sql = "SELECT count(*) FROM requests.request WHERE tenant_id = $1"
    assert (await another_ctx.read_value(sql), await ctx.read_value(sql)) == (0, 1)


async def test_requests_are_found_by_status_method_path_and_code_and_paged(ctx: Context) -> None:
    key, log = await a_key(ctx), RequestLog()
    for n in range(6):
        request = heard(f"{PRODUCTS}/{n}", method="GET" if n % 2 else "POST", key_id=key.key_id)
        if n > 3:
            request.answered.add(b'{"code": "product_not_found"}')
            request.begin_answer(404, [(b"content-type", b"application/problem+json")])
        log.note(ctx, request)
    await ctx.engines.notebook.write_down()

    async def paths(**filters: object) -> list[str]:
        wanted = msgspec.convert(filters, RequestFilters)
        page = await requests.list_requests(ctx, key.key_id, wanted)
        return [each.path[-1] for each in page.items]

    assert await paths() == ["5", "4", "3", "2", "1", "0"]
    assert await paths(status_class=4) == ["5", "4"]
    assert await paths(status_class=2, method="GET") == ["3", "1"]
    assert await paths(path_prefix=f"{PRODUCTS}/5") == ["5"]
    assert await paths(code="product_not_found") == ["5", "4"]
    assert await paths(code="other") == []

    first = await requests.list_requests(ctx, key.key_id, limit=4)
    assert first.next_cursor is not None
    rest = await requests.list_requests(ctx, key.key_id, cursor=first.next_cursor, limit=4)
    assert [each.path[-1] for each in rest.items] == ["1", "0"] and rest.next_cursor is None
    with pytest.raises(InvalidCursor):
        wanted = RequestFilters(method="GET")
        await requests.list_requests(ctx, key.key_id, wanted, first.next_cursor)


async def test_in_a_flood_some_are_kept_and_the_others_counted(ctx: Context) -> None:
    key, log = await a_key(ctx), RequestLog(clock=lambda: 0.0)
    for n in range(MOST_A_WRITE + 30):
        log.note(ctx, heard(f"{PRODUCTS}/{n}", key_id=key.key_id))
    failed = heard(f"{PRODUCTS}/failed", key_id=key.key_id, status=500)
    log.note(ctx, failed)
    await ctx.engines.notebook.write_down()

    page = await requests.list_requests(ctx, key.key_id, limit=100)
    assert len(page.items) == MOST_A_WRITE + 1
    assert page.items[0].request_id == failed.request_id, "failures have places of their own"
    assert sum(each.left_out for each in page.items) == 30


async def test_a_process_looks_at_so_many_requests_and_bodies_a_second(ctx: Context) -> None:
    seconds = [0.0]
    log = RequestLog(clock=lambda: seconds[0])
    held = [log.may_hold() for _ in range(hearing.MOST_BODIES_A_SECOND + 5)]
    assert held.count(False) == 5
    keys = [await a_key(ctx) for _ in range(2)]
    log._noted = hearing.MOST_A_SECOND - 1
    for key in keys:
        log.note(ctx, heard(PRODUCTS, key_id=key.key_id))
    seconds[0] = 1.0
    assert log.may_hold(), "another second"
    await ctx.engines.notebook.write_down()

    kept = [len((await requests.list_requests(ctx, key.key_id)).items) for key in keys]
    assert kept == [1, 0]


async def test_no_more_than_the_last_few_hundred_of_a_key_are_kept(ctx: Context) -> None:
    key, other, log = await a_key(ctx), await a_key(ctx), RequestLog(clock=lambda: 0.0)
    log.note(ctx, heard(PRODUCTS, key_id=other.key_id))
    rounds = KEPT_OF_A_KEY // MOST_A_WRITE + 1
    for turn in range(rounds):
        log._noted = 0
        for n in range(MOST_A_WRITE):
            log.note(ctx, heard(f"{PRODUCTS}/{turn}-{n}", key_id=key.key_id))
        await ctx.engines.notebook.write_down()

    sql = "SELECT count(*), min(path) FROM requests.request WHERE tenant_id = $1 AND key_id = $2"
    row = await ctx.read_row(sql, key.key_id)
    assert row is not None and row[0] == KEPT_OF_A_KEY
    assert row[1] == f"{PRODUCTS}/1-0", "the oldest are gone"
    assert len((await requests.list_requests(ctx, other.key_id)).items) == 1, "of another key"


async def test_after_three_days_nothing_is_known_of_them(ctx: Context, engines: Engines) -> None:
    key, log = await a_key(ctx), RequestLog()
    log.note(ctx, heard(PRODUCTS, key_id=key.key_id))
    await engines.notebook.write_down()

    async def forget_at(**ago: float) -> int:
        clock = ManualClock(datetime.now(UTC) + timedelta(**ago))
        await forget_old(Context(replace(engines, clock=clock), ctx.tenant, ctx.actor, "later"))
        return len((await requests.list_requests(ctx, key.key_id)).items)

    assert await forget_at(hours=KEPT_DAYS * 24 - 1) == 1
    assert await forget_at(hours=KEPT_DAYS * 24 + 1) == 0


async def test_while_the_database_is_away_requests_are_lost_and_do_not_pile_up(
    ctx: Context, engines: Engines, access: Access
) -> None:
    key, log = await a_key(ctx), RequestLog()
    log.note(ctx, heard(PRODUCTS, key_id=key.key_id))
    await engines.notebook.write_down()
    closed = await Database.open(access)
    await closed.close()
    away = Context(replace(engines, sql=Cells({1: closed})), ctx.tenant, ctx.actor, "away")
    log.note(away, heard(PRODUCTS, key_id=key.key_id))
    await engines.notebook.write_down()
    await engines.notebook.close()

    assert engines.notebook.dropped_count == 0, "none of them still waited"
    assert len((await requests.list_requests(ctx, key.key_id)).items) == 1


async def test_a_request_that_is_not_there_is_said_so(ctx: Context) -> None:
    key = await a_key(ctx)
    with pytest.raises(RequestNotKept):
        await requests.get_request(ctx, key.key_id, "no-such-request")


async def test_a_shop_takes_the_list_along_and_leaves_nothing(ctx: Context) -> None:
    key, log = await a_key(ctx), RequestLog()
    for n in range(3):
        log.note(ctx, heard(f"{PRODUCTS}/{n}", asked=b'{"title": "Mug"}', key_id=key.key_id))
    await ctx.engines.notebook.write_down()
    assert ROOM.export is not None and ROOM.erase is not None

    lines = b"".join([each async for each in ROOM.export(ctx)]).splitlines()
    assert [msgspec.json.decode(each)["request"]["path"][-1] for each in lines] == ["0", "1", "2"]
    assert not any(b"Mug" in each for each in lines)
    await ROOM.erase(ctx)
    assert (await requests.list_requests(ctx, key.key_id)).items == []
