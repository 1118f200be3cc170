"""Collections over HTTP, as a client meets them."""

from galleria.commerce.collections.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import made, simple
from tests.commerce.collections.lists import goods
from tests.commerce.selling import mug, open_shop
from tests.platform.conftest import acting_with, client_of

READ, WRITE = "products:read", "products:write"


async def test_a_collection_lives_over_http(ctx: Context) -> None:
    ids = [str(await made(ctx, simple(name))) for name in "abc"]
    async with client_of(ROOM.routes, acting_with(ctx, READ, WRITE)) as client:
        answer = await client.post("/admin/v1/collections", json={"title": "Best"})
        assert (answer.status_code, answer.headers["etag"]) == (201, '"v1"')
        where = f"/admin/v1/collections/{answer.json()['collection_id']}"
        filled = await client.post(f"{where}/products", json={"add": ids})
        assert filled.status_code == 204
        renamed = await client.patch(where, json={"position": 2}, headers={"If-Match": '"v2"'})
        assert renamed.json()["version"] == 3
        stale = await client.patch(where, json={"position": 4}, headers={"If-Match": '"v2"'})
        assert stale.status_code == 412
        assert (await client.get(where)).json()["title"] == "Best"
        assert len((await client.get("/admin/v1/collections")).json()["items"]) == 1

        order = {"product_ids": [ids[2]], "after": ids[0]}
        assert (await client.put(f"{where}/order", json=order)).status_code == 204
        page = (await client.get(f"{where}/products", params={"limit": 2})).json()
        rest = await client.get(f"{where}/products", params={"cursor": page["next_cursor"]})
        shown = [each["product_id"] for each in (*page["items"], *rest.json()["items"])]
        assert shown == [ids[0], ids[2], ids[1]]

        of_one = f"/admin/v1/products/{ids[0]}/collections"
        assert [each["handle"] for each in (await client.get(of_one)).json()] == ["best"]
        assert (await client.put(of_one, json={"collection_ids": []})).json() == []
        nobody = f"/admin/v1/products/{new_id()}/collections"
        assert (await client.get(nobody)).status_code == 404

        assert (await client.delete(where)).status_code == 204
        assert (await client.get(where)).status_code == 404
        assert (await client.post(f"{where}/restore")).status_code == 200
        assert len((await client.get(f"{where}/products")).json()["items"]) == 2


async def test_a_rule_is_previewed_refused_with_places_and_kept(house_ctx: Context) -> None:
    _, shop = await open_shop(house_ctx)
    await goods(shop, mug("a", tags=["New"]), mug("b"))
    rule = {"conditions": [{"field": "tag", "operator": "is", "value": "new"}]}
    async with client_of(ROOM.routes, acting_with(shop, READ, WRITE)) as client:
        preview = (await client.post("/admin/v1/collections/preview", json={"rule": rule})).json()
        assert (preview["count"], preview["is_estimate"]) == (1, False)
        assert [each["handle"] for each in preview["items"]] == ["a"]

        wrong = {"groups": [{"conditions": [{"field": "stock", "operator": "between"}]}]}
        refused = await client.post("/admin/v1/collections/preview", json={"rule": wrong})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["path"] == "groups[0].conditions[0].low"
        unknown = {"conditions": [{"field": "mood", "operator": "is", "value": "good"}]}
        refused = await client.post("/admin/v1/collections", json={"title": "x", "rule": unknown})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_value")

        body: dict[str, object] = {"title": "Fresh", "rule": rule}
        made = (await client.post("/admin/v1/collections", json=body)).json()
        assert made["is_sorting"] is True
        assert made["rule"]["conditions"] == [{"field": "tag", "operator": "is", "value": "new"}]
        where = f"/admin/v1/collections/{made['collection_id']}"
        by_hand = await client.post(f"{where}/products", json={"add": []})
        assert (by_hand.status_code, by_hand.json()["code"]) == (409, "collection_by_rule")
        plain = await client.patch(where, json={"rule": None})
        assert plain.json()["rule"] is None


async def test_every_route_asks_for_its_scope(ctx: Context) -> None:
    somebody = str(new_id())
    async with client_of(ROOM.routes, acting_with(ctx)) as client:
        for route in ROOM.routes:
            path = next(iter(route.paths))
            for name in ("product_id", "collection_id"):
                path = path.replace(f"{{{name}:uuid}}", somebody)
            for method in route.http_methods - {"HEAD", "OPTIONS"}:
                body: dict[str, object] | None = None if method in ("GET", "DELETE") else {}
                answer = await client.request(method, path, json=body)
                assert answer.status_code == 403, (method, path, answer.text)
