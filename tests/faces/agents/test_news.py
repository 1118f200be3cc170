"""News of orders: told to the agent that placed them, signed, until it takes them."""

import base64
import hashlib
import re
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import orders
from galleria.engines.context import Context
from galleria.faces.agents.errors import DeliveryFailed
from galleria.faces.agents.jobs import ENQUEUES
from galleria.faces.agents.service import leaving, signing
from galleria.faces.agents.service.telling import tell_agent
from galleria.foundation.ids import new_id
from tests.faces.agents.buying import FIRST, NEWEST, Agent
from tests.faces.agents.platform import Platform, platform, verifies
from tests.faces.gateway.door import ShopScene, buy


def inside(shop: ShopScene) -> Context:
    """The shop as a worker acts in it, with the engines of its door."""
    return Context(shop.door.engines, shop.ctx.tenant, shop.ctx.actor, f"news-{new_id()}")


async def bought_by(shop: ShopScene, agent: Platform, version: str = NEWEST) -> tuple[UUID, Any]:
    """The order of an agent, by the shop's id and as the agent knows it."""
    async with Agent(shop, version, agent.profile_url) as buyer:
        done = await buyer.buy()
    page = await orders.list_orders(shop.ctx, orders.OrderFilter(), None, 1)
    return page.items[0].order_id, done


async def keys_of(shop: ShopScene) -> dict[str, Any]:
    async with shop.shopper() as client:
        told = (await client.get("/.well-known/ucp")).json()
    return {each["kid"]: each for each in told["keys"]}


async def test_the_agent_gets_the_whole_order_signed_as_a_request(shop: ShopScene) -> None:
    async with platform() as agent:
        order_id, done = await bought_by(shop, agent)
        await tell_agent(inside(shop), order_id, new_id())
        (news,) = agent.news
    told = msgspec.json.decode(news.body)
    assert told["id"] == done["order"]["id"]
    assert told["checkout_id"] == done["id"]
    assert told["line_items"]

    digest = base64.b64encode(hashlib.sha256(news.body).digest()).decode()
    assert news.headers["content-digest"] == f"sha-256=:{digest}:"
    stated = news.headers["signature-input"].removeprefix("sig1=")
    path, _, query = news.path.partition("?")
    values = {
        "@method": "POST",
        "@authority": news.headers["host"],
        "@path": path,
        "@query": f"?{query}",
        **news.headers,
    }
    names = re.findall(r'"([^"]+)"', stated.partition(")")[0])
    assert {"@method", "@authority", "@path", "@query", "content-digest", "ucp-agent"} <= set(names)
    base = "\n".join(
        [*(f'"{name}": {values[name]}' for name in names), f'"@signature-params": {stated}']
    )
    kid = re.search(r'keyid="([^"]+)"', stated)
    assert kid is not None
    signature = base64.b64decode(news.headers["signature"].removeprefix("sig1=:")[:-1])
    verifies((await keys_of(shop))[kid[1]], base.encode(), signature)


async def test_in_the_first_version_the_body_is_signed(shop: ShopScene) -> None:
    async with platform(version=FIRST) as agent:
        order_id, _ = await bought_by(shop, agent, FIRST)
        await tell_agent(inside(shop), order_id, new_id())
        (news,) = agent.news
    head, middle, signature = news.headers["request-signature"].split(".")
    assert middle == ""
    said = msgspec.json.decode(base64.urlsafe_b64decode(head + "=="))
    assert (said["alg"], said["b64"], said["crit"]) == ("ES256", False, ["b64"])
    raw = base64.urlsafe_b64decode(signature + "==")
    verifies((await keys_of(shop))[said["kid"]], head.encode() + b"." + news.body, raw)


async def test_news_that_are_not_taken_are_a_failure_to_be_tried_again(shop: ShopScene) -> None:
    async with platform(takes_news=500) as agent:
        order_id, _ = await bought_by(shop, agent)
        with pytest.raises(DeliveryFailed):
            await tell_agent(inside(shop), order_id, new_id())
        agent.takes_news = 204
        await tell_agent(inside(shop), order_id, new_id())
        assert len(agent.news) == 2


async def test_of_an_order_that_no_agent_placed_nobody_is_told(shop: ShopScene) -> None:
    async with platform() as agent:
        await bought_by(shop, agent)
        async with shop.shopper() as client:
            told = await buy(client, (shop.variant_ids[0], 1))
        await tell_agent(inside(shop), UUID(told["order_id"]), new_id())
        assert agent.news == []


async def test_an_order_whose_checkout_died_is_found_by_its_cart(shop: ShopScene) -> None:
    """The note that links checkout and order is written after the order: it may be missing."""
    async with platform() as agent:
        order_id, _ = await bought_by(shop, agent)
        ctx = inside(shop)
        async with ctx.transaction() as tx:
            await tx.execute(
                "UPDATE agents.checkout SET order_id = NULL WHERE tenant_id = $1 AND order_id = $2",
                order_id,
            )
        await tell_agent(inside(shop), order_id, new_id())
        assert len(agent.news) == 1


async def test_parcels_and_refunds_are_seen_in_the_order(agent: Agent) -> None:
    done = await agent.buy(2)
    path = f"/testing/orders/{done['order']['id']}"
    line = {"line_item_id": done["line_items"][0]["id"], "quantity": 1}
    status, sent = await agent.ask("POST", f"{path}/fulfill", line)
    assert (status, sent["line_items"][0]["status"]) == (200, "partial")
    assert sent["fulfillment"]["events"][0]["line_items"] == [
        {"id": line["line_item_id"], "quantity": 1}
    ]
    status, refunded = await agent.ask("POST", f"{path}/adjust", line)
    assert status == 200
    (adjustment,) = refunded["adjustments"]
    assert adjustment["line_items"][0]["quantity"] == -1
    assert adjustment["totals"][0]["amount"] < 0


def test_each_piece_of_news_of_an_order_is_told() -> None:
    assert {rule.tag for rule in ENQUEUES} == {
        "orders.order_placed.v1",
        "orders.order_cancelled.v1",
        "orders.order_fulfilled.v1",
        "orders.order_refunded.v1",
    }


async def test_a_key_that_was_replaced_is_published_for_a_week_more(shop: ShopScene) -> None:
    before = list(await keys_of(shop))
    fresh = await signing.rotate_key(shop.ctx)
    after = list(await keys_of(shop))
    assert after == [fresh, before[0]]
    assert (await signing.signing_key(shop.ctx)).kid == fresh


async def test_a_shop_that_leaves_takes_its_checkouts_along_without_secrets(
    other_shop: ShopScene,
) -> None:
    async with Agent(other_shop) as agent:
        done = await agent.buy()
    told = b"".join([each async for each in leaving.export_agents(other_shop.ctx)])
    assert b"ana@example.com" in told
    assert done["id"].encode() not in told
    assert b"tokens_sealed" not in told
    await leaving.forget_old(other_shop.ctx)
    async with Agent(other_shop) as agent:
        assert (await agent.ask("GET", f"/checkout-sessions/{done['id']}"))[0] == 200
        await leaving.erase_agents(other_shop.ctx)
        assert (await agent.ask("GET", f"/checkout-sessions/{done['id']}"))[0] == 404
