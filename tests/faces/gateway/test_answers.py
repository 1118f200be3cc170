"""What every answer carries, and which address leads where."""

from typing import Any

import httpx
import pytest

from galleria.engines.context import HOUSE
from galleria.faces.gateway import Apps, Gateway, Hosts
from galleria.platform import access, tenants
from tests.faces.gateway.door import (
    ADMIN_HOST,
    API_HOST,
    PROBLEM,
    PROXY,
    STRANGER,
    Door,
    ShopScene,
    open_shop_scene,
)

SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
PAGES = ("/", "/search", "/cart", "/nothing-here", "/products/mug", "/robots.txt")
LIST = "/store/v1/products"
PATHS = (*PAGES, LIST, "/store/v1/nothing", "/healthz", "/openapi.json")


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_carries_the_security_headers(shop: ShopScene, path: str) -> None:
    async with shop.shopper() as shopper:
        answer = await shopper.get(path)
    assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["content-type"].count("charset") <= 1
    assert not any(len(answer.headers.get_list(name)) > 1 for name in answer.headers)


async def test_pages_hold_no_inline_script_or_style(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        for path in PAGES:
            page = (await shopper.get(path)).text
            assert "<style" not in page and " style=" not in page and "javascript:" not in page
            assert "<script>" not in page and " onclick=" not in page and " onload=" not in page


async def test_a_request_keeps_the_id_that_a_known_proxy_gave_it(
    door: Door, shop: ShopScene
) -> None:
    given = {"X-Request-Id": "trace-0123.abc_DEF"}
    async with shop.shopper() as shopper, door.client(shop.host, peer=PROXY) as proxied:
        for path in ("/", LIST):
            answer = await proxied.get(path, headers=given)
            assert answer.headers["x-request-id"] == given["X-Request-Id"]
            answer = await shopper.get(path, headers=given)
            assert answer.headers["x-request-id"] != given["X-Request-Id"], "who is that?"
        made = set()
        for odd in ("short", "a" * 65, "with space in it", "x\ty-12345678", "<script>alert(1)"):
            answer = await proxied.get("/healthz", headers={"X-Request-Id": odd})
            made.add(answer.headers["x-request-id"])
        assert len(made) == 5 and not any("<" in each or " " in each for each in made)


async def test_head_is_a_get_without_its_body(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        for path in ("/", LIST, f"/store/v1/products/{shop.handle}", "/healthz"):
            whole, head = await shopper.get(path), await shopper.head(path)
            assert (head.status_code, head.content) == (200, b"")
            assert head.headers["content-type"] == whole.headers["content-type"]
            assert head.headers["content-length"] == whole.headers["content-length"]
        assert (await shopper.head("/store/v1/carts")).status_code == 405


@pytest.mark.parametrize("spelling", ["{}", "{}:8000", "{}.", "{}.:80"])
async def test_a_shop_is_found_however_its_host_is_spelled(
    door: Door, shop: ShopScene, spelling: str
) -> None:
    for host in (spelling.format(shop.host), spelling.format(shop.host.upper())):
        async with door.client() as client:
            answer = await client.get("/store/v1/products", headers={"Host": host})
        assert answer.status_code == 200, answer.text


async def test_a_forwarded_host_counts_when_a_known_proxy_says_so(
    door: Door, shop: ShopScene, other_shop: ShopScene
) -> None:
    async with door.client("10.0.0.7", peer=PROXY, x_forwarded_host=shop.host) as proxied:
        assert (await proxied.get("/cart")).status_code == 200
    async with door.client(other_shop.host, x_forwarded_host=shop.host) as stranger:
        answer = await stranger.json("GET", LIST)
    async with other_shop.shopper() as shopper:
        assert answer == await shopper.json("GET", LIST)


async def test_the_header_names_the_shop_on_the_api_host(door: Door, shop: ShopScene) -> None:
    slug = shop.ctx.tenant.slug
    for host in (API_HOST, "127.0.0.1:8000", "localhost", "[::1]:8000", "10.1.2.3"):
        async with door.client(host, x_galleria_shop=slug.upper()) as client:
            page = await client.json("GET", LIST)
            assert [each["handle"] for each in page["items"]] == [shop.handle]
    async with shop.shopper(x_galleria_shop=slug) as shopper:
        assert (await shopper.get(LIST)).status_code == 200


async def test_health_is_told_to_whoever_asks_under_any_name(door: Door) -> None:
    for host in ("nowhere.example", "10.1.2.3:8000", ADMIN_HOST, API_HOST):
        async with door.client(host) as client:
            assert await client.json("GET", "/healthz") == {"status": "ok"}
            assert await client.json("GET", "/readyz") == {"status": "ok"}


async def test_figures_are_not_shown_to_shoppers(door: Door, shop: ShopScene) -> None:
    async with door.client() as operator, shop.shopper() as shopper:
        figures = await operator.get("/metrics")
        assert "galleria_http_request_seconds" in figures.text
        assert figures.headers["content-type"].startswith("application/openmetrics-text")
        assert (await shopper.get("/metrics")).status_code == 404


async def test_a_page_whose_address_begins_like_one_of_ours_is_the_shops(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        for path in ("/docs-and-papers", "/healthzone", "/store/v1"):
            answer = await shopper.get(path)
            assert answer.headers["content-type"] == "text/html; charset=utf-8", path


async def test_a_method_that_is_not_taken_is_told_those_that_are(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        answer = await shopper.put(LIST, json={})
    assert (answer.status_code, answer.headers["content-type"]) == (405, PROBLEM)
    assert "GET" in answer.headers["allow"]


async def test_a_client_that_goes_away_while_sending_is_no_failure_of_ours(
    door: Door, shop: ShopScene
) -> None:
    pieces: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"half a pic", "more_body": True},
        {"type": "http.disconnect"},
    ]
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return pieces.pop(0)

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    path = "/admin/v1/images"
    scope = {
        **{"type": "http", "method": "POST", "scheme": "http", "http_version": "1.1"},
        **{"path": path, "raw_path": path.encode(), "query_string": b"", "root_path": ""},
        "headers": [
            (b"host", API_HOST.encode()),
            (b"authorization", f"Bearer {shop.key}".encode()),
        ],
        "client": (STRANGER, 40_000),
    }
    await door.gateway(scope, receive, send)
    assert said[0]["status"] == 400, said


async def test_a_page_too_large_is_refused_with_a_page(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        answer = await shopper.post("/cart/lines", data={"a": "b" * 10_000_000})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_a_large_file_for_the_back_office_is_not_too_large(door: Door) -> None:
    """Nobody is signed in here: size must not be what it is refused for."""
    async with door.client(ADMIN_HOST) as client:
        answer = await client.post(
            "/uploads/some-shop/imports", files={"file": ("goods.csv", b"a" * 5_000_000)}
        )
    assert answer.status_code not in (404, 405, 413)


async def test_a_shop_closes_and_opens_for_everybody(door: Door) -> None:
    shop = await open_shop_scene(door)
    house, slug = shop.ctx.for_tenant(HOUSE), shop.ctx.tenant.slug
    async with shop.shopper() as shopper, shop.clerk() as clerk:
        assert (await shopper.get("/")).status_code == 200
        await tenants.close_shop(house, slug)
        for client, path in (
            (shopper, "/"),
            (shopper, LIST),
            (clerk, "/admin/v1/shop"),
        ):
            assert (await client.get(path)).status_code == 410
        await tenants.reopen_shop(house, slug)
        assert (await shopper.get("/")).status_code == 200
        assert (await clerk.get("/admin/v1/shop")).status_code == 200


async def test_a_revoked_key_opens_nothing(door: Door) -> None:
    shop = await open_shop_scene(door)
    created = await access.create_key(shop.ctx, "till", ["orders:read"])
    async with shop.clerk(created.key) as clerk:
        assert (await clerk.get("/admin/v1/orders")).status_code == 200
        await access.revoke_key(shop.ctx, created.key_id)
        answer = await clerk.get("/admin/v1/orders")
    assert (answer.status_code, answer.json()["code"]) == (401, "key_revoked")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_what_nobody_foresaw_is_a_problem_that_says_nothing_of_the_inside(
    door: Door,
) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("password=hunter2")

    gateway = Gateway(
        door.engines,
        Hosts(admin=ADMIN_HOST, api=frozenset({API_HOST})),
        Apps(api=broken, storefront=broken, backoffice=broken),
    )
    transport = httpx.ASGITransport(gateway)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{API_HOST}") as client:
        answer = await client.get("/healthz")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["code"] == "internal_error"
    assert "hunter2" not in answer.text


async def test_an_address_narrows_by_ranges_and_filters_and_groups_by_variant(
    shop: ShopScene,
) -> None:
    async with shop.shopper() as shopper:
        asked = {"range[capacity_ml]": "300..400.5", "filter[Colour]": "White", "group": "variant"}
        found = (await shopper.get("/store/v1/search", params=asked)).json()
        (card,) = found["items"]
        assert [each["options"] for each in card["variants"]] == [{"Colour": "White"}]
        assert (found["total_variants"], card["variant_matches"]) == (1, 1)
        (chosen,) = found["ranges"]
        assert (chosen["code"], chosen["chosen_least"], chosen["chosen_most"]) == (
            "capacity_ml",
            300.0,
            400.5,
        )
        none = await shopper.get("/store/v1/search", params={"range[capacity_ml]": "..300"})
        assert none.json()["total"] == 0
        no_ranking = await shopper.get("/store/v1/search", params={"ranking": "no-such"})
        assert no_ranking.json()["total"] == 1, "the shop decides what its order is made of"
