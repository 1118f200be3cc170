"""Stock over HTTP."""

from typing import Any

import pytest

from galleria.commerce import catalog
from galleria.commerce.inventory.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import shirt, simple
from tests.platform.conftest import acting_with, client_of

WRITE = ("stock:read", "stock:write")


async def test_stock_is_set_adjusted_and_listed(ctx: Context) -> None:
    tree = await catalog.create_product(ctx, simple("mug"))
    variant = str(tree.variants[0].variant_id)
    async with client_of(ROOM.routes, acting_with(ctx, *WRITE)) as client:
        body = {"levels": [{"variant_id": variant, "on_hand": 5}]}
        done = await client.put("/admin/v1/stock", json=body)
        assert (done.status_code, done.json()["changed"]) == (200, [variant]), done.text
        assert (await client.put("/admin/v1/stock", json=body)).json()["unchanged_count"] == 1

        adjusted = await client.post(f"/admin/v1/stock/{variant}/adjust", json={"delta": -2})
        assert (adjusted.status_code, adjusted.json()["on_hand"]) == (200, 3)
        low = await client.post(f"/admin/v1/stock/{variant}/adjust", json={"delta": -4})
        assert (low.status_code, low.json()["code"]) == (409, "stock_too_low")
        policy = await client.put(
            f"/admin/v1/stock/{variant}/policy", json={"is_tracked": True, "allows_backorder": True}
        )
        assert policy.json()["allows_backorder"] is True

        query = {"filter[variant_id]": variant}
        (level,) = (await client.get("/admin/v1/stock", params=query)).json()["items"]
        assert (level["on_hand"], level["reserved"]) == (3, 0)
        moved = (await client.get("/admin/v1/stock/movements", params=query)).json()["items"]
        assert [each["delta"] for each in moved] == [-2, 5]


async def test_stock_is_counted_carried_and_taken_in_once_for_a_key(ctx: Context) -> None:
    tree = await catalog.create_product(ctx, shirt(sizes="S"))
    variant = tree.variants[0]
    mug = str(variant.variant_id)
    async with client_of(ROOM.routes, acting_with(ctx, *WRITE)) as client:

        async def ask(path: str, body: object, key: str | None = None, status: int = 200) -> Any:
            headers = {"Idempotency-Key": key} if key else {}
            answer = await client.post(f"/admin/v1/stock/{path}", json=body, headers=headers)
            assert answer.status_code == status, answer.text
            return answer.json()

        lines = [{"sku": variant.sku, "quantity": 8}]
        seen = await ask("count", {"lines": lines, "is_preview": True})
        assert (seen["is_preview"], seen["lines"][0]["delta"]) == (True, 8)
        for _ in range(2):
            done = await ask("count", {"lines": lines, "mode": "adjust"}, "count-1")
            assert (done["changed_count"], done["lines"][0]["after"]) == (1, 8)
        again = {"lines": [{"sku": variant.sku, "quantity": 9}]}
        reused = await ask("count", again, "count-1", 409)
        assert reused["code"] == "idempotency_key_reused"
        await client.post("/admin/v1/stock-locations", json={"code": "far", "name": "Far"})
        carried = {
            "from_location_id": 1,
            "to_location_id": 2,
            "lines": [{"variant_id": mug, "quantity": 3}],
        }
        for _ in range(2):
            levels = await ask("transfer", carried, "carry-1")
            assert [level["on_hand"] for level in levels] == [5, 3]
        for _ in range(2):
            expected = await ask("incoming", {"variant_id": mug, "quantity": 4}, "note-1", 201)
        path = f"incoming/{expected['incoming_id']}"
        for _ in range(2):
            part = await ask(f"{path}/receive", {"quantity": 1}, "in-1")
            assert part["received"] == 1
        assert (await ask(f"{path}/receive", {"quantity": 9}, "in-2", 409))["code"] == (
            "incoming_exceeded"
        )
        listed = (await client.get("/admin/v1/stock/incoming")).json()["items"]
        assert [each["received"] for each in listed] == [1]
        assert (await ask(f"{path}/cancel", {}))["state"] == "cancelled"
        check = (await client.get("/admin/v1/stock/check")).json()
        assert (check["checked_count"], check["faults"]) == (2, [])


async def test_what_is_low_is_listed_and_the_stock_is_a_file(ctx: Context) -> None:
    tree = await catalog.create_product(ctx, simple("mug"))
    mug = str(tree.variants[0].variant_id)
    async with client_of(ROOM.routes, acting_with(ctx, *WRITE)) as client:
        await client.put("/admin/v1/stock", json={"levels": [{"variant_id": mug, "on_hand": 5}]})
        assert (await client.get("/admin/v1/stock", params={"low": "true"})).json()["items"] == []
        wished = await client.put("/admin/v1/stock/settings", json={"low_at": 5})
        assert wished.json() == (await client.get("/admin/v1/stock/settings")).json()
        (low,) = (await client.get("/admin/v1/stock", params={"low": "true"})).json()["items"]
        assert (low["variant_id"], low["location_id"]) == (mug, 1)
        query = {"filter[location_id]": "1"}
        assert len((await client.get("/admin/v1/stock", params=query)).json()["items"]) == 1
        query = {"filter[location_id]": str(2**31)}
        assert (await client.get("/admin/v1/stock", params=query)).status_code in (400, 422)
        file = await client.get("/admin/v1/stock.csv")
        assert file.headers["content-type"].startswith("text/csv")
        assert len(file.text.splitlines()) == 2


async def test_locations_live_over_http(ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(ctx, *WRITE)) as client:
        made = await client.post(
            "/admin/v1/stock-locations", json={"code": "berlin", "name": "Berlin", "country": "DE"}
        )
        assert made.status_code == 201, made.text
        where = f"/admin/v1/stock-locations/{made.json()['location_id']}"
        assert (await client.patch(where, json={"name": "B"})).json()["name"] == "B"
        last = await client.patch(where, json={"is_active": False})
        assert (last.status_code, last.json()["code"]) == (409, "last_location")
        assert len((await client.get("/admin/v1/stock-locations")).json()["items"]) == 1


@pytest.mark.parametrize(
    "level",
    [
        {},
        {"on_hand": -1},
        {"on_hand": 2**31},
        {"on_hand": "three"},
        {"on_hand": 3, "reason": "a\0b"},
        {"on_hand": 3, "colour": "red"},
    ],
)
async def test_a_level_that_does_not_fit_is_422(ctx: Context, level: dict[str, object]) -> None:
    body = {"levels": [{"variant_id": str(new_id()), **level}]}
    async with client_of(ROOM.routes, acting_with(ctx, *WRITE)) as client:
        answer = await client.put("/admin/v1/stock", json=body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["path"].startswith("levels[0]")


async def test_every_route_asks_for_its_scope(ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(ctx, "stock:read")) as client:
        for route in ROOM.routes:
            path = next(iter(route.paths))
            for name in ("variant_id", "incoming_id"):
                path = path.replace(f"{{{name}:uuid}}", str(new_id()))
            path = path.replace("{location_id:int}", "1")
            for method in route.http_methods - {"GET", "HEAD", "OPTIONS"}:
                answer = await client.request(method, path, json={})
                assert answer.status_code == 403, (method, path, answer.text)
    async with client_of(ROOM.routes, acting_with(ctx)) as client:
        assert (await client.get("/admin/v1/stock")).status_code == 403
