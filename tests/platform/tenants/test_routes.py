"""Shops over HTTP: scopes, ETags, problems, and the house's own list."""

import pytest

from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import tenants
from galleria.platform.tenants.room import ROOM
from tests.platform.conftest import acting_with, client_of

SETTINGS = ("settings:read", "settings:write")


async def test_a_shop_is_read_and_edited_with_its_etag(shop_ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(shop_ctx, *SETTINGS)) as client:
        read = await client.get("/admin/v1/shop")
        assert (read.status_code, read.headers["etag"]) == (200, '"v1"')
        assert read.json()["slug"] == shop_ctx.tenant.slug

        edit = {"name": "Renamed", "settings": {"colour": "red"}}
        edited = await client.patch("/admin/v1/shop", json=edit, headers={"If-Match": '"v1"'})
        assert (edited.status_code, edited.headers["etag"]) == (200, '"v2"'), edited.text
        assert edited.json()["settings"] == {"colour": "red"}

        stale = await client.patch(
            "/admin/v1/shop", json={"name": "Again"}, headers={"If-Match": '"v1"'}
        )
        assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")


@pytest.mark.parametrize(
    "body",
    [
        {"currency": "USD"},
        {"name": ""},
        {"name": "x" * 201},
        {"locales": "en"},
        {"settings": {"Bad Key": 1}},
        {"default_locale": "fr"},
        [],
    ],
)
async def test_a_body_that_does_not_fit_is_422_and_changes_nothing(
    shop_ctx: Context, body: object
) -> None:
    before = await tenants.shop_of(shop_ctx)
    async with client_of(ROOM.routes, acting_with(shop_ctx, *SETTINGS)) as client:
        response = await client.patch("/admin/v1/shop", json=body)
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert await tenants.shop_of(shop_ctx) == before


async def test_reading_settings_does_not_allow_writing_them(shop_ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(shop_ctx, "settings:read")) as client:
        assert (await client.get("/admin/v1/channels")).status_code == 200
        assert (await client.patch("/admin/v1/shop", json={"name": "X"})).status_code == 403
        assert (await client.post("/admin/v1/domains", json={"host": "x.y"})).status_code == 403


async def test_domains_are_added_listed_and_removed(shop_ctx: Context) -> None:
    host = f"{new_id().hex[-12:]}.example"
    async with client_of(ROOM.routes, acting_with(shop_ctx, *SETTINGS)) as client:
        added = await client.post("/admin/v1/domains", json={"host": host})
        assert (added.status_code, added.json()) == (201, {"host": host, "is_primary": True})
        listed = await client.get("/admin/v1/domains")
        assert listed.json() == {"items": [added.json()], "next_cursor": None}
        assert (await client.delete(f"/admin/v1/domains/{host}")).status_code == 204
        gone = await client.delete(f"/admin/v1/domains/{host}")
        assert (gone.status_code, gone.json()["code"]) == (404, "domain_not_found")


async def test_channels_are_made_and_edited(shop_ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(shop_ctx, *SETTINGS)) as client:
        wanted = {"code": "uk", "name": "United Kingdom", "currency": "GBP", "locale": "en"}
        made = await client.post("/admin/v1/channels", json=wanted)
        assert (made.status_code, made.headers["etag"]) == (201, '"v1"'), made.text
        path = f"/admin/v1/channels/{made.json()['channel_id']}"
        edited = await client.patch(
            path, json={"countries": ["GB"]}, headers={"If-Match": made.headers["etag"]}
        )
        assert (edited.status_code, edited.json()["countries"]) == (200, ["GB"])
        assert (await client.patch(path, json={"is_default": False})).status_code == 422
        listed = await client.get("/admin/v1/channels")
        assert [each["code"] for each in listed.json()["items"]] == ["web", "uk"]


async def test_an_operator_opens_lists_closes_and_reopens_a_shop(house_ctx: Context) -> None:
    slug = f"op-{new_id().hex[-12:]}"
    wanted = {"slug": slug, "name": "Op", "currency": "EUR", "locale": "en", "country": "AT"}
    async with client_of(ROOM.routes, acting_with(house_ctx, "shops:write")) as client:
        opened = await client.post("/admin/v1/shops", json=wanted)
        assert (opened.status_code, opened.json()["status"]) == (201, "open"), opened.text
        again = await client.post("/admin/v1/shops", json=wanted)
        assert (again.status_code, again.json()["code"]) == (409, "slug_taken")
        listed = await client.get("/admin/v1/shops", params={"limit": 1})
        assert len(listed.json()["items"]) == 1
        closed = await client.post(f"/admin/v1/shops/{slug}/close")
        assert (closed.status_code, closed.json()["status"]) == (200, "closed")
        reopened = await client.post(f"/admin/v1/shops/{slug}/reopen")
        assert (reopened.status_code, reopened.json()["status"]) == (200, "open")


async def test_an_owner_of_a_shop_with_every_scope_is_no_operator(shop_ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(shop_ctx, "*")) as client:
        listed = await client.get("/admin/v1/shops")
        assert (listed.status_code, listed.json()["code"]) == (403, "house_only")
        closed = await client.post(f"/admin/v1/shops/{shop_ctx.tenant.slug}/close")
        assert closed.status_code == 403
    assert (await tenants.shop_of(shop_ctx)).status == "open"
