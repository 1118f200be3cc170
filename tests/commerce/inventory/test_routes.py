"""Stock over HTTP."""

import pytest

from galleria.commerce import catalog
from galleria.commerce.inventory.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import simple
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
