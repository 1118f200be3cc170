"""The dictionary over HTTP: scopes, versions, problems."""

from typing import Any

import httpx
import pytest

from galleria.commerce import attributes, catalog
from galleria.commerce.attributes.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.platform.conftest import acting_with, client_of

# As the roof does.
attributes.answers.bind(is_value_used=catalog.is_value_used)
WRITE = ("products:read", "products:write")
EVERY = ROOM.routes


async def made(client: httpx.AsyncClient, path: str, **body: Any) -> Any:
    response = await client.post(f"/admin/v1/{path}", json=body)
    assert response.status_code in (200, 201), response.text
    return response.json()


async def test_a_dictionary_is_built_over_http(ctx: Context) -> None:
    async with client_of(EVERY, acting_with(ctx, *WRITE)) as client:
        adopted = await made(client, "base-attributes/adopt", codes=["color", "clothing_size"])
        color, size = adopted["items"]
        navy = await made(client, "attributes/color/values", word="Midnight", swatch="#101830")
        found = await client.get(
            "/admin/v1/attributes/color/values", params={"filter[query]": "mid"}
        )
        assert found.json()["items"] == [navy]
        page = (await client.get("/admin/v1/attributes/clothing_size/values")).json()["items"]
        words = {each["word"]: each["value_id"] for each in page}
        order = {"value_ids": [words["XL"], words["L"]]}
        put = await client.post("/admin/v1/attributes/clothing_size/values/order", json=order)
        assert put.status_code == 204
        rule = {
            "kind": "imply",
            "rule_id": "large",
            "words": "Only stocked dark.",
            "when": [{"attribute_id": size["attribute_id"], "values": [words["XXL"]]}],
            "then": {"attribute_id": color["attribute_id"], "values": [navy["value_id"]]},
        }
        axes = [size["attribute_id"], color["attribute_id"]]
        shirt = await made(client, "product-types", name="Shirt", axes=axes, rules=[rule])
        assert shirt["rules"][0]["kind"] == "imply"
        where = f"product-types/{shirt['product_type_id']}/check"
        answer = await made(client, where, selection={"clothing_size": "XXL", "color": "White"})
        assert not answer["is_legal"]
        (violation,) = answer["violations"]
        assert violation["words"] == "Only stocked dark."
        assert violation["text"] == "XXL is only made in Midnight"
        assert violation["alternatives"] == [{"value": navy["value_id"], "word": "Midnight"}]
        assert (await made(client, where, selection={"color": "white"}))["is_legal"]


async def test_values_change_and_merge_over_http(ctx: Context) -> None:
    async with client_of(EVERY, acting_with(ctx, *WRITE)) as client:
        await made(client, "attributes", code="color", kind="select", is_axis=True)
        grey = await made(client, "attributes/color/values", word="Grey")
        gray = await made(client, "attributes/color/values", word="Gray")
        path = f"/admin/v1/attribute-values/{grey['value_id']}"
        renamed = await client.patch(path, json={"word": "Stone", "labels": {"de": "Stein"}})
        assert (renamed.status_code, renamed.json()["word"]) == (200, "Stone")
        taken = await client.patch(path, json={"word": "GRAY"})
        assert (taken.status_code, taken.json()["code"]) == (409, "word_taken")
        kept = await made(
            client,
            "attributes/color/values/merge",
            merged_ids=[gray["value_id"]],
            value_id=grey["value_id"],
        )
        assert kept["word"] == "Stone"
        left = (await client.get("/admin/v1/attributes/color/values")).json()["items"]
        assert [each["word"] for each in left] == ["Stone"]
        assert (await client.delete(path)).status_code == 204
        assert (await client.delete(path)).status_code == 404
        found = await client.get("/admin/v1/attributes", params={"filter[query]": "COL"})
        assert [each["code"] for each in found.json()["items"]] == ["color"]
        none = await client.get("/admin/v1/attributes", params={"filter[kind]": "date"})
        assert none.json()["items"] == []
        beyond = await client.patch(f"/admin/v1/attribute-values/{2**40}", json={"word": "x"})
        assert beyond.status_code in (400, 404, 422)


