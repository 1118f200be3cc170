"""Agents that buy: from the first line to the order, once, and nothing else."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from tests.commerce.carts.shop import set_price
from tests.faces.agents.buying import FIRST, NEWEST, Agent, fulfillment, lines, payment
from tests.faces.gateway.door import ShopScene, fill_cart, purchase


def total(told: dict[str, Any], kind: str = "total") -> int:
    (amount,) = (each["amount"] for each in told["totals"] if each["type"] == kind)
    return int(amount)


def codes(told: dict[str, Any]) -> list[str]:
    return [each["code"] for each in told.get("messages", [])]


@pytest.mark.parametrize("version", [FIRST, NEWEST])
async def test_an_agent_buys_from_the_first_line_to_the_order(
    shop: ShopScene, version: str
) -> None:
    async with Agent(shop, version) as agent:
        begun = await agent.begin(2)
        assert begun["status"] == "ready_for_complete", begun
        assert total(begun) == total(begun, "subtotal") + total(begun, "fulfillment")

        status, done = await agent.complete(begun["id"])
        assert (status, done["status"]) == (200, "completed"), done

        status, order = await agent.ask("GET", f"/orders/{done['order']['id']}")
        assert status == 200
        assert order["checkout_id"] == begun["id"]
        assert total(order) == total(begun)
        (line,) = order["line_items"]
        assert line["id"] == begun["line_items"][0]["id"]
        pieces = {"total": 2, "fulfilled": 0}
        assert line["quantity"] == (pieces if version == FIRST else {**pieces, "original": 2})
        assert line["status"] == "processing"


async def test_what_is_missing_is_said_and_then_nothing_is_bought(agent: Agent) -> None:
    begun = await agent.begin(buyer=None, fulfillment=None)
    assert begun["status"] == "incomplete"
    assert begun["messages"][0]["path"] == "$.buyer.email"

    status, told = await agent.complete(begun["id"])
    assert (status, told["status"]) == (200, "incomplete")
    assert "order" not in told


async def test_in_the_first_version_an_unfinished_checkout_is_refused(first_agent: Agent) -> None:
    begun = await first_agent.begin(fulfillment=fulfillment(None))
    status, told = await first_agent.complete(begun["id"])
    assert status == 409
    assert told["detail"]


async def test_an_update_is_the_whole_checkout(agent: Agent) -> None:
    begun = await agent.begin(1)
    path = f"/checkout-sessions/{begun['id']}"
    body = {"line_items": lines(agent.shop.variant_ids[0], 3)}
    status, told = await agent.ask("PUT", path, body)
    assert status == 200
    assert told["line_items"][0]["quantity"] == 3
    assert told["line_items"][0]["id"] == begun["line_items"][0]["id"]
    assert "buyer" not in told, "what is not sent is not wanted any more"
    assert told["status"] == "incomplete"


async def test_the_same_key_begins_one_checkout_and_another_body_is_refused(agent: Agent) -> None:
    body = {"line_items": lines(agent.shop.variant_ids[0])}
    first = await agent.ask("POST", "/checkout-sessions", body, key="once-and-only-once-1")
    again = await agent.ask("POST", "/checkout-sessions", body, key="once-and-only-once-1")
    assert first == again
    other = {"line_items": lines(agent.shop.variant_ids[0], 2)}
    status, told = await agent.ask("POST", "/checkout-sessions", other, key="once-and-only-once-1")
    assert (status, codes(told)) == (409, ["idempotency_conflict"])


async def test_a_repeated_completion_is_the_same_order_and_charges_once(agent: Agent) -> None:
    begun = await agent.begin()
    first, again = await asyncio.gather(
        agent.complete(begun["id"], key="pay-1"), agent.complete(begun["id"], key="pay-1")
    )
    third = await agent.complete(begun["id"], key="pay-1")
    orders = {told["order"]["id"] for _, told in (first, again, third) if "order" in told}
    assert len(orders) == 1
    assert third[1]["status"] == "completed"
    status, told = await agent.complete(begun["id"], key="pay-2")
    assert status == 409, told


async def test_a_declined_card_leaves_the_checkout_open(shop: ShopScene) -> None:
    for version, expected in ((FIRST, 402), (NEWEST, 200)):
        async with Agent(shop, version) as agent:
            begun = await agent.begin()
            status, told = await agent.complete(begun["id"], "tok_decline")
            assert (status, codes(told)) == (expected, ["payment_failed"])
            status, told = await agent.complete(begun["id"])
            assert (status, told["status"]) == (200, "completed")


async def test_a_payment_that_takes_its_time_is_in_progress_and_holds_the_checkout(
    agent: Agent,
) -> None:
    begun = await agent.begin()
    _, told = await agent.complete(begun["id"], "tok_late")
    assert told["status"] == "complete_in_progress"
    assert "order" not in told
    path = f"/checkout-sessions/{begun['id']}"
    body = {"line_items": lines(agent.shop.variant_ids[0], 5)}
    status, changed = await agent.ask("PUT", path, body)
    assert (status, codes(changed)) == (200, ["complete_in_progress"])
    assert changed["line_items"] == begun["line_items"]


async def test_a_canceled_checkout_is_neither_changed_nor_bought(agent: Agent) -> None:
    begun = await agent.begin()
    path = f"/checkout-sessions/{begun['id']}"
    status, told = await agent.ask("POST", f"{path}/cancel")
    assert (status, told["status"]) == (200, "canceled")
    body = {"line_items": lines(agent.shop.variant_ids[0])}
    assert (await agent.ask("PUT", path, body))[0] == 409
    assert (await agent.complete(begun["id"]))[0] == 409
    assert (await agent.ask("POST", f"{path}/cancel"))[0] == 409
    assert (await agent.ask("GET", path))[1]["status"] == "canceled"


async def test_a_completed_checkout_no_longer_changes(agent: Agent) -> None:
    done = await agent.buy()
    path = f"/checkout-sessions/{done['id']}"
    assert (await agent.ask("POST", f"{path}/cancel"))[0] == 409
    body = {"line_items": lines(agent.shop.variant_ids[0], 2)}
    assert (await agent.ask("PUT", path, body))[0] == 409
    assert (await agent.ask("GET", path))[1]["line_items"] == done["line_items"]


async def test_a_cart_becomes_one_checkout_however_often_it_is_asked(agent: Agent) -> None:
    _, cart = await agent.ask("POST", "/carts", {"line_items": lines(agent.shop.variant_ids[0], 2)})
    body = {"cart_id": cart["id"], "line_items": lines(agent.shop.variant_ids[0], 9)}
    status, begun = await agent.ask("POST", "/checkout-sessions", body)
    assert (status, begun["line_items"][0]["quantity"]) == (201, 2)
    status, again = await agent.ask("POST", "/checkout-sessions", body)
    assert (status, again["id"]) == (200, begun["id"])


async def test_a_cart_that_a_person_ordered_leads_no_agent_to_their_order(
    agent: Agent,
) -> None:
    async with agent.shop.shopper() as person:
        cart = await fill_cart(person, (agent.shop.variant_ids[0], 1))
        path = f"/store/v1/carts/{cart['token']}/checkout"
        key = {"Idempotency-Key": "a person"}
        await person.json("POST", path, json=purchase(), headers=key)
    status, told = await agent.ask("POST", "/checkout-sessions", {"cart_id": cart["token"]})
    assert (status, codes(told)) == (409, ["cart_not_open"])


async def test_two_agents_that_use_one_key_get_a_checkout_each(shop: ShopScene) -> None:
    body = {"line_items": lines(shop.variant_ids[0])}
    begun = set()
    for profile in ("https://one.invalid/profile", "https://two.invalid/profile"):
        async with Agent(shop, NEWEST, profile) as agent:
            status, told = await agent.ask("POST", "/checkout-sessions", body, key="1")
            assert status == 201
            begun.add(told["id"])
    assert len(begun) == 2


async def test_what_is_not_there_is_refused_and_nothing_has_changed(shop: ShopScene) -> None:
    async with Agent(shop, FIRST) as agent:
        begun = await agent.begin()
        path = f"/checkout-sessions/{begun['id']}"
        body = {"id": begun["id"], "line_items": lines(shop.variant_ids[0], 900)}
        status, told = await agent.ask("PUT", path, body)
        assert (status, codes(told)) == (400, ["out_of_stock"])
        assert (await agent.ask("GET", path))[1]["line_items"] == begun["line_items"]
    async with Agent(shop) as agent:
        begun = await agent.begin(900)
        assert (begun["status"], codes(begun)) == ("incomplete", ["out_of_stock"])


async def test_when_nothing_is_left_there_is_no_checkout(shop: ShopScene) -> None:
    strange = {"line_items": lines("018f0000-0000-7000-8000-000000000000")}
    nameless = {"line_items": lines("no-id-of-ours")}
    async with Agent(shop) as agent:
        status, told = await agent.ask("POST", "/checkout-sessions", strange)
        assert (status, told["ucp"]["status"], codes(told)) == (200, "error", ["item_unavailable"])
        assert "id" not in told
    async with Agent(shop, FIRST) as agent:
        for body in (strange, nameless):
            status, told = await agent.ask("POST", "/checkout-sessions", body)
            assert (status, codes(told)) == (400, ["item_unavailable"]), told


async def test_the_total_is_that_of_this_moment(agent: Agent) -> None:
    """A price that rises between the look and the purchase is seen in the next answer."""
    begun = await agent.begin()
    variant_id = UUID(agent.shop.variant_ids[0])
    before = begun["line_items"][0]["item"]["price"]
    try:
        await set_price(agent.shop.ctx, variant_id, before + 100)
        _, told = await agent.ask("GET", f"/checkout-sessions/{begun['id']}")
        assert total(told) == total(begun) + 100
    finally:
        await set_price(agent.shop.ctx, variant_id, before)


async def test_nobody_reads_or_buys_the_checkout_of_another_shop(
    agent: Agent, other_shop: ShopScene
) -> None:
    begun = await agent.begin()
    done = await agent.buy()
    async with Agent(other_shop) as stranger:
        for method, path, body in (
            ("GET", f"/checkout-sessions/{begun['id']}", None),
            ("POST", f"/checkout-sessions/{begun['id']}/complete", payment()),
            ("POST", f"/checkout-sessions/{begun['id']}/cancel", None),
            ("GET", f"/orders/{done['order']['id']}", None),
        ):
            status, told = await stranger.ask(method, path, body)
            assert (status, codes(told)) == (404, ["not_found"]), (method, path, told)
    assert (await agent.ask("GET", f"/checkout-sessions/{begun['id']}"))[1] == begun


async def test_an_order_is_read_by_its_secret_alone(agent: Agent) -> None:
    done = await agent.buy()
    assert (await agent.ask("GET", f"/orders/{done['id']}"))[0] == 404
    begun = await agent.begin()
    assert (await agent.ask("GET", f"/orders/{begun['id']}"))[0] == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"line_items": []},
        {"line_items": "x"},
        {"line_items": [{"item": {"id": "x"}, "quantity": 0}]},
        {"line_items": [{"item": {}, "quantity": 1}]},
        {"line_items": [{"item": {"id": "x"}}] * 101},
    ],
)
@pytest.mark.parametrize("version", [FIRST, NEWEST])
async def test_a_body_that_cannot_be_right_is_refused(
    shop: ShopScene, version: str, body: Any
) -> None:
    async with Agent(shop, version) as agent:
        status, told = await agent.ask("POST", "/checkout-sessions", body)
        assert status == 400, told
        assert told["messages"]


async def test_two_instruments_and_unknown_gateways_are_refused(agent: Agent) -> None:
    begun = await agent.begin()
    path = f"/checkout-sessions/{begun['id']}/complete"
    two = {"payment": {"instruments": payment()["payment"]["instruments"] * 2}}
    assert (await agent.ask("POST", path, two))[0] == 400
    stranger = payment()
    stranger["payment"]["instruments"][0]["handler_id"] = "elsewhere"
    _, told = await agent.ask("POST", path, stranger)
    assert codes(told) == ["payment_failed"]
    assert (await agent.ask("GET", f"/checkout-sessions/{begun['id']}"))[1]["status"] == (
        "ready_for_complete"
    )


async def test_no_answer_repeats_the_card(agent: Agent) -> None:
    done = await agent.buy()
    assert "tok_approve" not in str(done)
