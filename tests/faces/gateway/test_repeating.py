"""Writes that are sent again with their Idempotency-Key: done once, answered the same."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.faces.gateway.door import ShopScene, fill_cart, purchase

COLLECTIONS = "/admin/v1/collections"
CARTS = "/store/v1/carts"


def named(key: str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": key or str(new_id())}


async def count(scene: ShopScene, title: str) -> int:
    async with scene.clerk() as clerk:
        page = await clerk.json("GET", f"{COLLECTIONS}?limit=100")
    return sum(each["title"] == title for each in page["items"])


async def test_a_write_that_is_sent_again_is_done_once(shop: ShopScene) -> None:
    key, title = named(), f"Twice {new_id().hex}"
    async with shop.clerk() as clerk:
        first = await clerk.post(COLLECTIONS, json={"title": title}, headers=key)
        again = await clerk.post(COLLECTIONS, json={"title": title}, headers=key)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers.get("etag") == again.headers.get("etag")
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert await count(shop, title) == 1


async def test_a_key_stands_for_one_request_only(shop: ShopScene) -> None:
    key, title = named(), f"Other {new_id().hex}"
    async with shop.clerk() as clerk:
        await clerk.json("POST", COLLECTIONS, json={"title": title}, headers=key)
        other = await clerk.post(COLLECTIONS, json={"title": f"{title}!"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert await count(shop, f"{title}!") == 0


async def test_a_refused_write_may_be_tried_again_with_its_key(shop: ShopScene) -> None:
    key, handle = named(), f"h{new_id().hex}"
    async with shop.clerk() as clerk:
        taken = await clerk.json("POST", COLLECTIONS, json={"title": "A", "handle": handle})
        body = {"title": "B", "handle": handle}
        refused = await clerk.post(COLLECTIONS, json=body, headers=key)
        assert refused.status_code == 409, refused.text
        await clerk.json("DELETE", f"{COLLECTIONS}/{taken['collection_id']}")
        made = await clerk.post(COLLECTIONS, json=body, headers=key)
        assert made.status_code == 201, made.text


async def test_of_two_at_once_one_is_done(shop: ShopScene) -> None:
    key, title = named(), f"At once {new_id().hex}"
    async with shop.clerk() as clerk:

        async def send() -> Any:
            return await clerk.post(COLLECTIONS, json={"title": title}, headers=key)

        answers = await asyncio.gather(*(send() for _ in range(6)))
    codes = {each.status_code for each in answers}
    assert 201 in codes and codes <= {201, 409}
    busy = [each.json()["code"] for each in answers if each.status_code == 409]
    assert set(busy) <= {"idempotency_in_progress"}
    assert await count(shop, title) == 1


async def test_what_is_told_only_once_is_kept_encrypted(shop: ShopScene) -> None:
    key = named()
    body = {"name": "till", "scopes": ["orders:read"]}
    async with shop.clerk() as clerk:
        first = await clerk.json("POST", "/admin/v1/keys", json=body, headers=key)
        again = await clerk.json("POST", "/admin/v1/keys", json=body, headers=key)
    assert first == again and first["key"]
    kept = await shop.ctx.read(
        "SELECT body FROM idempotency.answer WHERE tenant_id = $1 AND key = $2",
        key["Idempotency-Key"],
    )
    assert kept and first["key"].encode() not in kept[0]["body"]
    assert first["key"][-20:].encode() not in kept[0]["body"]


async def test_keys_of_two_clients_never_meet(shop: ShopScene, other_shop: ShopScene) -> None:
    key, title = named(), f"Mine {new_id().hex}"
    clerks = (
        shop.clerk(),
        other_shop.clerk(),
        shop.clerk(await shop.key_for("products:read", "products:write")),
    )
    made = []
    for each in clerks:
        async with each as clerk:
            body = {"title": title}
            made.append(await clerk.json("POST", COLLECTIONS, json=body, headers=key))
    assert len({each["collection_id"] for each in made}) == 3


@pytest.mark.parametrize("key", ["", "x" * 256, "k\u00e9y-with-more-than-sixteen"])
async def test_a_key_that_cannot_be_kept_is_refused(shop: ShopScene, key: str) -> None:
    title = f"Never {new_id().hex}"
    async with shop.clerk() as clerk:
        answer = await clerk.post(
            COLLECTIONS, json={"title": title}, headers={b"Idempotency-Key": key.encode("latin-1")}
        )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_idempotency_key")
    assert await count(shop, title) == 0


async def test_nobodys_keys_cannot_be_met_by_chance(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        short = await shopper.post(CARTS, json={}, headers=named("cart-1"))
        assert (short.status_code, short.json()["code"]) == (422, "invalid_idempotency_key")
        key = named()
        first = await shopper.json("POST", CARTS, json={}, headers=key)
        assert await shopper.json("POST", CARTS, json={}, headers=key) == first
        assert await shopper.json("POST", CARTS, json={}, headers=named()) != first


async def test_an_answer_that_was_lost_is_said_to_be_lost(shop: ShopScene) -> None:
    key, title = str(new_id()), f"Lost {new_id().hex}"
    async with shop.clerk() as clerk:
        await clerk.json("POST", COLLECTIONS, json={"title": title}, headers=named(key))
        # As a process leaves it that dies between the write and the keeping of its answer.
        await _forget_answer(shop.ctx, key)
        soon = await clerk.post(COLLECTIONS, json={"title": title}, headers=named(key))
        assert (soon.status_code, soon.json()["code"]) == (409, "idempotency_in_progress")
        assert soon.headers["retry-after"] == "1"
        await _forget_answer(shop.ctx, key, age=timedelta(minutes=3))
        late = await clerk.post(COLLECTIONS, json={"title": title}, headers=named(key))
        assert (late.status_code, late.json()["code"]) == (409, "idempotency_answer_lost")
    assert await count(shop, title) == 1


async def _forget_answer(ctx: Context, key: str, age: timedelta = timedelta()) -> None:
    async with ctx.transaction() as tx:
        await tx.execute(
            "UPDATE idempotency.answer SET status = NULL, body = NULL,"
            " created_at = created_at - $3::interval"
            " WHERE tenant_id = $1 AND key = $2",
            key,
            age,
        )


async def test_a_checkout_keeps_its_own_answers(shop: ShopScene) -> None:
    key = named()
    async with shop.shopper() as shopper:
        cart = await fill_cart(shopper, (shop.variant_ids[0], 1))
        path = f"{CARTS}/{cart['token']}/checkout"
        first = await shopper.json("POST", path, json=purchase(), headers=key)
        again = await shopper.json("POST", path, json=purchase(), headers=key)
    assert first["order_id"] == again["order_id"]
    kept = await shop.ctx.read(
        "SELECT scope FROM idempotency.answer WHERE tenant_id = $1 AND key = $2",
        key["Idempotency-Key"],
    )
    assert not any(each["scope"].startswith("http:") for each in kept)
