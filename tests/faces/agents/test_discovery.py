"""What an agent finds when it looks at a shop for the first time."""

import pytest

from tests.faces.agents.buying import FIRST, NEWEST
from tests.faces.gateway.door import ShopScene


async def test_the_profile_tells_what_is_offered_in_the_newest_version(shop: ShopScene) -> None:
    async with shop.shopper() as client:
        answer = await client.get("/.well-known/ucp")
    assert answer.status_code == 200
    assert "max-age=300" in answer.headers["cache-control"]
    told = answer.json()
    assert told["ucp"]["version"] == NEWEST
    assert told["ucp"]["supported_versions"].keys() == {FIRST}
    bindings = {each["transport"]: each for each in told["ucp"]["services"]["dev.ucp.shopping"]}
    assert bindings.keys() == {"rest", "mcp"}
    assert bindings["rest"]["endpoint"].endswith(f"/ucp/{NEWEST}")
    assert "dev.ucp.shopping.discount" not in told["ucp"]["capabilities"]
    (key,) = told["keys"]
    assert key.keys() == {"kid", "kty", "crv", "x", "y", "use", "alg"}, "nothing private"


async def test_the_first_version_has_a_profile_of_its_own(shop: ShopScene) -> None:
    async with shop.shopper() as client:
        told = (await client.get(f"/.well-known/ucp?version={FIRST}")).json()
        unknown = await client.get("/.well-known/ucp?version=2025-01-01")
    names = [each["name"] for each in told["ucp"]["capabilities"]]
    assert names == [
        "dev.ucp.shopping.checkout",
        "dev.ucp.shopping.fulfillment",
        "dev.ucp.shopping.order",
    ]
    assert told["payment"]["handlers"][0]["id"] == "test"
    assert len(told["signing_keys"]) == 1
    assert unknown.status_code == 422


async def test_two_shops_sign_with_two_keys(shop: ShopScene, other_shop: ShopScene) -> None:
    keys = []
    for each in (shop, other_shop, shop):
        async with each.shopper() as client:
            keys.append((await client.get("/.well-known/ucp")).json()["keys"][0]["kid"])
    assert keys[0] == keys[2] != keys[1]


async def test_a_way_to_pay_explains_itself(shop: ShopScene) -> None:
    async with shop.shopper() as client:
        assert (await client.get("/ucp/handlers/test")).json()["handler_id"] == "test"
        schema = (await client.get("/ucp/handlers/test/config.json")).json()
        assert schema["type"] == "object"
        assert (await client.get("/ucp/handlers/none")).status_code == 422


@pytest.mark.parametrize("path", ["/ucp/2024-01-01/checkout-sessions", f"/ucp/{FIRST}/carts"])
async def test_what_a_version_does_not_have_is_refused(shop: ShopScene, path: str) -> None:
    async with shop.shopper(UCP_Agent='profile="https://agent.invalid/profile"') as client:
        answer = await client.post(path, json={"line_items": []})
    assert answer.status_code in (404, 422)
    assert answer.json()["messages"]


async def test_without_a_shop_there_is_nothing_to_discover(shop: ShopScene) -> None:
    async with shop.door.client() as client:
        assert (await client.get("/.well-known/ucp")).status_code == 404


async def test_what_simulates_orders_is_not_there_outside_a_sandbox(
    shop: ShopScene, strict_shop: ShopScene
) -> None:
    for each, status in ((shop, 404), (strict_shop, 404)):
        async with each.shopper() as client:
            answer = await client.post(f"/ucp/{NEWEST}/testing/orders/x/fulfill", json={})
            assert answer.status_code == status
            code = answer.json()["code"]
            # In a sandbox it is the order that is not found; elsewhere the address itself.
            assert ("there is nothing here" in answer.text) == (each is strict_shop), code
