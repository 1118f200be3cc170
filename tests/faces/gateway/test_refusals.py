"""Whatever is sent, the answer is a problem with a code, and nothing has changed."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from galleria.engines.context import HOUSE
from galleria.engines.sql import Database
from galleria.foundation.errors import TYPE_PREFIX, Problem
from galleria.platform import tenants
from tests.commerce.selling import mug
from tests.faces.gateway.bad_requests import ALL, Bad, Scene, Sent
from tests.faces.gateway.door import (
    PROBLEM,
    Door,
    Ledger,
    ShopScene,
    buy,
    fill_cart,
    open_shop_scene,
)


@pytest.fixture(scope="module")
async def scene(door: Door, shop: ShopScene, other_shop: ShopScene) -> Scene:
    """Carts and orders in both shops, one line sold out since, and a third shop that closed."""
    rare = await open_shop_scene(door, mug("rare", stock=1))
    closed = await open_shop_scene(door)
    await tenants.close_shop(closed.ctx.for_tenant(HOUSE), closed.ctx.tenant.slug)
    async with shop.shopper() as ours, other_shop.shopper() as theirs, rare.shopper() as rival:
        wanted = (shop.variant_ids[0], 1)
        emptied = await fill_cart(rival, (rare.variant_ids[0], 1))
        await buy(rival, (rare.variant_ids[0], 1))
        return Scene(
            shop=shop,
            other=other_shop,
            cart=await fill_cart(ours, wanted),
            rare=rare,
            emptied_cart=emptied,
            order=await buy(ours, wanted),
            other_cart=await fill_cart(theirs, (other_shop.variant_ids[0], 1)),
            other_order=await buy(theirs, (other_shop.variant_ids[0], 1)),
            product_id=await product_id_of(shop),
            other_product_id=await product_id_of(other_shop),
            reader_key=await shop.key_for("products:read"),
            closed=closed,
        )


class Unchanged:
    """What all tables held when the last request had been answered."""

    def __init__(self, ledger: Ledger, digest: dict[str, str]) -> None:
        self._ledger = ledger
        self._digest = digest

    async def still(self) -> bool:
        """True when nothing has changed since; what has is printed."""
        before, self._digest = self._digest, await self._ledger.digest()
        changed = {name for name, digest in self._digest.items() if before[name] != digest}
        print("changed:", *sorted(changed))
        return not changed


@pytest.fixture(scope="module")
async def unchanged(database: Database, scene: Scene) -> Unchanged:
    """Looks after all rows of the shops in the scene, of the house, and of no tenant."""
    shops = (scene.shop, scene.other, scene.rare, scene.closed)
    ledger = Ledger(database, 0, *(shop.ctx.tenant.tenant_id for shop in shops))
    return Unchanged(ledger, await ledger.digest())


async def product_id_of(shop: ShopScene) -> str:
    async with shop.clerk() as clerk:
        page = await clerk.json("GET", "/admin/v1/products")
    return str(page["items"][0]["product_id"])


async def send(door: Door, sent: Sent) -> httpx.Response:
    """The answer to a request as it stands, which an HTTP client would not let pass."""
    body: Any = in_pieces(sent.body) if sent.chunked else sent.body
    async with door.client(peer=sent.peer) as client:
        request = client.build_request(sent.method, sent.path, content=body)
        raw = [(b"host", sent.host.encode())]
        raw += [(name.lower().encode(), text.encode()) for name, text in sent.headers]
        given = {name for name, _ in raw}
        raw += [
            pair
            for pair in request.headers.raw
            if pair[0].lower() == b"content-length" and b"content-length" not in given
        ]
        request.headers = httpx.Headers(raw)
        return await client.send(request)


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 100_000):
        yield body[start : start + 100_000]


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.name)
async def test_it_is_refused_with_a_code_and_changes_nothing(
    door: Door, scene: Scene, unchanged: "Unchanged", bad: Bad
) -> None:
    answer = await send(door, bad.make(scene))
    assert (answer.status_code, answer.headers["content-type"]) == (bad.status, PROBLEM), (
        answer.text
    )
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert (problem.code, problem.status) == (bad.code, bad.status), problem
    assert problem.type == TYPE_PREFIX + problem.code
    if bad.field_code is not None:
        assert bad.field_code in {error.code for error in problem.errors}, problem
    assert answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert await unchanged.still()
