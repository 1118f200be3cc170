"""Other sites may read the shop window from a browser; who may write is listed."""

from typing import Any

import pytest

from galleria.platform import tenants
from galleria.platform.tenants import ChangeShop
from tests.faces.gateway.door import API_HOST, Door, ShopScene, open_shop_scene

LIST, CARTS = "/store/v1/products", "/store/v1/carts"
SITE, STRANGER = "https://front.example", "https://evil.example"


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    """A shop that lists one site."""
    shop = await open_shop_scene(door)
    await tenants.update_shop(shop.ctx, ChangeShop(settings={"allowed_origins": [SITE + "/"]}))
    return shop


async def test_any_site_may_read_and_no_cookie_goes_along(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        for origin in (STRANGER, "null"):
            for _ in range(2):
                answer = await shopper.get(LIST, headers={"Origin": origin})
                assert answer.status_code == 200
                assert answer.headers["access-control-allow-origin"] == "*"
                assert "access-control-allow-credentials" not in answer.headers
                assert "ratelimit" in answer.headers["access-control-expose-headers"]


async def test_a_listed_site_may_write_and_another_may_not(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        answer = await shopper.post(CARTS, json={}, headers={"Origin": SITE})
        assert answer.status_code == 201
        assert answer.headers["access-control-allow-origin"] == SITE
        assert "origin" in answer.headers["vary"]
        assert "access-control-allow-credentials" not in answer.headers
        for origin in (STRANGER, "null", SITE + ".evil.example", "http://front.example"):
            answer = await shopper.post(CARTS, json={}, headers={"Origin": origin})
            assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
            assert "access-control-allow-origin" not in answer.headers


async def test_the_shops_own_pages_and_programs_may_write(shop: ShopScene) -> None:
    async with shop.shopper() as shopper, shop.clerk() as program:
        own = {"Origin": f"http://{shop.host}"}
        assert (await shopper.post(CARTS, json={}, headers=own)).status_code == 201
        assert (await program.post(CARTS, json={})).status_code == 201


@pytest.mark.parametrize(
    ("origin", "method", "status", "allowed"),
    [
        (STRANGER, "GET", 204, "*"),
        (SITE, "POST", 204, SITE),
        (STRANGER, "POST", 403, None),
    ],
)
async def test_a_browser_that_asks_first_is_told_at_the_door(
    shop: ShopScene, origin: str, method: str, status: int, allowed: str | None
) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    async with shop.shopper() as shopper:
        answer = await shopper.options(CARTS, headers=asked)
    assert answer.status_code == status
    assert answer.headers.get("access-control-allow-origin") == allowed
    if status == 204:
        assert answer.headers["access-control-max-age"] == "7200"
        assert "idempotency-key" in answer.headers["access-control-allow-headers"]


async def test_on_the_apis_host_the_request_itself_tells(door: Door, shop: ShopScene) -> None:
    asked = {"Origin": STRANGER, "Access-Control-Request-Method": "POST"}
    async with door.client(API_HOST) as client:
        assert (await client.options(CARTS, headers=asked)).status_code == 204
        write = {"Origin": STRANGER, "X-Galleria-Shop": shop.ctx.tenant.slug}
        assert (await client.post(CARTS, json={}, headers=write)).status_code == 403


async def test_the_administration_is_open_to_no_site(shop: ShopScene) -> None:
    async with shop.clerk() as clerk:
        answer = await clerk.get("/admin/v1/products", headers={"Origin": SITE})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "listed",
    [
        ["*"],
        ["https://*.example"],
        ["front.example"],
        ["http://front.example"],
        ["https://front.example/path"],
        ["null"],
        [7],
        "https://front.example",
        [f"https://s{number}.example" for number in range(51)],
    ],
)
async def test_what_is_no_site_is_not_listed(shop: ShopScene, listed: Any) -> None:
    async with shop.clerk() as clerk:
        shown = await clerk.get("/admin/v1/shop")
        answer = await clerk.patch("/admin/v1/shop", json={"settings": {"allowed_origins": listed}})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["path"] == "settings.allowed_origins"
        assert (await clerk.get("/admin/v1/shop")).json() == shown.json()
