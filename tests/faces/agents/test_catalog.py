"""How agents look at what a shop sells."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.commerce.selling import mug
from tests.faces.agents.buying import Agent
from tests.faces.gateway.door import Door, ShopScene, open_shop_scene

UNKNOWN = "018f0000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
async def full_shop(doors: dict[str, Door]) -> ShopScene:
    """A shop with a dozen different mugs."""
    return await open_shop_scene(
        doors["sandbox"], *[mug(f"mug-{number}", stock=5) for number in range(12)]
    )


@pytest.fixture
async def looker(full_shop: ShopScene) -> AsyncIterator[Agent]:
    async with Agent(full_shop) as agent:
        yield agent


async def ask(agent: Agent, name: str, body: Any) -> tuple[int, dict[str, Any]]:
    return await agent.ask("POST", f"/catalog/{name}", body, key=None)


async def test_a_search_is_read_page_by_page(looker: Agent) -> None:
    status, first = await ask(looker, "search", {"query": "*"})
    assert (status, len(first["products"])) == (200, 10)
    assert first["pagination"]["has_next_page"] is True
    body = {"query": "*", "pagination": {"cursor": first["pagination"]["cursor"]}}
    status, second = await ask(looker, "search", body)
    assert (status, len(second["products"])) == (200, 2)
    assert second["pagination"]["has_next_page"] is False
    ids = [each["id"] for each in first["products"] + second["products"]]
    assert len(set(ids)) == 12


async def test_what_nothing_answers_is_an_empty_page(looker: Agent) -> None:
    status, told = await ask(looker, "search", {"query": "zzz no such thing zzz"})
    assert (status, told["products"]) == (200, [])
    assert "messages" not in told


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"pagination": {"limit": 5}},
        {"query": "x" * 501},
        {"query": "mug", "pagination": {"limit": 0}},
        {"query": "mug", "filters": {"price": {"min": -1}}},
        {"query": "mug", "filters": {"categories": ["a", "b"]}},
        {"query": 7},
    ],
)
async def test_a_search_that_cannot_be_right_is_refused(looker: Agent, body: Any) -> None:
    status, told = await ask(looker, "search", body)
    assert status == 400, told


async def test_prices_narrow_a_search(looker: Agent) -> None:
    _, all_of_them = await ask(looker, "search", {"query": "*"})
    price = all_of_them["products"][0]["price_range"]["min"]["amount"]
    body = {"query": "*", "filters": {"price": {"max": price - 1}}}
    _, cheap = await ask(looker, "search", body)
    assert all(each["price_range"]["min"]["amount"] < price for each in cheap["products"]), (
        "nothing dearer"
    )


async def test_a_product_is_found_by_its_id_and_by_that_of_a_variant(looker: Agent) -> None:
    variant_id = looker.shop.variant_ids[1]
    status, told = await ask(looker, "product", {"id": variant_id})
    product = told["product"]
    assert (status, product["variants"][0]["id"]) == (200, variant_id)
    assert [each["label"] for each in product["selected"]] == [
        each["label"] for each in product["variants"][0]["options"]
    ]
    _, again = await ask(looker, "product", {"id": product["id"]})
    assert again["product"]["id"] == product["id"]


async def test_an_option_that_is_selected_is_shown_first(looker: Agent) -> None:
    _, told = await ask(looker, "product", {"id": looker.shop.variant_ids[0]})
    other = told["product"]["variants"][1]
    selected = [{"name": each["name"], "label": each["label"]} for each in other["options"]]
    body = {"id": told["product"]["id"], "selected": selected}
    _, again = await ask(looker, "product", body)
    assert again["product"]["variants"][0]["id"] == other["id"]
    status, _ = await ask(looker, "product", {**body, "selected": selected * 2})
    assert status == 400


@pytest.mark.parametrize("unknown", [UNKNOWN, "no-uuid"])
async def test_an_unknown_product_is_an_answer_and_no_failure(looker: Agent, unknown: str) -> None:
    status, told = await ask(looker, "product", {"id": unknown})
    assert (status, told["ucp"]["status"]) == (200, "error")
    assert told["messages"][0]["severity"] == "unrecoverable"


async def test_a_lookup_names_why_each_variant_is_there(looker: Agent) -> None:
    first, second, third = looker.shop.variant_ids[:3]
    status, told = await ask(looker, "lookup", {"ids": [first, first, second, third, UNKNOWN, "x"]})
    assert status == 200
    assert len(told["products"]) == 2, "two variants of one product, one of another"
    shown = {
        each["id"]: each["inputs"] for product in told["products"] for each in product["variants"]
    }
    assert shown == {one: [{"id": one, "match": "exact"}] for one in (first, second, third)}
    product_id = told["products"][0]["id"]
    _, whole = await ask(looker, "lookup", {"ids": [product_id]})
    assert whole["products"][0]["variants"][0]["inputs"] == [
        {"id": product_id, "match": "featured"}
    ]


async def test_a_lookup_is_bounded(looker: Agent) -> None:
    status, told = await ask(looker, "lookup", {"ids": [str(number) for number in range(51)]})
    assert (status, told["code"]) == (400, "request_too_large")
    assert (await ask(looker, "lookup", {"ids": []}))[0] == 400


async def test_nothing_of_another_shop_is_shown_or_sold(looker: Agent, shop: ShopScene) -> None:
    theirs = shop.variant_ids[0]
    assert (await ask(looker, "product", {"id": theirs}))[1]["ucp"]["status"] == "error"
    assert (await ask(looker, "lookup", {"ids": [theirs]}))[1]["products"] == []
    body = {"line_items": [{"item": {"id": theirs}, "quantity": 1}]}
    status, told = await looker.ask("POST", "/carts", body)
    assert (status, told["messages"][0]["code"]) == (200, "item_unavailable")


async def test_a_cart_is_what_was_sent_last(looker: Agent) -> None:
    first, second = looker.shop.variant_ids[0], looker.shop.variant_ids[2]
    body = {"line_items": [{"item": {"id": first}, "quantity": 2}, {"item": {"id": first}}]}
    status, cart = await looker.ask("POST", "/carts", body)
    assert (status, cart["line_items"][0]["quantity"]) == (201, 3)
    path = f"/carts/{cart['id']}"
    body = {"line_items": [{"item": {"id": second}}, {"item": {"id": first}, "quantity": 1}]}
    status, changed = await looker.ask("PUT", path, body)
    assert status == 200
    pieces = {each["item"]["id"]: each["quantity"] for each in changed["line_items"]}
    assert pieces == {first: 1, second: 1}
    assert (await looker.ask("GET", path))[1]["line_items"] == changed["line_items"]
    too_many = {"line_items": [{"item": {"id": first}, "quantity": 100_000}]}
    status, told = await looker.ask("PUT", path, too_many)
    assert (status, told["ucp"]["status"]) == (200, "error")
    assert (await looker.ask("GET", path))[1]["line_items"] == changed["line_items"]
    status, gone = await looker.ask("POST", f"{path}/cancel")
    assert (status, gone["line_items"]) == (200, changed["line_items"])
    assert (await looker.ask("GET", path))[0] == 404
