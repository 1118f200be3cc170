"""Profiles over HTTP: kept, chosen, and what is answered by them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from galleria.commerce import attributes, catalog, inventory
from galleria.commerce.attributes import NewMetafieldDefinition
from galleria.commerce.catalog import ProductChanges
from galleria.faces.profiles.service.choosing import LOOK_AGAIN_S
from galleria.foundation.ids import new_id
from galleria.platform import access, changes
from tests.commerce.selling import mug
from tests.faces.gateway.door import Client, Door, ShopScene, open_shop_scene

PROFILES = "/admin/v1/channel-profiles"
PRODUCTS = "/store/v1/products"


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    """A shop of its own for each test: what one sets is not another's."""
    return await open_shop_scene(door, mug(stock=50))


@pytest.fixture
async def neighbour(door: Door) -> ShopScene:
    return await open_shop_scene(door, mug(stock=5))


async def by(client: Client, profile: str, path: str = PRODUCTS) -> Any:
    return await client.json("GET", path, headers={"Galleria-Profile": profile})


def wanted(**fields: Any) -> dict[str, Any]:
    return {"name": "Car display", "left_out": ["card.brand"], "stock": "yes_no", **fields}


async def test_a_shop_has_four_profiles_and_makes_its_own(shop: ShopScene) -> None:
    async with shop.clerk() as clerk:
        page = await clerk.json("GET", PROFILES)
        assert [each["code"] for each in page["items"]] == ["web", "mobile", "kiosk", "agent"]
        made = await clerk.json("PUT", f"{PROFILES}/car", json=wanted())
        assert (made["version"], made["is_built_in"]) == (1, False)
        assert await clerk.json("PUT", f"{PROFILES}/car", json=wanted()) == made, "safe to repeat"
        second = await clerk.json("PUT", f"{PROFILES}/car", json=wanted(stock="few_left"))
        assert second["version"] == 2
        history = await changes.history_of(shop.ctx, "channel_profile", "car")
        assert [each.version for each in history.items] == [2, 1]
        await clerk.json("DELETE", f"{PROFILES}/car")
        assert (await clerk.get(f"{PROFILES}/car")).status_code == 404
        again = await clerk.json("PUT", f"{PROFILES}/car", json=wanted())
        assert again["version"] == 4, "a version that was given stands for nothing else"


async def test_a_built_in_profile_is_changed_and_brought_back(shop: ShopScene) -> None:
    async with shop.clerk() as clerk, shop.shopper() as shopper:
        before = await by(shopper, "mobile")
        await clerk.json("PUT", f"{PROFILES}/mobile", json=wanted(prices="whole"))
        await shop.door.relay()
        (changed,) = (await _soon(shopper, "mobile", unlike=before))["items"]
        assert before["currency"] == "EUR" and "amount_minor" in before["items"][0]
        assert "price_range" in changed and "brand" not in changed
        refused = await clerk.delete(f"{PROFILES}/mobile")
        assert (refused.status_code, refused.json()["code"]) == (409, "channel_profile_built_in")
        back = await clerk.json("POST", f"{PROFILES}/mobile/restore")
        assert back["version"] == 2
        assert (await clerk.post(f"{PROFILES}/car/restore")).status_code == 404
        await shop.door.relay()
        assert await _soon(shopper, "mobile", unlike={"items": [changed], "next_cursor": None})


async def _soon(shopper: Client, profile: str, unlike: Any) -> Any:
    """The first answer that is another one; a process remembers profiles for five seconds."""
    async for answer in _answers(shopper, profile):
        if answer != unlike:
            return answer
    raise AssertionError("the change is never seen")


async def _answers(shopper: Client, profile: str) -> AsyncIterator[Any]:
    for number in range(140):
        # Another address each time, so that no kept answer is shown.
        yield await by(shopper, profile, f"{PRODUCTS}?limit={20 + number % 80}")
        await asyncio.sleep(0.05)


async def test_an_edit_may_insist_on_a_version(shop: ShopScene) -> None:
    async with shop.clerk() as clerk:
        tag = (await clerk.get(f"{PROFILES}/mobile")).headers["etag"]
        answer = await clerk.put(f"{PROFILES}/mobile", json=wanted(), headers={"If-Match": tag})
        assert answer.status_code == 200 and answer.headers["etag"] != tag
        late = await clerk.put(
            f"{PROFILES}/mobile", json=wanted(name="Late"), headers={"If-Match": tag}
        )
        assert late.status_code == 412


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"left_out": ["product.title"]}, 422, "invalid_channel_profile"),
        ({"left_out": ["x"]}, 422, "invalid_input"),
        ({"stock": "everything"}, 422, "invalid_input"),
        ({"channel": "none"}, 404, "channel_not_found"),
        ({"images": {"widths": [320] * 9}}, 422, "invalid_input"),
        ({"surprise": 1}, 422, "invalid_input"),
    ],
)
async def test_what_cannot_be_kept_is_refused_and_changes_nothing(
    shop: ShopScene, fields: dict[str, Any], status: int, code: str
) -> None:
    async with shop.clerk() as clerk:
        answer = await clerk.put(f"{PROFILES}/car", json=wanted(**fields))
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert (await clerk.get(f"{PROFILES}/car")).status_code == 404
    async with shop.clerk(await shop.key_for("settings:read")) as reader:
        assert (await reader.put(f"{PROFILES}/car", json=wanted())).status_code == 403


