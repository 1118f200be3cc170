"""A kiosk goes away, sells, comes back, hands in: each sale once, at the price it was sold at."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import inventory, orders, payments, pricing
from galleria.commerce.inventory import SetStock
from galleria.commerce.orders import OrderDetail, OrderFilter
from galleria.commerce.pricing import PriceRow
from galleria.faces import profiles
from galleria.faces.kiosk import OfflineOrder
from galleria.faces.kiosk.model.signing import Priced, code_key, price_code
from galleria.faces.kiosk.service import selling
from galleria.faces.kiosk.service.keys import signer
from galleria.faces.kiosk.service.standing import stand_of
from galleria.faces.profiles import BUILT_IN
from galleria.platform import tenants
from tests.faces.gateway.door import (
    Client,
    Door,
    ShopScene,
    fill_cart,
    open_shop_scene,
    purchase,
)
from tests.faces.kiosk.conftest import KioskScene, kiosk_key, open_kiosk
from tests.faces.kiosk.device import Device, NotGenuine, trusted_keys

ORDERS = "/store/v1/offline-orders"


async def away(scene: KioskScene, client: Client) -> Device:
    """A kiosk with all that it needs to be without a network."""
    await client.get("/store/v1/offline-pack")
    await scene.make_packs()
    device = Device(await trusted_keys(client))
    assert await device.take_along(client)
    return device


async def set_price(scene: KioskScene, variant_id: str, amount_minor: int) -> None:
    """From now on it costs so much."""
    async with scene.ctx.transaction() as tx:
        channel = await tenants.channel_of(tx)
        row = PriceRow(
            variant_id=UUID(variant_id),
            channel_id=channel.channel_id,
            currency=channel.currency,
            amount_minor=amount_minor,
        )
        await pricing.merge_prices(tx, [row])
    await scene.shop.door.relay()


async def stock_of(scene: KioskScene, variant_id: str) -> dict[str, int]:
    """How many lie at each place."""
    places = {each.location_id: each.code for each in await inventory.list_locations(scene.ctx)}
    page = await inventory.list_stock(scene.ctx, [UUID(variant_id)])
    return {places[each.location_id]: each.on_hand for each in page.items}


async def detail_of(scene: KioskScene, answer: dict[str, Any]) -> OrderDetail:
    return await orders.get_order(scene.ctx, UUID(answer["order"]["order_id"]))


def outcomes(answers: list[dict[str, Any]]) -> list[str]:
    return [each["outcome"] for each in answers]


def codes(answers: list[dict[str, Any]]) -> list[str]:
    return [each["problem"]["code"] if each["problem"] else "" for each in answers]


async def test_a_kiosk_takes_along_sells_comes_back_and_hands_in_twice(scene: KioskScene) -> None:
    blue = scene.shop.variant_ids[0]
    async with scene.client() as client:
        device = await away(scene, client)
        first = device.sell((blue, 2))
        second = device.sell((blue, 1), email="ana@example.com")
        answers = await device.hand_in(client)
        assert outcomes(answers) == ["placed", "placed"]
        assert device.queue == []
        device.queue = [first, second]
        again = await device.hand_in(client)
        assert outcomes(again) == ["already_placed", "already_placed"]
        assert [each["order"] for each in again] == [each["order"] for each in answers]
    assert await stock_of(scene, blue) == {"main": 47}
    order = await detail_of(scene, answers[0])
    assert (order.status, order.payment_status, order.fulfillment_status) == (
        *("placed", "captured"),
        "fulfilled",
    )
    assert order.total.amount_minor == 4800
    assert order.shipping_address is None
    notes = [each.note for each in order.entries if each.kind == "note"]
    assert notes and "arcade" in notes[0] and "cash receipt-1" in notes[0]
    assert (await detail_of(scene, answers[1])).email == "ana@example.com"
    assert len((await orders.list_orders(scene.ctx, OrderFilter())).items) == 2


async def test_goods_leave_the_place_where_the_kiosk_stands(scene: KioskScene) -> None:
    blue = scene.shop.variant_ids[0]
    places = {each.code: each.location_id for each in await inventory.list_locations(scene.ctx)}
    here = SetStock(variant_id=UUID(blue), location_id=places["arcade"], on_hand=3)
    await inventory.set_stock(scene.ctx, [here])
    async with scene.client() as client:
        device = await away(scene, client)
        device.sell((blue, 2))
        assert outcomes(await device.hand_in(client)) == ["placed"]
    assert await stock_of(scene, blue) == {"main": 50, "arcade": 1}


async def test_a_price_that_was_vouched_for_is_honoured_and_another_is_not(
    scene: KioskScene,
) -> None:
    blue = scene.shop.variant_ids[0]
    async with scene.client() as client:
        device = await away(scene, client)
        await set_price(scene, blue, 9900)
        kept = device.sell((blue, 1))
        cheaper = {"amount_minor": 100, "currency": "EUR"}
        line = {**kept["lines"][0], "unit_price": cheaper}
        device.sell((blue, 1), lines=[line], total=cheaper)
        device.sell((blue, 1), lines=[{**kept["lines"][0], "price_code": ""}])
        today = {"amount_minor": 9900, "currency": "EUR"}
        line = {**kept["lines"][0], "unit_price": today, "price_code": ""}
        device.sell((blue, 1), lines=[line], total=today)
        answers = await device.hand_in(client)
        assert outcomes(answers) == ["placed", "refused", "refused", "placed"]
        assert codes(answers)[1:3] == ["offline_price_changed"] * 2
        (wrong,) = answers[1]["problem"]["errors"]
        assert wrong["path"] == "lines[0].unit_price" and "9900 EUR" in wrong["message"]
        assert len(device.queue) == 2, "for somebody to look at"
    assert (await detail_of(scene, answers[0])).total.amount_minor == 2400
    assert await stock_of(scene, blue) == {"main": 48}


async def test_prices_of_changes_are_vouched_for_too(scene: KioskScene) -> None:
    blue = scene.shop.variant_ids[0]
    async with scene.client() as client:
        device = await away(scene, client)
        await set_price(scene, blue, 3000)
        assert await device.catch_up(client)
        device.sell((blue, 1))
        await set_price(scene, blue, 5000)
        (answer,) = await device.hand_in(client)
    assert answer["order"]["total"]["amount_minor"] == 3000


async def test_a_price_sold_at_after_its_pack_had_run_out_is_a_conflict(scene: KioskScene) -> None:
    blue = scene.shop.variant_ids[0]
    late = datetime.now(UTC) - timedelta(days=1)
    async with scene.client() as client:
        device = await away(scene, client)
        priced = Priced(channel="web", variant_id=UUID(blue), amount_minor=2000, currency="EUR")
        key = code_key((await signer(scene.ctx)).private, scene.ctx.tenant.tenant_id)
        code = price_code(key, priced, late - timedelta(hours=1))
        line = {
            "variant_id": blue,
            "quantity": 1,
            "unit_price": {"amount_minor": 2000, "currency": "EUR"},
            "price_code": code,
        }
        sale = {"lines": [line], "total": line["unit_price"]}
        device.sell((blue, 1), **sale, taken_at=late.isoformat())
        device.sell((blue, 1), **sale, taken_at=(late - timedelta(hours=2)).isoformat())
        answers = await device.hand_in(client)
    assert outcomes(answers) == ["refused", "placed"], "the second was sold in time"
    assert codes(answers)[0] == "offline_price_changed"


async def test_one_that_is_refused_stops_none_behind_it_and_is_taken_once_it_can_be(
    scene: KioskScene,
) -> None:
    blue, white = scene.shop.variant_ids
    async with scene.client() as client:
        device = await away(scene, client)
        device.sell((white, 1))
        device.sell((blue, 1))
        answers = await device.hand_in(client)
        assert outcomes(answers) == ["refused", "placed"]
        assert codes(answers) == ["out_of_stock", ""]
        assert outcomes(await device.hand_in(client)) == ["refused"]
        # Somebody counts the shelf: the kiosk was right.
        await inventory.set_stock(scene.ctx, [SetStock(variant_id=UUID(white), on_hand=1)])
        assert outcomes(await device.hand_in(client)) == ["placed"]
    assert await stock_of(scene, white) == {"main": 0}


async def test_what_may_be_sold_ahead_of_stock_is(scene: KioskScene) -> None:
    white = scene.shop.variant_ids[1]
    policy = inventory.StockPolicy(is_tracked=True, allows_backorder=True)
    await inventory.set_policy(scene.ctx, UUID(white), policy)
    async with scene.client() as client:
        device = await away(scene, client)
        device.sell((white, 1))
        assert outcomes(await device.hand_in(client)) == ["placed"]


async def test_what_is_not_handed_over_is_sent_and_says_where_to(scene: KioskScene) -> None:
    blue = scene.shop.variant_ids[0]
    address = purchase()["shipping_address"]
    async with scene.client() as client:
        device = await away(scene, client)
        device.sell((blue, 1), is_handed_over=False)
        (standard,) = [
            each for each in device.manifest["shipping_methods"] if each["code"] == "standard"
        ]
        total = {"amount_minor": 2400 + standard["price"]["amount_minor"], "currency": "EUR"}
        sent = {"shipping_address": address, "shipping_method": "standard", "total": total}
        device.sell((blue, 1), is_handed_over=False, **sent)
        cheaper = {**sent, "total": {"amount_minor": 2400, "currency": "EUR"}}
        device.sell((blue, 1), is_handed_over=False, **cheaper)
        answers = await device.hand_in(client)
    assert codes(answers) == ["shipping_address_required", "", "total_changed"]
    order = await detail_of(scene, answers[1])
    assert (order.fulfillment_status, order.shipping_method) == ("unfulfilled", "standard")


async def test_a_key_of_a_sale_is_of_that_sale_alone(scene: KioskScene) -> None:
    blue = scene.shop.variant_ids[0]
    async with scene.client() as client:
        device = await away(scene, client)
        sale = device.sell((blue, 1))
        assert outcomes(await device.hand_in(client)) == ["placed"]
        device.sell((blue, 2), idempotency_key=sale["idempotency_key"])
        answers = await device.hand_in(client)
        assert codes(answers) == ["idempotency_key_reused"]
        device.queue = []
        line = device.sell((blue, 1))["lines"][0]
        device.sell((blue, 2), lines=[line, line])
        device.sell((blue, 1), taken_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
        device.sell((blue, 1), taken_at=(datetime.now(UTC) - timedelta(days=31)).isoformat())
        answers = await device.hand_in(client)
    assert codes(answers) == ["", *["offline_order_invalid"] * 3]


async def test_a_batch_sent_at_once_by_two_lines_places_each_sale_once(scene: KioskScene) -> None:
    blue = scene.shop.variant_ids[0]
    async with scene.client() as client:
        device = await away(scene, client)
        batch = {"orders": [device.sell((blue, 1)) for _ in range(4)]}
        answers = await asyncio.gather(*(client.post(ORDERS, json=batch) for _ in range(3)))
    placed = [each for answer in answers for each in answer.json()["items"]]
    assert len({each["order"]["order_id"] for each in placed}) == 4
    assert await stock_of(scene, blue) == {"main": 46}


@pytest.mark.parametrize("steps", [1, 2])
async def test_a_sale_that_was_broken_off_is_brought_to_its_end(
    scene: KioskScene, steps: int
) -> None:
    """So many steps were done when the process died; then the price changed."""
    blue = scene.shop.variant_ids[0]
    async with scene.client() as client:
        device = await away(scene, client)
        sale = device.sell((blue, 1))
        sale["lines"][0]["price_code"] = ""
        wanted = msgspec.convert(sale, OfflineOrder)
        ctx, profile = scene.ctx, BUILT_IN["kiosk"]
        till = selling.Till(await stand_of(ctx, profile), [])
        token = await selling.cart_of(ctx, till, wanted)
        if steps == 2:
            await selling.check_out(ctx, till, wanted, token, {})
            await set_price(scene, blue, 9900)
        assert outcomes(await device.hand_in(client)) == ["placed"]
    found = (await orders.list_orders(scene.ctx, OrderFilter())).items
    assert [each.fulfillment_status for each in found] == ["fulfilled"]
    assert await stock_of(scene, blue) == {"main": 49}


async def test_nobody_but_a_kiosk_of_the_shop_hands_in(scene: KioskScene, door: Door) -> None:
    blue = scene.shop.variant_ids[0]
    other = await open_kiosk(door)
    async with scene.client() as client:
        device = await away(scene, client)
    batch = {"orders": [device.sell((blue, 1))]}
    narrow = await scene.shop.key_for("orders:write", "products:read")
    async with scene.shop.shopper() as nobody:
        assert (await nobody.post(ORDERS, json=batch)).status_code == 401
    async with scene.shop.clerk(narrow) as clerk:
        assert (await clerk.post(ORDERS, json=batch)).status_code == 403
    async with other.client() as stranger:
        answer = await stranger.post(ORDERS, json=batch)
        assert codes(answer.json()["items"]) == ["variant_not_for_sale"]
    assert (await orders.list_orders(scene.ctx, OrderFilter())).items == []


async def test_a_kiosk_takes_no_pack_that_its_shop_has_not_signed(
    scene: KioskScene, door: Door
) -> None:
    other = await open_kiosk(door)
    async with scene.client() as client, other.client() as theirs:
        device = await away(scene, client)
        await away(other, theirs)
        before = device.manifest
        foreign = (await theirs.get("/store/v1/offline-pack")).json()
        own = (await client.get("/store/v1/offline-pack")).json()
        for forged in (foreign, {**own, "payload": foreign["payload"]}, {**own, "signature": ""}):
            with pytest.raises(NotGenuine):
                await device.take_along(client, forged)
        assert device.manifest == before


async def test_no_shopper_says_of_themselves_that_they_have_paid_in_cash(
    scene: KioskScene,
) -> None:
    async with scene.shop.shopper() as shopper:
        cart = await fill_cart(shopper, (scene.shop.variant_ids[0], 1))
        path = f"/store/v1/carts/{cart['token']}/checkout"
        for method in payments.counter_names():
            body = purchase(payment={"method": method, "token": "receipt"})
            answer = await shopper.post(path, json=body, headers={"Idempotency-Key": method * 6})
            assert (answer.status_code, answer.json()["code"]) == (422, "payment_method_unknown")
        offered = await shopper.json("GET", "/store/v1/payment-methods")
    assert [each["code"] for each in offered["items"]] == ["test"]


async def test_sales_of_a_key_that_was_replaced_are_known_to_its_successor(
    scene: KioskScene,
) -> None:
    blue = scene.shop.variant_ids[0]
    successor = await kiosk_key(scene.shop)
    async with scene.client() as client, scene.shop.clerk(successor) as later:
        device = await away(scene, client)
        sale = device.sell((blue, 1))
        await device.hand_in(client)
        device.queue = [sale]
        assert outcomes(await device.hand_in(later)) == ["already_placed"]


async def test_a_shop_without_a_kiosk_place_sells_at_its_first(door: Door) -> None:
    shop: ShopScene = await open_shop_scene(door)
    scene = KioskScene(shop, await kiosk_key(shop, location=""))
    async with scene.client() as client:
        device = await away(scene, client)
        assert device.manifest["location"]["code"] == "main"
        device.sell((shop.variant_ids[0], 1))
        assert outcomes(await device.hand_in(client)) == ["placed"]


async def test_a_kiosk_whose_profile_names_a_channel_sells_at_its_promotion(
    scene: KioskScene,
) -> None:
    """The arcade's own channel has a sale; the web shop next to it does not."""
    blue = scene.shop.variant_ids[0]
    ctx = scene.ctx
    wanted = tenants.NewChannel(code="arcade", name="Arcade", currency="EUR", locale="en")
    await tenants.create_channel(ctx, wanted)
    sale = await pricing.create_list(
        ctx, pricing.NewPriceList(code="opening", name="Opening", kind="sale", channel="arcade")
    )
    prices = [(2500, None), (1500, sale.price_list_id)]
    await pricing.set_prices(
        ctx,
        [
            pricing.SetPrice(
                variant_id=UUID(blue), amount_minor=each, channel="arcade", price_list_id=number
            )
            for each, number in prices
        ],
    )
    draft = msgspec.structs.replace(BUILT_IN["kiosk"].draft, code="arcade", channel="arcade")
    await profiles.put_profile(ctx, draft)
    await scene.shop.door.relay()
    here = await kiosk_key(scene.shop, profile="arcade")
    async with scene.shop.clerk(here) as client:
        device = await away(scene, client)
        assert device.manifest["channel"] == "arcade"
        assert device.variant(blue)["price"]["amount_minor"] == 1500
        device.sell((blue, 1))
        (answer,) = await device.hand_in(client)
    order = await detail_of(scene, answer)
    assert (order.channel_code, order.total.amount_minor) == ("arcade", 1500)
    async with scene.client() as client:
        assert (await away(scene, client)).variant(blue)["price"]["amount_minor"] == 2400
