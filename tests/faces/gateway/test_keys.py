"""Keys at the door: where they come from, what their answers say, and how soon they die."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from galleria.app.http import build_gateway
from galleria.engines.nearby import Nearby
from galleria.engines.realtime.hub import Hub
from galleria.engines.realtime.postgres import PostgresJournal
from galleria.engines.sql import Database
from galleria.faces.gateway import VERSIONS
from galleria.foundation.clock import ManualClock
from galleria.foundation.ids import mint_token
from galleria.platform import access
from galleria.platform.access import CreatedKey, KeyTerms, LeakPolicy
from tests.conftest import SECRET
from tests.delays import delays_of_the_machine
from tests.faces.gateway.door import (
    API_HOST,
    PROXY,
    SETTINGS,
    STRANGER,
    Door,
    ShopScene,
    open_shop_scene,
)

ORDERS = "/admin/v1/orders"
OFFICE = "198.51.100.20"


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    """A shop of its own for each test."""
    return await open_shop_scene(door)


async def made(shop: ShopScene, *scopes: str, **terms: object) -> CreatedKey:
    wanted = KeyTerms(**terms)  # type: ignore[arg-type]
    return await access.create_key(shop.ctx, "till", scopes or ["orders:read"], terms=wanted)


async def status(door: Door, key: str, peer: str = STRANGER, **headers: str) -> tuple[int, str]:
    """What an administration's list answers this key from there."""
    async with door.client(peer=peer, authorization=f"Bearer {key}", **headers) as client:
        answer = await client.get(ORDERS)
        return answer.status_code, answer.json().get("code", "")


async def test_a_bound_key_opens_from_its_network_and_what_strangers_forward_is_not_believed(
    door: Door, shop: ShopScene
) -> None:
    key = (await made(shop, allowed_networks=["198.51.100.0/24", "2001:db8::/32"])).key
    denied = (403, "key_address_not_allowed")

    assert await status(door, key, OFFICE) == (200, "")
    assert await status(door, key, STRANGER) == denied
    assert await status(door, key, STRANGER, x_forwarded_for=OFFICE) == denied, "made up"
    assert await status(door, key, PROXY, x_forwarded_for=OFFICE) == (200, "")
    assert await status(door, key, PROXY, x_forwarded_for=f"{STRANGER}, {OFFICE}") == (200, "")
    assert await status(door, key, PROXY, x_forwarded_for=f"{OFFICE}, {STRANGER}") == denied
    assert await status(door, key, PROXY, x_forwarded_for=f"{OFFICE}, 192.0.2.2") == (200, "")
    assert await status(door, key, PROXY, x_forwarded_for="2001:db8::5") == (200, "")
    assert await status(door, key, PROXY, x_forwarded_for="nonsense") == denied
    assert await status(door, key, PROXY) == denied, "a proxy that forwards nothing"


async def test_two_lines_of_forwarded_addresses_are_read_as_one(
    door: Door, shop: ShopScene
) -> None:
    key = (await made(shop, allowed_networks=["198.51.100.0/24"])).key
    async with door.client(peer=PROXY, authorization=f"Bearer {key}") as client:
        for lines, wanted in (((OFFICE, STRANGER), 403), ((STRANGER, OFFICE), 200)):
            answer = await client.get(ORDERS, headers=[("x-forwarded-for", line) for line in lines])
            assert answer.status_code == wanted


async def test_a_publishable_key_never_opens_the_administration(
    door: Door, shop: ShopScene
) -> None:
    origins = KeyTerms(allowed_origins=["https://shop.example"])
    key = await access.create_key(
        shop.ctx, "web", ["search:read"], kind="publishable", terms=origins
    )
    async with shop.shopper(authorization=f"Bearer {key.key}") as browser:
        path = "/store/v1/search?q=mug"
        good = await browser.get(path, headers={"origin": "https://shop.example"})
        assert good.status_code == 200
        bad = await browser.get(path, headers={"origin": "https://evil.example"})
        assert (bad.status_code, bad.json()["code"]) == (403, "key_origin_not_allowed")
        admin = await browser.get(ORDERS, headers={"origin": "https://shop.example"})
        assert admin.status_code == 403