async def test_a_shop_has_fifty_profiles_at_most(shop: ShopScene) -> None:
    async with shop.clerk() as clerk:
        for number in range(46):
            await clerk.json("PUT", f"{PROFILES}/p{number}", json=wanted())
        refused = await clerk.put(f"{PROFILES}/one-more", json=wanted())
        assert refused.json()["code"] == "too_many_channel_profiles"


async def test_each_client_is_answered_in_its_own_measure(shop: ShopScene) -> None:
    path = f"{PRODUCTS}/{shop.handle}"
    async with shop.shopper() as shopper:
        whole = await shopper.json("GET", path)
        phone = await by(shopper, "mobile", path)
        assert whole["description_html"] and "price_range" in whole
        assert "description_html" not in phone and phone["price"] == whole["price_range"]["min"]
        assert phone["product_id"] == whole["product_id"]
        negotiated = await shopper.json(
            "GET", path, headers={"Accept": 'application/json; profile="mobile"'}
        )
        assert negotiated == phone
        agent = await by(shopper, "agent", "/store/v1/search?q=mug")
        assert agent["items"] and agent["total"] == 1
        variants = await by(shopper, "mobile", f"{path}/variants")
        assert variants["items"] and "sku" not in variants["items"][0]


async def test_answers_of_two_profiles_are_never_taken_for_each_other(shop: ShopScene) -> None:
    path = f"{PRODUCTS}/{shop.handle}"
    async with shop.shopper() as shopper:
        for _ in range(2):  # the second time from what is kept
            whole = await shopper.get(path)
            phone = await shopper.get(path, headers={"Galleria-Profile": "mobile"})
            assert whole.json() != phone.json()
            assert "galleria-profile" in whole.headers["vary"]
            assert "s-maxage=10" in phone.headers["cache-control"]
            assert "s-maxage=5" in whole.headers["cache-control"]
        assert whole.headers["etag"] != phone.headers["etag"]
        headers = {"Galleria-Profile": "mobile", "If-None-Match": phone.headers["etag"]}
        assert (await shopper.get(path, headers=headers)).status_code == 304
        headers["If-None-Match"] = whole.headers["etag"]
        assert (await shopper.get(path, headers=headers)).status_code == 200


async def test_an_unknown_profile_is_refused_by_name(shop: ShopScene) -> None:
    async with shop.shopper() as shopper:
        for name in ("watch", "../web", "x" * 300, "WEB"):
            answer = await shopper.get(PRODUCTS, headers={"Galleria-Profile": name})
            assert (answer.status_code, answer.json()["code"]) == (400, "unknown_channel_profile")
        assert "mobile" in answer.json()["detail"]


async def test_a_profile_of_one_shop_is_unknown_in_another(
    shop: ShopScene, neighbour: ShopScene
) -> None:
    async with shop.clerk() as clerk, neighbour.shopper() as stranger:
        await clerk.json("PUT", f"{PROFILES}/car", json=wanted())
        answer = await stranger.get(PRODUCTS, headers={"Galleria-Profile": "car"})
        assert answer.status_code == 400
    async with neighbour.clerk() as clerk:
        assert (await clerk.get(f"{PROFILES}/car")).status_code == 404


async def test_a_kiosk_tells_places_and_notes_to_those_who_may_know(shop: ShopScene) -> None:
    ctx, path = shop.ctx, f"{PRODUCTS}/{shop.handle}"
    note = NewMetafieldDefinition(
        owner_kind="product", namespace="floor", code="note", kind="text", storefront="staff"
    )
    await attributes.create_metafield_definition(ctx, note)
    tree = await catalog.get_product_by_handle(ctx, shop.handle)
    said = ProductChanges(metafields={"floor.note": "Spare lids in drawer 4"})
    await catalog.update_product(ctx, tree.product_id, said)
    await shop.door.relay()

    till = await shop.key_for("stock:read", "staff_notes:read")
    async with shop.door.client(shop.host, authorization=f"Bearer {till}") as kiosk:
        answer = await kiosk.get(path, headers={"Galleria-Profile": "kiosk"})
        told = answer.json()
        assert [each["value"] for each in told["staff_notes"]] == ["Spare lids in drawer 4"]
        (place,) = told["variants"][0]["places"]
        assert place["available"] == 50 and place["code"]
        assert answer.headers["cache-control"] == "private, no-store"
        assert "etag" not in answer.headers
        assert "staff_notes" not in await kiosk.json("GET", path), "by the web's profile"


