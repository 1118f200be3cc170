"""Many want the last few: each piece is sold once, each buyer is told, and nobody pays twice."""

import asyncio
from collections import Counter
from uuid import UUID

import httpx

from galleria.commerce import inventory
from galleria.foundation.ids import new_id
from tests.commerce.selling import mug
from tests.faces.gateway.door import Door, ShopScene, open_shop_scene, purchase
from tests.faces.gateway.serving import listening

BUYERS = 64
PIECES = 10
COST = 2400 + 500  # a mug and the way to send it


def crowd(base_url: str, shop: ShopScene) -> httpx.AsyncClient:
    """A client with a connection for everybody."""
    return httpx.AsyncClient(
        base_url=base_url,
        headers={"X-Galleria-Shop": shop.ctx.tenant.slug},
        limits=httpx.Limits(max_connections=2 * BUYERS),
        timeout=60,
    )


async def open_carts(client: httpx.AsyncClient, shop: ShopScene, count: int) -> list[str]:
    """Tokens of carts with one mug each, which nobody has been promised yet."""
    body = {"lines": [{"variant_id": shop.variant_ids[0], "quantity": 1}]}
    opened = await asyncio.gather(
        *(client.post("/store/v1/carts", json=body) for _ in range(count))
    )
    assert {answer.status_code for answer in opened} == {201}
    return [answer.json()["token"] for answer in opened]


async def check_out(client: httpx.AsyncClient, cart: str, key: str) -> httpx.Response:
    return await client.post(
        f"/store/v1/carts/{cart}/checkout", json=purchase(), headers={"Idempotency-Key": key}
    )


async def books(shop: ShopScene) -> list[tuple[int, int]]:
    """(amount, requests) of each charge in the bank's own books."""
    rows = await shop.ctx.read(
        "SELECT amount_minor, request_count FROM payments.test_charge"
        " WHERE tenant_id = $1 AND is_approved"
    )
    return [(row["amount_minor"], row["request_count"]) for row in rows]


async def left(shop: ShopScene) -> int:
    variant_id = UUID(shop.variant_ids[0])
    return (await inventory.availability(shop.ctx, [variant_id]))[variant_id].available


async def test_sixty_four_buyers_race_for_ten_pieces(door: Door) -> None:
    shop = await open_shop_scene(door, mug(stock=PIECES))
    async with listening(door) as base_url, crowd(base_url, shop) as client:
        carts = await open_carts(client, shop, BUYERS)
        answers = await asyncio.gather(*(check_out(client, cart, str(new_id())) for cart in carts))
        assert Counter(answer.status_code for answer in answers) == {201: PIECES, 409: 54}
        won = [answer.json() for answer in answers if answer.status_code == 201]
        lost = [answer.json() for answer in answers if answer.status_code == 409]
        assert {order["status"] for order in won} == {"placed"}
        assert sorted(order["number"] for order in won) == [str(1001 + at) for at in range(PIECES)]
        for problem in lost:
            assert problem["code"] == "out_of_stock"
            assert [error["code"] for error in problem["errors"]] == ["out_of_stock"]
            assert problem["errors"][0]["path"] == "lines[0].quantity"
        seen = [await client.get(f"/store/v1/carts/{cart}") for cart in carts]
    assert Counter(each.json()["status"] for each in seen) == {"ordered": PIECES, "open": 54}
    assert await books(shop) == [(COST, 1)] * PIECES, "who got nothing was not even asked to pay"
    assert await left(shop) == 0


async def test_everybody_clicks_twice_and_buys_once(door: Door) -> None:
    buyers = 16
    shop = await open_shop_scene(door, mug(stock=buyers))
    async with listening(door) as base_url, crowd(base_url, shop) as client:
        carts = await open_carts(client, shop, buyers)
        keys = [str(new_id()) for _ in carts]
        clicks = [
            check_out(client, cart, key)
            for _ in range(3)
            for cart, key in zip(carts, keys, strict=True)
        ]
        answers = await asyncio.gather(*clicks)
    assert {answer.status_code for answer in answers} <= {201, 202}, Counter(
        (answer.status_code, answer.text[:200]) for answer in answers
    )
    orders = [answer.json()["order_id"] for answer in answers]
    assert orders[:buyers] == orders[buyers : 2 * buyers] == orders[2 * buyers :]
    assert len(set(orders)) == buyers
    assert [amount for amount, _ in await books(shop)] == [COST] * buyers
    assert await left(shop) == 0


async def test_buyers_of_several_things_never_wait_for_each_other_in_a_circle(
    door: Door,
) -> None:
    """Half want A and B, half want B and A: rows are locked in one order, whoever asks."""
    shop = await open_shop_scene(door, mug(stock=30), mug("other", stock=30))
    first, second = shop.variant_ids[0], shop.variant_ids[2]
    async with listening(door) as base_url, crowd(base_url, shop) as client:
        bodies = [
            {"lines": [{"variant_id": each, "quantity": 1} for each in pair]}
            for pair in [(first, second), (second, first)] * 20
        ]
        opened = await asyncio.gather(*(client.post("/store/v1/carts", json=b) for b in bodies))
        answers = await asyncio.gather(
            *(check_out(client, each.json()["token"], str(new_id())) for each in opened)
        )
    assert Counter(answer.status_code for answer in answers) == {201: 30, 409: 10}
    assert len(await books(shop)) == 30