async def test_answers_to_a_key_in_grace_say_so_until_it_ends_at_its_instant(
    door: Door, shop: ShopScene
) -> None:
    old = await made(shop)
    rotated = await access.rotate_key(shop.ctx, old.key_id, 600)
    ends_at = rotated.old.grace_ends_at
    assert ends_at is not None
    async with shop.clerk(old.key) as clerk, shop.clerk(rotated.new.key) as newcomer:
        for path in (ORDERS, "/store/v1/products", "/admin/v1/nothing"):
            answer = await clerk.get(path)
            assert parsedate_to_datetime(answer.headers["sunset"]) == ends_at
            replaced_at = int(answer.headers["deprecation"].removeprefix("@"))
            assert replaced_at == int(shop.ctx.now.timestamp())
        newest = {"Galleria-Version": VERSIONS.newest.name}
        assert "sunset" not in (await newcomer.get(ORDERS, headers=newest)).headers
        assert "deprecation" not in (await newcomer.get(ORDERS, headers=newest)).headers

    clock = ManualClock(ends_at - timedelta(microseconds=1))
    timed = replace(door.engines, clock=clock)
    late = Door(build_gateway(SETTINGS, timed, SECRET), timed)
    assert await status(late, old.key) == (200, "")
    clock.advance(0.000_001)
    assert await status(late, old.key) == (401, "key_grace_ended")
    assert await status(late, rotated.new.key) == (200, "")


async def test_a_brown_out_is_a_problem_with_the_same_headers(door: Door, shop: ShopScene) -> None:
    old = await made(shop)
    await access.rotate_key(shop.ctx, old.key_id, 600)
    await access.set_brown_out(shop.ctx, old.key_id, 100)
    async with shop.clerk(old.key) as clerk:
        answer = await clerk.get(ORDERS)
    assert (answer.status_code, answer.json()["code"]) == (401, "key_in_brown_out")
    assert "take the new key" in answer.json()["detail"]
    assert answer.headers["sunset"].endswith("GMT")


async def test_each_dead_key_says_why_to_its_holder(door: Door, shop: ShopScene) -> None:
    revoked, switched_off = await made(shop), await made(shop)
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    short = await access.create_key(shop.ctx, "short", ["orders:read"], soon)
    await access.revoke_key(shop.ctx, revoked.key_id)
    await access.change_key(shop.ctx, switched_off.key_id, access.KeyChanges(is_enabled=False))
    await asyncio.sleep(0.4)
    assert await status(door, revoked.key) == (401, "key_revoked")
    assert await status(door, switched_off.key) == (401, "key_disabled")
    assert await status(door, short.key) == (401, "key_expired")
    unknown = mint_token("rk", shop.ctx.tenant.tenant_id)
    assert await status(door, unknown) == (401, "key_not_accepted")
    assert await status(door, "gal_rk_1_nonsense") == (401, "key_not_accepted")


async def test_a_trap_looks_like_a_key_that_is_unknown(door: Door, shop: ShopScene) -> None:
    trap = await access.create_key(shop.ctx, "trap", ["*"], is_canary=True)
    assert await status(door, trap.key) == (401, "key_not_accepted")
    await door.engines.notebook.write_down()
    rows = await shop.ctx.read(
        "SELECT payload FROM event_log.outbox WHERE tenant_id = $1 AND tag = $2",
        "access.canary_used.v1",
    )
    assert len(rows) == 1
    assert STRANGER in str(rows[0]["payload"])


async def test_a_key_of_another_system_needs_the_shop_to_be_named(
    door: Door, shop: ShopScene
) -> None:
    text = "acme_live_" + "z9" * 15
    digest = hashlib.sha256(text.encode()).hexdigest()
    async with shop.clerk() as clerk:
        body = {"keys": [{"name": "till", "sha256": digest, "scopes": ["orders:read"]}]}
        await clerk.json("POST", "/admin/v1/keys/import", json=body)
    slug = shop.ctx.tenant.slug
    assert await status(door, text, x_galleria_shop=slug) == (200, "")
    assert await status(door, text) == (401, "key_not_accepted")
    async with door.client(shop.host, authorization=f"Bearer {text}") as client:
        assert (await client.get(ORDERS)).status_code == 200
    other = await open_shop_scene(door)
    refused = await status(door, text, x_galleria_shop=other.ctx.tenant.slug)
    assert refused == (401, "key_not_accepted")


