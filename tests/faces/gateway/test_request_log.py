"""Requests at the door: which are heard, what is kept of them, and the same sent once more."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from galleria.engines.context import HOUSE
from galleria.foundation.ids import new_id
from galleria.platform import access
from galleria.platform.access import KeyChanges
from tests.faces.gateway.door import STRANGER, Door, ShopScene, open_shop_scene

PRODUCTS = "/admin/v1/products"
KEYS = "/admin/v1/keys"


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    """A shop of its own for each test."""
    return await open_shop_scene(door)


Logged = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture
def logged(door: Door, shop: ShopScene) -> Logged:
    """The log of a key, as the shop's owner reads it."""

    async def read(key_id: object, **query: str) -> list[dict[str, Any]]:
        await door.engines.notebook.write_down()
        async with shop.clerk() as clerk:
            page = await clerk.json("GET", f"{KEYS}/{key_id}/requests", params=query)
        items: list[dict[str, Any]] = page["items"]
        return items

    return read


async def test_what_a_key_asks_is_in_its_log_with_what_was_answered(
    shop: ShopScene, logged: Logged
) -> None:
    key = await access.create_key(shop.ctx, "till", ["products:read", "products:write"])
    async with shop.clerk(key.key, user_agent="till/7") as till:
        answer = await till.get(PRODUCTS, params={"limit": "1"})
        missing = await till.get(f"{PRODUCTS}/{new_id()}")
        made = await till.post(PRODUCTS, json={"title": "Bowl"})
    refused, lost, listed = await logged(key.key_id)

    assert listed["request_id"] == answer.headers["x-request-id"]
    assert (listed["method"], listed["path"], listed["query"]) == ("GET", PRODUCTS, "limit=1")
    assert (listed["status"], listed["code"], listed["agent"]) == (200, "", "till/7")
    assert listed["client"] == "203.0.113.0/24" and STRANGER not in str(listed)
    assert listed["answer_bytes"] == len(answer.content)
    assert listed["api_version"] == answer.headers["galleria-version"]
    assert 0 < listed["duration_ms"] < 60_000
    assert (lost["status"], lost["code"]) == (404, missing.json()["code"])
    assert (refused["status"], refused["method"]) == (made.status_code, "POST")
    async with shop.clerk() as clerk:
        path = f"{KEYS}/{key.key_id}/requests/{refused['request_id']}"
        detail = await clerk.json("GET", path)
    assert msgspec.json.decode(detail["request_body"]["text"]) == {"title": "Bowl"}
    assert msgspec.json.decode(detail["answer_body"]["text"]) == made.json()


async def test_a_request_that_is_refused_for_its_scope_or_its_body_is_in_the_log(
    shop: ShopScene, logged: Logged
) -> None:
    key = await access.create_key(shop.ctx, "till", ["orders:read"])
    async with shop.clerk(key.key) as till:
        await till.get(PRODUCTS)
        await till.post(PRODUCTS, content=b"<xml/>", headers={"content-type": "text/xml"})
    codes = [(each["status"], each["code"]) for each in await logged(key.key_id)]

    assert codes == [(415, "json_expected"), (403, "forbidden")]
    assert len(await logged(key.key_id, **{"filter[code]": "json_expected"})) == 1
    assert await logged(key.key_id, **{"filter[status_class]": "2"}) == []


async def test_neither_shoppers_nor_people_nor_strangers_are_heard(
    door: Door, shop: ShopScene
) -> None:
    async with shop.shopper() as shopper:
        await shopper.json("GET", "/store/v1/products")
        await shopper.json("POST", "/store/v1/carts", json={"lines": []})
    async with shop.clerk("gal_rk_1_" + "x" * 38) as stranger:
        assert (await stranger.get(PRODUCTS)).status_code == 401
    await door.engines.notebook.write_down()

    sql = "SELECT count(*) FROM requests.request WHERE tenant_id = $1"
    assert await shop.ctx.read_value(sql) == 0
    assert await shop.ctx.for_tenant(HOUSE).read_value(sql) == 0