@pytest.mark.parametrize(
    ("path", "body", "change", "entry_id"),
    [
        ("attributes", {"code": "fit", "kind": "select"}, {"label": "Cut"}, "code"),
        ("attribute-sets", {"name": "Wear"}, {"name": "Worn"}, "attribute_set_id"),
        ("product-types", {"name": "Shirt"}, {"name": "Tee"}, "product_type_id"),
        (
            "metafield-definitions",
            {"owner_kind": "product", "namespace": "n", "code": "c", "kind": "text"},
            {"max_length": 5},
            "definition_id",
        ),
    ],
)
async def test_entries_live_over_http(
    ctx: Context, path: str, body: Any, change: Any, entry_id: str
) -> None:
    async with client_of(EVERY, acting_with(ctx, *WRITE)) as client:
        created = await client.post(f"/admin/v1/{path}", json=body)
        assert (created.status_code, created.headers["etag"]) == (201, '"v1"'), created.text
        where = f"/admin/v1/{path}/{created.json()[entry_id]}"
        match = {"If-Match": '"v1"'}
        changed = await client.patch(where, json=change, headers=match)
        assert (changed.status_code, changed.headers["etag"]) == (200, '"v2"'), changed.text
        stale = await client.patch(where, json=change, headers=match)
        assert (stale.status_code, stale.json()["code"]) == (412, "dictionary_entry_changed")
        read = await client.get(where)
        assert (read.headers["etag"], read.json()) == ('"v2"', changed.json())
        listed = await client.get(f"/admin/v1/{path}")
        assert listed.json() == {"items": [changed.json()], "next_cursor": None}
        if path != "attributes":
            assert (await client.delete(where)).status_code == 204
            assert (await client.get(where)).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("attributes", {"code": "Fit", "kind": "select"}),
        ("attributes", {"code": "fit", "kind": "colour"}),
        ("attributes", {"code": "fit", "kind": "text", "unit": "cm"}),
        ("attributes", {"code": "fit", "kind": "text", "labels": {"german": "x"}}),
        ("attribute-sets", {"name": ""}),
        ("attribute-sets", {"name": "x", "items": [{"attribute_id": 7}]}),
        ("attribute-sets", {"name": "x", "items": [{"attribute_id": 7, "more": 1}]}),
        ("product-types", {"name": "x", "axes": [7]}),
        ("product-types", {"name": "x", "axes": [2**40]}),
        ("product-types", {"name": "x", "rules": [{"kind": "wish", "rule_id": "r"}]}),
        ("product-types", {"name": "x", "rules": [{"kind": "forbid", "rule_id": "r", "when": []}]}),
        ("product-types", {"name": "x", "sku_pattern": "{"}),
        ("metafield-definitions", {"owner_kind": "cat", "namespace": "n", "code": "c"}),
        ("base-attributes/adopt", {"codes": []}),
    ],
)
async def test_a_body_that_does_not_fit_is_422(ctx: Context, path: str, body: Any) -> None:
    async with client_of(EVERY, acting_with(ctx, *WRITE)) as client:
        response = await client.post(f"/admin/v1/{path}", json=body)
        assert response.status_code == 422, response.text
        assert response.json()["errors"]


async def test_who_may_only_read_changes_nothing(ctx: Context) -> None:
    async with client_of(EVERY, acting_with(ctx, "products:read")) as client:
        assert (await client.get("/admin/v1/base-attributes")).status_code == 200
        for path in ("attributes", "attribute-sets", "product-types", "metafield-definitions"):
            assert (await client.get(f"/admin/v1/{path}")).status_code == 200
            assert (await client.post(f"/admin/v1/{path}", json={})).status_code == 403
        nowhere = f"/admin/v1/attribute-sets/{new_id()}"
        assert (await client.get(nowhere)).json()["code"] == "attribute_set_not_found"
