"""One answer for many who ask at once, the old one while a new one is made, and in need."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from galleria.faces.gateway import Apps, Gateway, Hosts
from galleria.faces.gateway.model import GatewaySettings
from galleria.faces.gateway.response_cache import MOST_BODY_BYTES
from galleria.foundation.routing import CONTEXT_KEY
from tests.faces.gateway.door import API_HOST, PROBLEM, Client, Door, ShopScene

PATH = "/store/v1/window"
KEEP = b"public, max-age=0, s-maxage=5, stale-while-revalidate=5, stale-if-error=60"


class Rooms:
    """Rooms whose answers a test decides: it is as slow, as wrong and as long-lived as is said."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = [(b"cache-control", KEEP)]
        self.shown = ["listing-page"]
        self.status, self.body, self.times = 200, b"one", 0
        self.may_go = asyncio.Event()
        self.may_go.set()
        self.was_cancelled = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.times += 1
        status, body = self.status, self.body
        try:
            await self.may_go.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        scope[CONTEXT_KEY].note_shown(*self.shown)
        headers = [*self.headers, (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def rooms() -> Rooms:
    return Rooms()


class Time:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def gateway_of(door: Door, rooms: Rooms, time: Time, **settings: Any) -> Gateway:
    engines = replace(door.engines, room_settings={GatewaySettings: GatewaySettings(**settings)})
    hosts = Hosts("admin.shops.example", frozenset({API_HOST}))
    gateway = Gateway(engines, hosts, Apps(rooms, rooms, rooms))
    gateway.cache.clock = time
    return gateway


@pytest.fixture
def gateway(door: Door, rooms: Rooms, time: Time) -> Gateway:
    """The door before those rooms."""
    return gateway_of(door, rooms, time)


@pytest.fixture
async def shopper(door: Door, gateway: Gateway, shop: ShopScene) -> AsyncIterator[Client]:
    async with asking(door, gateway, shop) as client:
        yield client


@asynccontextmanager
async def asking(door: Door, gateway: Gateway, shop: ShopScene) -> AsyncIterator[Client]:
    async with Door(gateway, door.engines).client(shop.host) as client:
        yield client


async def text(shopper: Client, **options: Any) -> str:
    return (await shopper.get(PATH, **options)).text


async def asked(rooms: Rooms, times: int) -> None:
    async with asyncio.timeout(30):
        while rooms.times < times:
            await asyncio.sleep(0.005)


async def test_however_many_ask_at_once_it_is_made_once(rooms: Rooms, shopper: Client) -> None:
    rooms.may_go.clear()
    waiting = [asyncio.create_task(text(shopper)) for _ in range(20)]
    await asked(rooms, 1)
    await asyncio.sleep(0.05)
    rooms.may_go.set()
    assert await asyncio.gather(*waiting) == ["one"] * 20
    assert rooms.times == 1


async def test_whoever_asks_after_a_change_does_not_get_what_was_begun_before(
    rooms: Rooms, gateway: Gateway, shopper: Client, shop: ShopScene
) -> None:
    rooms.may_go.clear()
    before = asyncio.create_task(text(shopper))
    await asked(rooms, 1)
    rooms.body = b"two"
    gateway.cache.forget_things(shop.ctx.tenant.tenant_id, ["listing-page"])
    after = asyncio.create_task(text(shopper))
    await asyncio.sleep(0.05)
    rooms.may_go.set()
    assert (await before, await after) == ("one", "two")
    assert await text(shopper) == "two"


async def test_the_old_answer_is_shown_once_more_while_a_new_one_is_made(
    rooms: Rooms, time: Time, shopper: Client
) -> None:
    assert await text(shopper) == "one"
    rooms.body, time.now = b"two", 6.0
    assert await text(shopper) == "one"
    await asked(rooms, 2)
    await asyncio.sleep(0.05)
    assert (await text(shopper), rooms.times) == ("two", 2)
    rooms.body, time.now = b"three", 17.0
    assert await text(shopper) == "three", "too old to be shown at all"


async def test_in_need_the_old_answer_is_better_than_none(
    rooms: Rooms, time: Time, shopper: Client
) -> None:
    assert await text(shopper) == "one"
    rooms.status, rooms.body, time.now = 503, b"gone", 30.0
    answer = await shopper.get(PATH)
    assert (answer.status_code, answer.text) == (200, "one")
    assert answer.headers["cache-control"] == "no-store"
    time.now = 70.0
    assert (await shopper.get(PATH)).status_code == 503


async def test_what_changed_does_not_come_back_in_need(
    rooms: Rooms, gateway: Gateway, shopper: Client, shop: ShopScene
) -> None:
    assert await text(shopper) == "one"
    gateway.cache.forget_things(shop.ctx.tenant.tenant_id, ["listing-page"])
    rooms.status = 503
    assert (await shopper.get(PATH)).status_code == 503


@pytest.mark.parametrize("status", [201, 204, 301, 304, 404, 422, 500, 503])
async def test_nothing_but_success_is_kept(rooms: Rooms, shopper: Client, status: int) -> None:
    rooms.status = status
    for times in (1, 2):
        assert (await shopper.get(PATH)).status_code == status
        assert rooms.times == times


async def test_what_sets_a_cookie_is_kept_for_nobody(rooms: Rooms, shopper: Client) -> None:
    rooms.headers.append((b"set-cookie", b"who=ana"))
    assert [await text(shopper) for _ in range(2)] == ["one"] * 2
    assert rooms.times == 2


async def test_what_is_too_large_to_keep_comes_whole_and_once(
    rooms: Rooms, shopper: Client
) -> None:
    rooms.body = b"x" * (MOST_BODY_BYTES + 1)
    for times in (1, 2):
        answer = await shopper.get(PATH)
        assert answer.content == rooms.body
        assert answer.headers.get_list("x-frame-options") == ["DENY"]
        assert rooms.times == times


async def test_a_kept_answer_has_a_tag_and_says_what_it_shows(
    rooms: Rooms, shopper: Client, shop: ShopScene
) -> None:
    rooms.shown = ["product:1", "listing-page", "product:1"]
    for _ in range(2):
        answer = await shopper.get(PATH)
        tenant = f"shop:{shop.ctx.tenant.tenant_id}"
        assert answer.headers["surrogate-key"].split() == [
            tenant,
            f"{tenant}/product:1",
            f"{tenant}/listing-page",
        ]
        assert answer.headers["vary"] == "galleria-version, x-galleria-shop"
        same = await shopper.get(PATH, headers={"If-None-Match": answer.headers["etag"]})
        assert (same.status_code, same.content) == (304, b"")
    assert rooms.times == 1
    assert (await shopper.head(PATH)).content == b""


async def test_versions_and_addresses_are_kept_apart(rooms: Rooms, shopper: Client) -> None:
    for headers in ({}, {"Galleria-Version": "2026-11-22"}, {"Accept-Language": "de"}):
        rooms.body = repr(headers).encode()
        assert await text(shopper, headers=headers) == repr(headers)
    rooms.body = b"more"
    assert await text(shopper, params={"a": "b"}) == "more"
    assert await text(shopper) == "{}"


async def test_what_takes_too_long_is_given_up_and_ends(
    door: Door, rooms: Rooms, time: Time, shop: ShopScene
) -> None:
    rooms.may_go.clear()
    hasty = gateway_of(door, rooms, time, read_s=0.5, write_s=0.5, admin_s=0.5)
    async with asking(door, hasty, shop) as shopper:
        for method, path in (("GET", PATH), ("POST", "/store/v1/carts"), ("GET", "/page")):
            rooms.was_cancelled = False
            answer = await shopper.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (503, "request_timed_out")
            assert answer.headers["retry-after"] == "5"
            assert answer.headers["content-type"] == PROBLEM
            assert rooms.was_cancelled
        rooms.may_go.set()
        assert await text(shopper) == "one"