async def test_a_read_is_sent_again_as_the_same_key_and_both_answers_are_shown(
    shop: ShopScene, logged: Logged
) -> None:
    key = await access.create_key(shop.ctx, "till", ["products:read"])
    async with shop.clerk(key.key) as till:
        found = await till.get(PRODUCTS, params={"limit": "1"})
    (asked,) = await logged(key.key_id)
    path = f"{KEYS}/{key.key_id}/requests/{asked['request_id']}"
    async with shop.clerk() as clerk:
        replayed = await clerk.json("POST", f"{path}/replay", json={})
        assert replayed["is_same_answer"]
        assert replayed["now"]["status"] == 200
        assert replayed["now"]["request_id"] != asked["request_id"]
        assert replayed["now"]["answer_bytes"] == len(found.content)

        product = found.json()["items"][0]
        await clerk.json(
            "PATCH",
            f"{PRODUCTS}/{product['product_id']}",
            json={"title": "Renamed"},
            headers={"If-Match": "*"},
        )
        replayed = await clerk.json("POST", f"{path}/replay", json={})
    assert not replayed["is_same_answer"]
    assert "Renamed" in replayed["now"]["body"]["text"]
    assert "Renamed" not in replayed["before"]["answer_body"]["text"]
    again, *_ = await logged(key.key_id)
    assert (again["replay_of"], again["agent"]) == (asked["request_id"], "galleria-replay")


async def test_a_write_is_sent_again_only_when_that_is_meant(
    shop: ShopScene, logged: Logged
) -> None:
    key = await access.create_key(shop.ctx, "till", ["products:write", "products:read"])
    async with shop.clerk(key.key) as till:
        same_key = {"Idempotency-Key": "a"}
        vase = await till.json("POST", PRODUCTS, json={"title": "Vase"}, headers=same_key)
    (asked,) = await logged(key.key_id)
    path = f"{KEYS}/{key.key_id}/requests/{asked['request_id']}/replay"
    async with shop.clerk() as clerk:
        refused = await clerk.post(path, json={})
        assert (refused.status_code, refused.json()["code"]) == (409, "replay_would_write")
        once = {"Idempotency-Key": str(new_id())}
        first = await clerk.json("POST", path, json={"allow_write": True}, headers=once)
        same = await clerk.json("POST", path, json={"allow_write": True}, headers=once)

    assert first["now"]["status"] == 201
    again = msgspec.json.decode(first["now"]["body"]["text"])
    assert again["product_id"] != vase["product_id"], "its key is its own: no kept answer"
    assert same == first, "repeated, not done again"
    made = [each for each in await logged(key.key_id) if each["method"] == "POST"]
    assert len(made) == 2


async def test_nobody_does_more_by_replaying_than_they_may(shop: ShopScene, logged: Logged) -> None:
    key = await access.create_key(shop.ctx, "till", ["orders:read"])
    async with shop.clerk(key.key) as till:
        await till.json("GET", "/admin/v1/orders")
    (asked,) = await logged(key.key_id)
    path = f"{KEYS}/{key.key_id}/requests/{asked['request_id']}"
    narrow = await shop.key_for("keys:read", "keys:write")
    async with shop.clerk(narrow) as clerk:
        assert not (await clerk.json("GET", path))["shows_bodies"]
        refused = await clerk.post(f"{path}/replay", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_held")

    await access.change_key(shop.ctx, key.key_id, KeyChanges(is_enabled=False))
    async with shop.clerk() as clerk:
        dead = await clerk.post(f"{path}/replay", json={})
    assert (dead.status_code, dead.json()["code"]) == (409, "request_not_replayable")


async def test_a_checkout_is_in_the_log_without_a_word_of_the_shopper(
    door: Door, shop: ShopScene, logged: Logged
) -> None:
    key = await access.create_key(shop.ctx, "app", ["*"])
    async with shop.clerk(key.key) as app:
        lines = [{"variant_id": shop.variant_ids[0], "quantity": 1}]
        cart = await app.json("POST", "/store/v1/carts", json={"lines": lines})
        answer = await app.post(
            f"/store/v1/carts/{cart['token']}/checkout",
            json={"email": "ana@example.com", "payment": {"token": "tok_approve"}},
            headers={"Idempotency-Key": str(new_id())},
        )
    bought, _ = await logged(key.key_id)
    assert bought["status"] == answer.status_code
    assert cart["token"] not in bought["path"] and bought["replays"] == "no"
    async with shop.clerk() as clerk:
        path = f"{KEYS}/{key.key_id}/requests/{bought['request_id']}"
        text = (await clerk.get(path)).text
    for secret in ("ana@example", "tok_approve", cart["token"], key.key):
        assert secret not in text
