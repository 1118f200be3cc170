"""A sandbox at the door: each answer says so, money does not move, and time does when told to."""

from datetime import datetime, timedelta

import pytest

from galleria.commerce.payments import PaymentMethodUnknown
from galleria.commerce.payments import service as payments
from galleria.engines.context import tenant_of
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from tests.faces.gateway.door import Door, ShopScene, buy, open_shop_scene

CLOCK = "/admin/v1/test-clock"
MONTH = timedelta(days=30)


@pytest.fixture
async def sandbox(door: Door) -> ShopScene:
    """A shop that is a sandbox."""
    scene = await open_shop_scene(door, is_sandbox=True)
    entry = await door.engines.sql.directory.by_id(scene.ctx.tenant.tenant_id)
    assert entry is not None and entry.is_sandbox
    return ShopScene(**{**vars(scene), "ctx": scene.ctx.for_tenant(tenant_of(entry))})


async def test_every_answer_of_a_sandbox_says_so_kept_ones_too(
    sandbox: ShopScene, shop: ShopScene
) -> None:
    for path in ("/store/v1/products", "/store/v1/products", "/store/v1/carts/none"):
        async with sandbox.shopper() as shopper, shop.shopper() as other:
            said = (await shopper.get(path)).headers
            assert (said["galleria-sandbox"], said["x-robots-tag"]) == ("true", "noindex")
            assert said.get_list("galleria-sandbox") == ["true"]
            assert "galleria-sandbox" not in (await other.get(path)).headers
    async with sandbox.clerk() as clerk:
        assert (await clerk.get("/admin/v1/shop")).json()["is_sandbox"]


async def test_the_clock_is_moved_by_who_may_and_the_whole_shop_is_at_that_time(
    sandbox: ShopScene, shop: ShopScene
) -> None:
    async with sandbox.clerk() as clerk:
        before = await clerk.json("GET", CLOCK)
        wanted = datetime.fromisoformat(before["now"]) + MONTH
        moved = await clerk.json("PUT", CLOCK, json={"now": wanted.isoformat()})
        assert moved["ahead_s"] >= MONTH.total_seconds()
        again = await clerk.json("GET", CLOCK)
        assert again["now"] >= moved["now"] > before["now"]
        back = await clerk.put(CLOCK, json={"now": before["now"]})
        assert (back.status_code, back.json()["code"]) == (409, "clock_goes_back")
        async with sandbox.shopper() as shopper:
            await buy(shopper, (sandbox.variant_ids[0], 1))
        (order,) = (await clerk.json("GET", "/admin/v1/orders"))["items"]
        assert order["placed_at"] >= moved["now"]
        made = await clerk.json("POST", "/admin/v1/products", json={"title": "Vase"})
        assert made["created_at"] >= moved["now"]
    async with sandbox.clerk(await sandbox.key_for("settings:read")) as reader:
        assert (await reader.put(CLOCK, json={"now": wanted.isoformat()})).status_code == 403
    async with shop.clerk() as live:
        refused = await live.put(CLOCK, json={"now": wanted.isoformat()})
        assert (refused.status_code, refused.json()["code"]) == (409, "shop_is_live")


async def test_events_of_a_sandbox_are_told_at_the_time_they_happened(
    door: Door, sandbox: ShopScene
) -> None:
    """Their log is parted by days, and others are called in real time."""
    async with sandbox.clerk() as clerk:
        now = datetime.fromisoformat((await clerk.json("GET", CLOCK))["now"])
        await clerk.json("PUT", CLOCK, json={"now": (now + MONTH).isoformat()})
        await clerk.json("POST", "/admin/v1/products", json={"title": "Vase"})
        page = await clerk.json("GET", "/admin/v1/events")
    assert page["items"]
    latest = max(datetime.fromisoformat(each["timestamp"]) for each in page["items"])
    assert latest < now + timedelta(days=1)


async def test_in_a_sandbox_money_moves_by_no_gateway(
    sandbox: ShopScene, shop: ShopScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(payments.GATEWAYS, "bank", payments.test_gateway)
    async with shop.ctx.transaction() as tx:
        await payments.open_payment(tx, new_id(), Money(100, "EUR"), "bank")
    with pytest.raises(PaymentMethodUnknown):
        async with sandbox.ctx.transaction() as tx:
            await payments.open_payment(tx, new_id(), Money(100, "EUR"), "bank")


async def test_a_test_key_asks_at_the_door_and_its_requests_are_logged(
    door: Door, sandbox: ShopScene
) -> None:
    assert "_test_" in sandbox.key
    async with sandbox.clerk() as clerk:
        assert (await clerk.get("/admin/v1/orders")).status_code == 200
        (key,) = (await clerk.json("GET", "/admin/v1/keys"))["items"]
        await door.engines.notebook.write_down()
        page = await clerk.json("GET", f"/admin/v1/keys/{key['key_id']}/requests")
        assert len(page["items"]) == 2
        await clerk.json("POST", "/admin/v1/products", json={"title": "Vase"})
        await door.engines.notebook.write_down()
        listed = f"/admin/v1/keys/{key['key_id']}/requests"
        page = await clerk.json("GET", listed, params={"filter[method]": "POST"})
        again = f"{listed}/{page['items'][0]['request_id']}/replay"
        assert (await clerk.json("POST", again, json={}))["now"]["status"] == 201