async def test_nobody_else_learns_of_notes_and_places(shop: ShopScene) -> None:
    ctx, path = shop.ctx, f"{PRODUCTS}/{shop.handle}"
    note = NewMetafieldDefinition(
        owner_kind="product", namespace="floor", code="note", kind="text", storefront="staff"
    )
    await attributes.create_metafield_definition(ctx, note)
    tree = await catalog.get_product_by_handle(ctx, shop.handle)
    secret = f"secret-{new_id().hex}"
    await catalog.update_product(
        ctx, tree.product_id, ProductChanges(metafields={"floor.note": secret})
    )
    await shop.door.relay()

    narrow = await shop.key_for("orders:read")
    gone = await access.create_key(ctx, "gone", ["staff_notes:read", "stock:read"])
    await access.revoke_key(ctx, gone.key_id)
    for headers in ({}, {"authorization": f"Bearer {narrow}"}):
        async with shop.door.client(shop.host, **headers) as client:
            for profile in ("kiosk", "web", "mobile", "agent"):
                for address in (path, f"{path}/variants", PRODUCTS, "/store/v1/search?q=mug"):
                    answer = await client.get(address, headers={"Galleria-Profile": profile})
                    assert answer.status_code == 200
                    assert secret not in answer.text and "places" not in answer.text
    async with shop.door.client(shop.host, authorization=f"Bearer {gone.key}") as client:
        assert (await client.get(path)).status_code == 401


async def test_stock_on_a_kiosk_is_that_of_now(shop: ShopScene) -> None:
    till = await shop.key_for("stock:read")
    path = f"{PRODUCTS}/{shop.handle}"
    async with shop.door.client(shop.host, authorization=f"Bearer {till}") as kiosk:
        before = await by(kiosk, "kiosk", path)
        first = before["variants"][0]
        location = await inventory.default_location(shop.ctx)
        change = inventory.AdjustStock(location_id=location.location_id, delta=-8, reason="damage")
        await inventory.adjust_stock(shop.ctx, UUID(first["variant_id"]), change)
        after = await by(kiosk, "kiosk", path)
        assert after["variants"][0]["places"][0]["available"] == 42, "before any event is handled"


async def test_a_profile_sells_through_its_own_channel(shop: ShopScene) -> None:
    async with shop.clerk() as clerk:
        channel = {"code": "station", "name": "Station", "currency": "USD", "locale": "en"}
        await clerk.json("POST", "/admin/v1/channels", json=channel)
        await clerk.json("PUT", f"{PROFILES}/train", json=wanted(channel="station"))
    headers = {"Galleria-Profile": "train"}
    async with shop.shopper() as shopper:
        cart = await shopper.json("POST", "/store/v1/carts", json={}, headers=headers)
        assert cart["currency"] == "USD"
        default = await shopper.json("POST", "/store/v1/carts", json={})
        assert default["currency"] == "EUR"
        listed = await by(shopper, "train")
        assert listed["items"] == [], "nothing has a price there"


async def test_a_profile_is_tried_out_and_weighed(shop: ShopScene) -> None:
    async with shop.clerk() as clerk:
        path = f"{PROFILES}/mobile/preview"
        light = {"name": "M", "prices": "lowest", "texts": {"description": "none"}}
        told = await clerk.json("POST", f"{path}?bodies=true", json={**light, "budget_bytes": 100})
        cards, product = told["samples"]
        assert (cards["shape"], product["shape"]) == ("cards", "product")
        assert product["bytes"] < product["whole_bytes"] and product["is_over"]
        assert "description_html" not in product["body"]
        async with shop.shopper() as shopper:
            answer = await shopper.get(product["address"])
            assert len(answer.content) == product["whole_bytes"], "as it is on the wire"
        assert (await clerk.post(path, json=wanted(left_out=["card.title"]))).status_code == 422


async def test_ways_to_pay_are_those_of_the_profile(shop: ShopScene) -> None:
    async with shop.clerk() as clerk, shop.shopper() as shopper:
        methods = "/store/v1/payment-methods"
        assert await shopper.json("GET", methods) == {
            "items": [{"code": "test"}],
            "next_cursor": None,
        }
        await clerk.json("PUT", f"{PROFILES}/car", json=wanted(payment_methods=["wallet"]))
        await asyncio.sleep(LOOK_AGAIN_S)
        assert (await by(shopper, "car", methods))["items"] == []
