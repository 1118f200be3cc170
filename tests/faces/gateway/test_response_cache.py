"""Answers kept in memory: whose, for how long, and when they are forgotten."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from galleria.bindings import all_subscriptions
from galleria.commerce import catalog
from galleria.commerce.catalog import ProductChanges
from galleria.commerce.listings.model.packed import PACKER
from galleria.engines.event_log import Relay
from galleria.faces.gateway import SUBSCRIPTIONS
from galleria.faces.gateway.response_cache import (
    ENTRY_OVERHEAD_BYTES,
    MOST_BODY_BYTES,
    MOST_BYTES,
    MOST_NEWS,
    Key,
    Lifetime,
    ResponseCache,
    lifetime_of,
)
from galleria.foundation.ids import mint_token
from galleria.foundation.packing import unpack_ids
from tests.faces.gateway.door import Client, Door, ShopScene, open_shop_scene

LIST = "/store/v1/products"
HEADERS = [(b"content-type", b"application/json"), (b"etag", b'"l1"')]


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    """A shop of its own for each test: what one test keeps is not another's."""
    return await open_shop_scene(door)


async def change_behind_its_back(shop: ShopScene) -> None:
    """The shop window says something else now, and no event tells of it."""
    async with shop.ctx.transaction() as tx:
        for row in await tx.fetch(
            "SELECT product_id, document FROM listings.listing WHERE tenant_id = $1"
        ):
            kept: bytes = row["document"]
            start = 1 + unpack_ids(row["product_id"], kept[1:], kept[0])[1]
            text = PACKER.unpack(kept[start:]).replace(b"Stoneware Mug", b"Cup")
            await tx.execute(
                "UPDATE listings.listing SET document = $2 WHERE tenant_id = $1 AND document = $3",
                kept[:start] + PACKER.pack(text),
                kept,
            )


async def title(client: Client, **options: Any) -> str:
    page = await client.json("GET", LIST, **options)
    return str(page["items"][0]["title"])


async def test_the_second_answer_comes_from_memory_until_it_is_forgotten(
    door: Door, shop: ShopScene
) -> None:
    async with shop.shopper() as shopper:
        first = await shopper.get(LIST)
        await change_behind_its_back(shop)
        second = await shopper.get(LIST)
        assert second.content == first.content
        assert second.headers["x-request-id"] != first.headers["x-request-id"]
        assert await title(shopper, params={"limit": "3"}) == "Cup", "another address"
        door.gateway.cache.forget(shop.ctx.tenant.tenant_id)
        assert await title(shopper) == "Cup"


async def test_every_server_forgets_what_shows_the_change(door: Door, shop: ShopScene) -> None:
    """The worker's handler tells, this process listens; nobody waits for the time to run out."""
    listening = asyncio.create_task(door.gateway.keep_current())
    try:
        await asyncio.sleep(0.3)
        async with shop.shopper() as shopper:
            assert await title(shopper) == "Stoneware Mug"
            product = await catalog.get_product_by_handle(shop.ctx, shop.handle)
            await catalog.update_product(
                shop.ctx, product.product_id, ProductChanges(title="Beaker"), product.version
            )
            relay = Relay(door.engines, [*all_subscriptions(), *SUBSCRIPTIONS])
            while await relay.drain():
                pass
            async with asyncio.timeout(4):  # before an answer's own time is over
                while await title(shopper) != "Beaker":
                    await asyncio.sleep(0.01)
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def test_a_key_is_never_served_what_was_kept_and_keeps_nothing(shop: ShopScene) -> None:
    async with shop.shopper() as shopper, shop.clerk() as clerk:
        await title(shopper)
        await change_behind_its_back(shop)
        assert await title(clerk) == "Cup"
        assert await title(shopper) == "Stoneware Mug"


async def test_what_a_key_asked_is_not_kept_for_others(shop: ShopScene) -> None:
    async with shop.shopper() as shopper, shop.clerk() as clerk:
        await title(clerk)
        await change_behind_its_back(shop)
        assert await title(shopper) == "Cup"


