"""The catalog over HTTP: scopes, versions, problems."""

from typing import Any

import pytest

from galleria.commerce.catalog.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.platform.conftest import acting_with, client_of

WRITE = ("products:read", "products:write")


async def test_a_product_lives_over_http(ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(ctx, *WRITE)) as client:
        made = await client.post("/admin/v1/products", json={"title": "Blue mug"})
        assert (made.status_code, made.headers["etag"]) == (201, '"v1"'), made.text
        product = made.json()
        assert (product["handle"], product["status"]) == ("blue-mug", "draft")
        where = f"/admin/v1/products/{product['product_id']}"

        edited = await client.patch(where, json={"title": "Red mug"}, headers={"If-Match": '"v1"'})
        assert (edited.status_code, edited.headers["etag"]) == (200, '"v2"'), edited.text
        stale = await client.patch(where, json={"title": "x"}, headers={"If-Match": '"v1"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")

        for _ in range(2):
            published = await client.post(f"{where}/publish")
            assert (published.status_code, published.json()["status"]) == (200, "active")
        assert (await client.post(f"{where}/archive")).json()["status"] == "archived"
        refused = await client.post(f"{where}/publish")
        assert (refused.status_code, refused.json()["code"]) == (409, "product_not_publishable")
        assert (await client.post(f"{where}/unpublish")).json()["status"] == "draft"

        read = await client.get(where)
        assert (read.status_code, read.json()["title"]) == (200, "Red mug")
        assert (await client.get("/admin/v1/products/counts")).json()["draft"] == 1
        assert (await client.delete(where)).status_code == 204
        gone = await client.get(where)
        assert (gone.status_code, gone.json()["code"]) == (404, "product_not_found")


async def test_products_are_listed_with_filters_and_cursors(ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(ctx, *WRITE)) as client:
        for title in ("Cup", "Mug one", "Mug two"):
            await client.post("/admin/v1/products", json={"title": title})
        query: dict[str, Any] = {"filter[query]": "mug", "sort": "title", "limit": 1}
        first = (await client.get("/admin/v1/products", params=query)).json()
        assert [each["title"] for each in first["items"]] == ["Mug one"]
        second = await client.get(
            "/admin/v1/products", params={**query, "cursor": first["next_cursor"]}
        )
        assert [each["title"] for each in second.json()["items"]] == ["Mug two"]
        assert second.json()["next_cursor"] is None
        bad = await client.get("/admin/v1/products", params={"cursor": "nonsense"})
        assert (bad.status_code, bad.json()["code"]) == (422, "invalid_cursor")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "x" * 501},
        {"title": "a\0b"},
        {"title": "x", "handle": "Not One"},
        {"title": "x", "status": "sold"},
        {"title": "x", "colour": "red"},
        {"title": "x", "variants": []},
        {"title": "x", "variants": [{"weight_g": -1}]},
        {"title": "x", "options": [{"name": "Size", "values": []}]},
        {"title": "x", "attributes": {"a": [1]}},
        {"title": "x", "attributes": {"A": 1}},
        {"title": "x", "media": [{"source_url": "ftp://x"}]},
        {"title": "x", "translations": {"german": {"title": "x"}}},
        {"title": "x", "external_ref": ""},
        [],
    ],
)
async def test_a_body_that_does_not_fit_is_422_and_makes_nothing(ctx: Context, body: Any) -> None:
    async with client_of(ROOM.routes, acting_with(ctx, *WRITE)) as client:
        response = await client.post("/admin/v1/products", json=body)
        assert response.status_code == 422, response.text
        assert response.json()["errors"]
        assert (await client.get("/admin/v1/products")).json()["items"] == []


async def test_many_products_are_answered_one_by_one(ctx: Context) -> None:
    products = [
        {"handle": "mug", "title": "Mug", "variants": [{"sku": "m"}]},
        {"handle": "cup", "title": "Cup", "variants": [{"sku": "m"}]},
    ]
    async with client_of(ROOM.routes, acting_with(ctx, *WRITE)) as client:
        where, body = "/admin/v1/products/bulk", {"products": products}
        preview = await client.post(where, json=body, params={"is_preview": True})
        assert [each["outcome"] for each in preview.json()["items"]] == ["created", "refused"]
        answer = await client.post(where, json=body)
        mug, cup = answer.json()["items"]
        assert (answer.status_code, mug["outcome"], cup["outcome"]) == (200, "created", "refused")
        assert [each["code"] for each in cup["errors"]] == ["duplicate_sku"]
        again = await client.post(where, json=body)
        assert [each["outcome"] for each in again.json()["items"]] == ["unchanged", "refused"]

        on_sale = await client.post(
            "/admin/v1/products/bulk/status",
            json={"product_ids": [mug["product_id"], str(new_id())], "status": "active"},
        )
        outcomes = [each["outcome"] for each in on_sale.json()["items"]]
        assert outcomes == ["changed", "refused"]


