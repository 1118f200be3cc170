"""What goods cost the merchant is told to who works at the shop, and to no shopper."""

import re
from urllib.parse import quote
from uuid import UUID

import httpx
import msgspec

from galleria.commerce import pricing
from galleria.commerce.pricing import SetCost
from galleria.foundation.ids import new_id
from tests.commerce.accounts.shoppers import register
from tests.faces.gateway.door import Client, Door, ShopScene, buy, fill_cart, open_shop_scene
from tests.faces.kiosk.conftest import PACK, KioskScene, kiosk_key
from tests.faces.kiosk.device import Device, trusted_keys

COST_MINOR = 71_393  # stands nowhere else, nor does what it leaves of the price
NOTHING_THERE = ("{link}", "/redirects", "/past-orders/{past_order_id}")
QUERY = "{ products(first: 5) { nodes { handle title } } }"
_WRITTEN = re.compile(rb"713[.,]?93|cost|margin", re.IGNORECASE)


async def store_paths(door: Door) -> list[str]:
    """Every address of the storefront's API that answers GET."""
    async with door.client() as client:
        document = (await client.get("/openapi.json")).json()
    return [
        path
        for path, item in document["paths"].items()
        if path.startswith("/store/v1/") and "get" in item
    ]


def told(answer: httpx.Response) -> list[bytes]:
    """What of the answer would tell a cost; styles and scripts tell none, nor what asking costs."""
    body = re.sub(rb"<(style|script)\b.*?</\1>", b"", answer.content, flags=re.DOTALL)
    body = re.sub(rb'"extensions":\{"cost":\d+\}', b"", body)
    return _WRITTEN.findall(body)


async def pack_of(scene: KioskScene, kiosk: Client) -> tuple[str, str]:
    """The number of the kiosk's pack, and its version."""
    await kiosk.get(PACK)
    await scene.make_packs()
    device = Device(await trusted_keys(kiosk))
    assert await device.take_along(kiosk)
    return device.manifest["pack_id"], device.manifest["version"]


async def test_no_address_of_the_storefront_tells_what_a_product_costs_the_merchant(
    door: Door,
) -> None:
    shop = await open_shop_scene(door)
    ids = map(UUID, shop.variant_ids)
    costs = [SetCost(variant_id=each, amount_minor=COST_MINOR) for each in ids]
    await pricing.set_costs(shop.ctx, costs)
    await door.relay()
    async with shop.clerk() as clerk:
        known = await clerk.json("GET", "/admin/v1/prices/costs")
        assert {each["amount_minor"] for each in known["items"]} == {COST_MINOR}
    session = (await register(shop.ctx)).session_token
    scene = KioskScene(shop, await kiosk_key(shop, location=""))
    async with (
        shop.shopper(authorization=f"Bearer {session}") as shopper,
        scene.client() as kiosk,
    ):
        pack_id, version = await pack_of(scene, kiosk)
        cart = await fill_cart(shopper, (shop.variant_ids[0], 1))
        await shopper.json("PUT", "/store/v1/account/cart", json={"cart_token": cart["token"]})
        order = await buy(shopper, (shop.variant_ids[0], 1))
        named = {
            "handle": shop.handle,
            "cart_id": cart["token"],
            "token": order["token"],
            "link": "none",
            "order_id": order["order_id"],
            "past_order_id": str(new_id()),
            "pack_id": pack_id,
            "number": "1",
        }
        queries = {
            "/store/v1/search": "?q=mug&group=variant&highlight=true",
            "/store/v1/search/suggest": "?q=mu",
            "/store/v1/redirects": "?path=/x",
            "/store/v1/graphql": f"?query={quote(QUERY)}",
            f"{PACK}/changes": f"?since={version}",
        }
        paths = await store_paths(door)
        assert len(paths) >= 10
        for path in paths:
            filled = re.sub(r"\{(\w+)[^}]*\}", lambda match: named[match[1]], path)
            asker = kiosk if path.startswith(PACK) else shopper
            answer = await asker.get(filled + queries.get(path, ""))
            assert answer.status_code == 200 or path.endswith(NOTHING_THERE), path
            assert told(answer) == [], path
        for page in ("/", f"/products/{shop.handle}", "/search?q=mug"):
            shown = await shopper.get(page)
            assert shown.status_code == 200, page
            assert told(shown) == [], page
        assert _WRITTEN.search(msgspec.json.encode([cart, order])) is None
        denied = await shopper.get("/admin/v1/prices/costs")
        assert denied.status_code in (401, 403, 404), "nor is he let in where it is"


async def test_a_key_without_the_right_reads_no_cost(shop: ShopScene) -> None:
    narrow = await shop.key_for("products:read")
    async with shop.clerk(narrow) as clerk:
        answer = await clerk.get("/admin/v1/prices/costs")
        assert answer.status_code == 403
        seen = await clerk.get("/admin/v1/products")
        assert seen.status_code == 200
        assert told(seen) == []