async def test_a_wrong_key_gets_nothing_even_if_it_is_kept(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        await title(shopper)
        bad = mint_token("key", shop.ctx.tenant.tenant_id)
        answer = await shopper.get(LIST, headers={"Authorization": f"Bearer {bad}"})
        assert answer.status_code == 401


async def test_each_language_and_each_shop_has_its_own(
    shop: ShopScene, other_shop: ShopScene
) -> None:
    german = {"Accept-Language": "de-DE,de;q=0.9"}
    async with shop.shopper() as shopper, other_shop.shopper() as other:
        for _ in range(2):
            assert await title(shopper) == "Stoneware Mug"
            assert await title(shopper, headers=german) == "Steinzeugbecher"
            for name in ("galleria_locale", "__Host-galleria_locale"):
                cookie = {"Cookie": f"{name}=de"}
                assert await title(shopper, headers=cookie) == "Steinzeugbecher"
        ours, theirs = await shopper.json("GET", LIST), await other.json("GET", LIST)
    assert ours["items"][0]["product_id"] != theirs["items"][0]["product_id"]


async def test_nothing_of_one_shopper_is_kept(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        cart = await shopper.json("POST", "/store/v1/carts", json={})
        path = f"/store/v1/carts/{cart['token']}"
        seen = await shopper.get(path)
        assert seen.headers["cache-control"] == "no-store"
        await shopper.json(
            "POST", f"{path}/lines", json={"variant_id": shop.variant_ids[0], "quantity": 1}
        )
        assert (await shopper.json("GET", path))["item_count"] == 1


async def test_a_client_that_has_it_already_is_told_so(shop: ShopScene) -> None:
    path = f"{LIST}/{shop.handle}"
    async with shop.shopper() as shopper:
        first = await shopper.get(path)
        tag = first.headers["etag"]
        for text in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            answer = await shopper.get(path, headers={"If-None-Match": text})
            assert (answer.status_code, answer.content) == (304, b""), text
            assert answer.headers["etag"] == tag
            assert answer.headers["cache-control"] == first.headers["cache-control"]
            assert answer.headers["vary"] == first.headers["vary"]
            assert "content-type" not in answer.headers
        changed = await shopper.get(path, headers={"If-None-Match": '"other"'})
        assert (changed.status_code, changed.content) == (200, first.content)


async def test_a_client_is_told_so_also_when_nothing_is_kept(door: Door, shop: ShopScene) -> None:
    path = f"{LIST}/{shop.handle}"
    async with shop.shopper() as shopper:
        tag = (await shopper.get(path)).headers["etag"]
        door.gateway.cache.forget_all()
        answer = await shopper.get(path, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_only_what_says_so_is_kept_and_never_with_a_cookie() -> None:
    public = (b"cache-control", b"public, max-age=0, s-maxage=5")
    assert lifetime_of([public]) == Lifetime(5)
    assert lifetime_of([public, (b"set-cookie", b"visit=1")]) is None
    longer = public[1] + b", stale-while-revalidate=7, stale-if-error=60"
    assert lifetime_of([(b"cache-control", longer)]) == Lifetime(5, 7, 60)
    for value in (
        b"no-store",
        b"private, s-maxage=5",
        b"public, private, s-maxage=5",
        b"public, no-store, s-maxage=5",
        b"public, max-age=60",
        b"public, s-maxage=x",
        b"public, s-maxage=0",
    ):
        assert lifetime_of([(b"cache-control", value)]) is None, value
    assert lifetime_of([]) is None


def key_of(path: bytes, tenant_id: int = 1) -> Key:
    return Key(tenant_id, "", "2026-11-01", "en", path, b"")


MINUTE = Lifetime(60)


def test_memory_is_bounded_and_the_longest_unused_goes_first() -> None:
    cache = ResponseCache()
    fits = MOST_BYTES // (MOST_BODY_BYTES + ENTRY_OVERHEAD_BYTES)
    body = b"x" * MOST_BODY_BYTES
    for number in range(fits):
        cache.keep(key_of(b"/%d" % number), 0, HEADERS, body, MINUTE)
    assert cache.get(key_of(b"/0")) is not None, "asked for, so it stays"
    cache.keep(key_of(b"/more"), 0, HEADERS, body, MINUTE)
    assert cache.get(key_of(b"/0")) is not None
    assert cache.get(key_of(b"/1")) is None
    cache.keep(key_of(b"/huge"), 0, HEADERS, body + b"x", MINUTE)
    assert cache.get(key_of(b"/huge")) is None


def test_what_changed_is_gone_wherever_it_is_shown_and_nothing_else_is() -> None:
    cache = ResponseCache()
    shown = {
        b"/mug": ["product:mug"],
        b"/cup": ["product:cup"],
        b"/both": ["product:mug", "product:cup"],
        b"/list": ["listing-page"],
        b"/who-knows": [],
    }
    for tenant_id in (1, 2):
        for path, things in shown.items():
            cache.keep(key_of(path, tenant_id), cache.begin(), HEADERS, b"", MINUTE, things)
    cache.forget_things(1, ["listing-page", "product:mug", "product:unheard-of"])
    left = {path for path in shown if cache.get(key_of(path)) is not None}
    assert left == {b"/cup"}
    assert all(cache.get(key_of(path, 2)) is not None for path in shown)
    cache.forget(2)
    assert not any(cache.get(key_of(path, 2)) for path in shown)


def test_an_answer_begun_before_a_change_is_not_kept() -> None:
    cache, key = ResponseCache(), key_of(b"/")
    changes: list[Callable[[], None]] = [
        partial(cache.forget, 1),
        partial(cache.forget_things, 1, ["product:mug"]),
        cache.forget_all,
    ]
    for change in changes:
        begun = cache.begin()
        change()
        assert cache.keep(key, begun, HEADERS, b"old", MINUTE, ["product:mug"]) is None
        assert cache.get(key) is None
        begun = cache.begin()
        cache.forget(2)
        cache.forget_things(1, ["product:cup"])
        cache.keep(key, begun, HEADERS, b"new", MINUTE, ["product:mug"])
        found = cache.get(key)
        assert found is not None and found.body == b"new", "what else changed is not ours"


def test_what_is_in_doubt_is_neither_fresh_nor_shown_meanwhile_but_there_for_errors() -> None:
    now = 100.0
    cache, key = ResponseCache(lambda: now), key_of(b"/")
    begun = cache.begin()
    cache.keep(key, begun, HEADERS, b"old", Lifetime(5, 5, 60))
    now += 1
    cache.doubt_all()
    found = cache.get(key)
    assert found is not None and max(found.fresh_until, found.meanwhile_until) <= now
    assert found.error_until == 165.0
    other = key_of(b"/other")
    assert cache.keep(other, begun, HEADERS, b"old", MINUTE) is None, "begun before the doubt"
    now += 65
    assert cache.get(key) is None


def test_changes_that_are_no_longer_remembered_still_count() -> None:
    cache, key = ResponseCache(), key_of(b"/")
    begun = cache.begin()
    cache.forget_things(1, ["product:mug"])
    cache.forget_things(1, [f"product:{number}" for number in range(MOST_NEWS)])
    assert cache.keep(key, begun, HEADERS, b"old", MINUTE, ["product:mug"]) is None
    assert cache.keep(key, cache.begin(), HEADERS, b"new", MINUTE, ["product:mug"]) is not None


def test_time_runs_out() -> None:
    now = 0.0
    cache, key = ResponseCache(clock=lambda: now), key_of(b"/")
    cache.keep(key, 0, HEADERS, b"old", Lifetime(5, 5, 60))
    found = cache.get(key)
    assert found is not None
    assert (found.fresh_until, found.meanwhile_until, found.error_until) == (5, 10, 65)
    now = 66.0
    assert cache.get(key) is None