async def test_variants_live_over_http(ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(ctx, *WRITE)) as client:
        body = {
            "title": "Shirt",
            "options": [{"name": "Size", "values": ["S", "M"]}],
            "variants": [{"sku": "s", "option_values": ["S"]}],
        }
        product = (await client.post("/admin/v1/products", json=body)).json()
        added = await client.post(
            f"/admin/v1/products/{product['product_id']}/variants",
            json={"sku": "m", "option_values": ["M"]},
        )
        assert added.status_code == 201, added.text
        where = f"/admin/v1/variants/{added.json()['variant_id']}"
        taken = await client.patch(where, json={"sku": "s"})
        assert (taken.status_code, taken.json()["code"]) == (409, "sku_taken")
        assert (await client.patch(where, json={"weight_g": 200})).json()["weight_g"] == 200
        assert (await client.get(where)).json()["title"] == "Shirt"
        found = await client.get("/admin/v1/variants", params={"filter[sku]": "m"})
        assert len(found.json()["items"]) == 1
        assert (await client.delete(where)).status_code == 204
        assert (await client.get(where)).status_code == 404


async def test_places_and_names_live_over_http(ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(ctx, *WRITE)) as client:
        category = (await client.post("/admin/v1/categories", json={"name": "Mugs"})).json()
        where = f"/admin/v1/categories/{category['category_id']}"
        renamed = await client.patch(where, json={"name": "Cups"}, headers={"If-Match": '"v1"'})
        assert (renamed.status_code, renamed.headers["etag"]) == (200, '"v2"')
        assert (await client.get(where)).json()["name"] == "Cups"
        assert len((await client.get("/admin/v1/categories")).json()["items"]) == 1
        assert (await client.delete(where)).status_code == 204


async def test_every_route_asks_for_its_scope(ctx: Context) -> None:
    somebody = str(new_id())
    async with client_of(ROOM.routes, acting_with(ctx, "products:read")) as client:
        for route in ROOM.routes:
            path = next(iter(route.paths))
            for name in ("product_id", "variant_id", "category_id"):
                path = path.replace(f"{{{name}:uuid}}", somebody)
            for method in route.http_methods - {"GET", "HEAD", "OPTIONS"}:
                answer = await client.request(method, path, json={})
                assert answer.status_code == 403, (method, path, answer.text)
    async with client_of(ROOM.routes, acting_with(ctx)) as client:
        assert (await client.get("/admin/v1/products")).status_code == 403


async def test_the_past_of_a_product_is_read_and_brought_back_over_http(ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(ctx, *WRITE)) as client:
        made = (await client.post("/admin/v1/products", json={"title": "Blue mug"})).json()
        where = f"/admin/v1/products/{made['product_id']}"
        for title in ("Red mug", "Green mug"):
            await client.patch(where, json={"title": title})

        first = (await client.get(f"{where}/versions?limit=2")).json()
        second = (await client.get(f"{where}/versions?cursor={first['next_cursor']}")).json()

        told = first["items"] + second["items"]
        assert [each["version"] for each in told] == [3, 2, 1]
        assert second["next_cursor"] is None
        assert told[0]["fields"] == ["title"]
        assert told[0]["differences"] == [
            {"path": "title", "kind": "set", "before": "Red mug", "after": "Green mug"}
        ]
        assert told[2]["act"] == "created"
        wish = {"version": 1}
        stale = await client.post(f"{where}/restore", json=wish, headers={"If-Match": '"v1"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
        back = await client.post(f"{where}/restore", json=wish, headers={"If-Match": '"v3"'})
        assert (back.status_code, back.headers["etag"]) == (200, '"v4"'), back.text
        assert back.json()["title"] == "Blue mug"
        missing = await client.post(f"{where}/restore", json={"version": 77})
        assert (missing.status_code, missing.json()["code"]) == (404, "version_not_kept")
        await client.patch(where, json={"handle": "other"})
        await client.post("/admin/v1/products", json={"title": "x", "handle": "blue-mug"})
        taken = await client.post(f"{where}/restore", json=wish)
        assert (taken.status_code, taken.json()["code"]) == (409, "handle_taken")
        nobody = await client.get(f"/admin/v1/products/{new_id()}/versions")
        assert nobody.json()["code"] == "product_not_found"
