"""The shop's tools as any MCP client uses them, and the protocol's own over the same door."""

from typing import Any

import msgspec
import pytest

from galleria.foundation.ids import new_id
from tests.faces.agents.buying import PROFILE, Agent, fulfillment, lines, payment
from tests.faces.agents.platform import platform
from tests.faces.gateway.door import ShopScene

META = {"ucp-agent": {"profile": PROFILE}}
ADDRESS = {
    "name": "Ana Alves",
    "street": "A 1",
    "city": "Köln",
    "postal_code": "50667",
    "country": "DE",
}


async def say(
    shop: ShopScene, method: str, params: Any = None, **headers: str
) -> tuple[int, dict[str, Any]]:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
    async with shop.shopper(**headers) as client:
        answer = await client.post("/mcp", json=message)
    return answer.status_code, answer.json()


async def call(shop: ShopScene, name: str, **arguments: Any) -> dict[str, Any]:
    status, told = await say(shop, "tools/call", {"name": name, "arguments": arguments})
    assert status == 200
    assert "error" not in told, told
    result = told["result"]
    assert msgspec.json.decode(result["content"][0]["text"]) == result["structuredContent"]
    shown: dict[str, Any] = result["structuredContent"]
    return shown


async def test_a_client_is_greeted_and_shown_the_tools(shop: ShopScene) -> None:
    params = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t"}}
    _, told = await say(shop, "initialize", params)
    assert told["result"]["protocolVersion"] == "2025-06-18"
    assert told["result"]["capabilities"] == {"tools": {"listChanged": False}}
    _, told = await say(shop, "initialize", {**params, "protocolVersion": "1999-01-01"})
    assert told["result"]["protocolVersion"] == "2025-11-25"
    _, told = await say(shop, "tools/list")
    names = {each["name"] for each in told["result"]["tools"]}
    assert {"search_products", "place_order", "create_checkout", "get_order"} <= names
    assert (await say(shop, "ping"))[1]["result"] == {}


async def test_the_newest_clients_ask_without_a_greeting(shop: ShopScene) -> None:
    headers = {"mcp_protocol_version": "2026-07-28", "mcp_method": "server/discover"}
    _, told = await say(shop, "server/discover", **headers)
    assert told["result"]["supportedVersions"][0] == "2026-07-28"
    status, told = await say(shop, "ping", mcp_protocol_version="2031-01-01")
    assert (status, told["error"]["code"]) == (400, -32022)
    status, told = await say(shop, "ping", mcp_method="tools/call")
    assert (status, told["error"]["code"]) == (400, -32600)


async def test_a_message_nobody_waits_for_is_taken_in_silence(shop: ShopScene) -> None:
    async with shop.shopper() as client:
        message = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        answer = await client.post("/mcp", json=message)
        assert (answer.status_code, answer.content) == (202, b"")
        assert (await client.get("/mcp")).status_code == 405
        assert (await client.delete("/mcp")).status_code == 405


async def test_a_client_buys_with_the_plain_tools(shop: ShopScene) -> None:
    found = await call(shop, "search_products", query="mug", limit=1)
    variant = found["products"][0]["variants"][0]
    shown = await call(shop, "show_product", id=variant["id"])
    assert shown["product"]["variants"][0]["id"] == variant["id"]

    cart = await call(shop, "fill_cart", items=[{"id": variant["id"], "quantity": 1}])
    items = [{"id": variant["id"], "quantity": 2}]
    cart = await call(shop, "fill_cart", cart_id=cart["id"], items=items)
    assert (await call(shop, "show_cart", cart_id=cart["id"]))["line_items"][0]["quantity"] == 2

    begun = await call(shop, "prepare_checkout", cart_id=cart["id"])
    assert begun["status"] == "incomplete"
    begun = await call(
        shop, "prepare_checkout", checkout_id=begun["id"], email="ana@example.com", address=ADDRESS
    )
    option = begun["fulfillment"]["methods"][0]["groups"][0]["options"][0]["id"]
    begun = await call(shop, "prepare_checkout", checkout_id=begun["id"], shipping_option=option)
    assert begun["status"] == "ready_for_complete", begun
    assert begun["line_items"][0]["quantity"] == 2, "what is left out stays"

    buying = {
        "checkout_id": begun["id"],
        "payment_method": "test",
        "payment_token": "tok_approve",
        "idempotency_key": str(new_id()),
    }
    done = await call(shop, "place_order", **buying)
    assert done["status"] == "completed"
    assert (await call(shop, "place_order", **buying))["order"] == done["order"]
    order = await call(shop, "order_status", order_id=done["order"]["id"])
    assert order["line_items"][0]["status"] == "processing"