async def test_a_program_hears_what_its_own_key_is_without_being_let_in(
    door: Door, shop: ShopScene
) -> None:
    key = await made(shop, allowed_networks=["10.0.0.0/8"])
    async with door.client() as stranger:
        answer = await stranger.json("POST", "/keys/verify", json={"key": key.key})
        assert (answer["code"], answer["scopes"]) == ("VALID", ["orders:read"])
        await access.revoke_key(shop.ctx, key.key_id)
        answer = await stranger.json("POST", "/keys/verify", json={"key": key.key})
        assert answer["code"] == "REVOKED"
        none = await stranger.json("POST", "/keys/verify", json={"key": "x"})
        assert none["code"] == "NOT_FOUND"
    async with door.client(shop.host) as shopper:
        answer = await shopper.post("/keys/verify", json={"key": key.key})
        assert answer.status_code in {404, 405}, "shops have other pages"


async def test_whoever_finds_a_key_ends_it_and_its_shop_decides_how(
    door: Door, shop: ShopScene
) -> None:
    leaked, other = await made(shop), await made(await open_shop_scene(door))
    assert await status(door, leaked.key) == (200, "")
    report = [{"token": leaked.key, "type": "galleria_key", "url": "https://git.example/x"}]
    async with door.client() as scanner:
        (said,) = await scanner.json("POST", "/secret-scanning", json=report)
        assert said["label"] == "true_positive"
    assert await status(door, leaked.key) == (401, "key_revoked")
    assert await status(door, other.key) == (200, "")
    await access.set_leak_policy(shop.ctx, LeakPolicy(on_leak="end_soon", grace_s=300))
    second = await made(shop)
    async with door.client() as scanner:
        await scanner.json("POST", "/secret-scanning", json=[{"token": second.key}])
    assert await status(door, second.key) == (200, "")
    assert (await access.get_key(shop.ctx, second.key_id)).status == "grace"


async def test_the_door_counts_who_uses_a_key(door: Door, shop: ShopScene) -> None:
    key = await made(shop)
    await status(door, key.key, PROXY, x_forwarded_for=OFFICE, user_agent="till/3.1")
    await door.engines.notebook.write_down()
    (row,) = (await access.list_uses(shop.ctx, key.key_id)).items
    assert (row.client, row.agent, row.route) == ("198.51.100.0/24", "till/3", "admin/orders")


@pytest.fixture
async def second_process(database: Database, door: Door) -> AsyncIterator[Door]:
    """A server that shares nothing with the first but the database, and listens to news."""
    hub = Hub(PostgresJournal(database.connect_app))
    await hub.start()
    engines = replace(door.engines, realtime=hub, nearby=Nearby())
    gateway = build_gateway(SETTINGS, engines, SECRET)
    listening = asyncio.create_task(gateway.keep_current())
    await asyncio.sleep(0.3)
    yield Door(gateway, engines)
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening
    await hub.close()


async def test_a_revoked_key_is_dead_in_every_process_within_a_second(
    door: Door, second_process: Door, shop: ShopScene
) -> None:
    took = []
    for _ in range(5):
        key = await made(shop)
        assert await status(second_process, key.key) == (200, ""), "it is remembered there"
        with delays_of_the_machine() as delayed_s:
            await access.revoke_key(shop.ctx, key.key_id)
            revoked_at = time.monotonic()
            while (await status(second_process, key.key))[0] == 200:
                assert time.monotonic() - revoked_at < 5 + delayed_s()
                await asyncio.sleep(0.005)
            took.append(time.monotonic() - revoked_at - delayed_s())
        assert await status(door, key.key) == (401, "key_revoked")
    print("seconds:", [f"{each:.3f}" for each in took])
    assert sorted(took)[2] < 1, took


async def test_a_process_that_hears_no_news_learns_of_a_change_within_5_s(
    door: Door, shop: ShopScene
) -> None:
    seconds = [1_000.0]
    deaf = replace(door.engines, nearby=Nearby(clock=lambda: seconds[0]))
    server = Door(build_gateway(SETTINGS, deaf, SECRET), deaf)
    key = await made(shop)
    assert await status(server, key.key) == (200, "")
    await access.revoke_key(shop.ctx, key.key_id)
    seconds[0] += 3.9
    assert await status(server, key.key) == (200, ""), "the net is needed"
    seconds[0] += 0.1
    assert await status(server, key.key) == (401, "key_revoked")


async def test_the_host_of_the_api_alone_takes_reports(door: Door) -> None:
    async with door.client("admin.shops.example") as client:
        answer = await client.post("/secret-scanning", json=[{"token": "x"}])
        assert answer.status_code in {404, 405}
    async with door.client(API_HOST) as client:
        answer = await client.post("/secret-scanning", content=b"[]", headers={})
        assert answer.status_code in {415, 422}