async def test_an_agent_buys_with_the_protocols_tools(shop: ShopScene) -> None:
    wanted = {
        "line_items": lines(shop.variant_ids[0]),
        "buyer": {"email": "ana@example.com"},
        "fulfillment": fulfillment(),
    }
    meta = {**META, "idempotency-key": str(new_id())}
    begun = await call(shop, "create_checkout", meta=meta, checkout=wanted)
    again = await call(shop, "create_checkout", meta=meta, checkout=wanted)
    assert again["id"] == begun["id"]
    assert begun["ucp"]["version"] == "2026-08-25"
    meta = {**META, "idempotency-key": str(new_id())}
    done = await call(shop, "complete_checkout", meta=meta, id=begun["id"], checkout=payment())
    assert done["status"] == "completed"
    order = await call(shop, "get_order", meta=META, id=done["order"]["id"])
    assert order["checkout_id"] == begun["id"]
    async with Agent(shop) as agent:
        _, same = await agent.ask("GET", f"/orders/{done['order']['id']}")
    assert same == order, "over REST it is the same"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"name": "no_such_tool"}, -32602),
        ({}, -32602),
        ({"name": "search_products", "arguments": {"colour": "red"}}, -32602),
        ({"name": "search_products", "arguments": []}, -32602),
        ({"name": "fill_cart", "arguments": {"items": []}}, -32602),
        ({"name": "fill_cart", "arguments": {"items": [{"id": "x", "quantity": 0}]}}, -32602),
        ({"name": "search_catalog", "arguments": {"catalog": {"query": "*"}}}, -32001),
        ({"name": "search_catalog", "arguments": {"meta": META, "catalog": {}}}, -32602),
        ({"name": "get_order", "arguments": {"meta": META, "id": 7}}, -32602),
        (
            {"name": "search_catalog", "arguments": {"meta": {"ucp-agent": {"profile": "x"}}}},
            -32001,
        ),
    ],
)
async def test_arguments_that_cannot_be_right_are_refused(
    shop: ShopScene, params: Any, code: int
) -> None:
    _, told = await say(shop, "tools/call", params)
    assert told["error"]["code"] == code, told


async def test_what_the_shop_refuses_is_a_result_that_says_so(shop: ShopScene) -> None:
    params = {"name": "show_cart", "arguments": {"cart_id": "gal_cart_none"}}
    _, told = await say(shop, "tools/call", params)
    assert told["result"]["isError"] is True
    assert told["result"]["structuredContent"]["code"] == "not_found"


async def test_a_message_that_is_none_is_refused(shop: ShopScene) -> None:
    async with shop.shopper() as client:
        for raw in (b"[]", b"{}", b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}', b"no", b""):
            answer = await client.post(
                "/mcp", content=raw, headers={"content-type": "application/json"}
            )
            assert answer.status_code in (400, 422), (raw, answer.text)
        large = {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"x": "y" * 300_000}}
        assert (await client.post("/mcp", json=large)).status_code == 400
        answer = await client.post("/mcp", content=b"{}", headers={"content-type": "text/plain"})
        assert answer.status_code == 415
    status, told = await say(shop, "resources/list")
    assert (status, told["error"]["code"]) == (200, -32601)


async def test_pages_of_other_hosts_may_not_ask(shop: ShopScene) -> None:
    assert (await say(shop, "ping", origin="https://elsewhere.example"))[0] == 403
    assert (await say(shop, "ping", origin=f"http://{shop.host}"))[0] == 200


async def test_on_the_apis_host_the_shop_is_named_by_a_header(
    shop: ShopScene, other_shop: ShopScene
) -> None:
    message = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "show_product", "arguments": {"id": shop.variant_ids[0]}},
    }
    for each, is_shown in ((shop, True), (other_shop, False)):
        async with shop.door.client(x_galleria_shop=each.ctx.tenant.slug) as client:
            told = (await client.post("/store/v1/mcp", json=message)).json()
            assert ("product" in told["result"]["structuredContent"]) is is_shown
    async with shop.door.client() as client:
        assert (await client.post("/store/v1/mcp", json=message)).status_code == 404


async def test_a_signature_counts_over_mcp_too(shop: ShopScene) -> None:
    async with platform() as agent, platform() as stranger:
        arguments = {
            "meta": {"ucp-agent": {"profile": agent.profile_url}},
            "catalog": {"ids": ["x"]},
        }
        message = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "lookup_catalog", "arguments": arguments},
        }
        body = msgspec.json.encode(message)
        json_type = {"content-type": "application/json"}
        for signer, is_taken in ((agent, True), (stranger, False)):
            signed = signer.sign(shop.host, "/mcp", json_type, body, 'keyid="mine"')
            async with shop.shopper() as client:
                told = (await client.post("/mcp", content=body, headers=signed)).json()
            assert ("result" in told) is is_taken, told
