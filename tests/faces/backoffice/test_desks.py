"""Who gets into which shop, and how far: by every address there is."""

import re
from typing import Any
from uuid import UUID

import pytest

from galleria.commerce import collections
from galleria.engines.context import Context
from galleria.faces.backoffice.pages import ROUTES
from galleria.platform import access
from tests.faces.backoffice.conftest import NewShop, SignedIn

ANY_ID = "01932f3c-0000-7000-8000-000000000001"


def addresses(method: str) -> list[tuple[str, str]]:
    """(address, scope) of each page of a shop."""
    found = []
    for route in ROUTES:
        for path in route.paths:
            if "{slug:str}" in path and method in route.http_methods and "scope" in route.opt:
                numbered = re.sub(r"\{\w+:int\}", "1", path)
                found.append((re.sub(r"\{\w+:uuid\}", ANY_ID, numbered), route.opt["scope"]))
    return sorted(found)


def test_every_page_of_a_shop_names_the_scope_it_needs() -> None:
    unguarded = [
        path
        for route in ROUTES
        for path in route.paths
        if "{slug:str}" in path and not path.startswith("/shops/") and "scope" not in route.opt
    ]
    assert unguarded == []
    assert len(addresses("POST")) > 30
    for path, scope in addresses("POST"):
        assert scope.endswith(":write"), f"{path} writes under {scope!r}"


async def test_a_member_of_one_shop_finds_nothing_in_another(
    shop: Context, new_shop: NewShop, at_work: SignedIn
) -> None:
    mia, other = await at_work(shop), await new_shop()
    token = (await mia.get("")).token
    for path, _ in addresses("GET"):
        page = await mia.browser.get(path.replace("{slug:str}", other.tenant.slug))
        assert page.status == 404, path
        assert "Kiln" not in page.text
    for path, _ in addresses("POST"):
        if path.startswith("/uploads/"):
            continue
        page = await mia.browser.post(
            path.replace("{slug:str}", other.tenant.slug), {"form_token": token}, follow=False
        )
        assert page.status == 404, path
    assert (await mia.browser.get("/s/no-such-shop")).status == 404
    assert (await mia.browser.get("/s/house")).status == 404


async def test_a_form_without_the_token_of_the_person_changes_nothing(
    shop: Context, at_work: SignedIn
) -> None:
    mia, other = await at_work(shop), await at_work(shop)
    token, foreign = (await mia.get("")).token, (await other.get("")).token
    for path, _ in addresses("POST"):
        address = path.replace("{slug:str}", shop.tenant.slug)
        for fields, origin in (
            ({}, "http://admin.localhost"),
            ({"form_token": foreign}, "http://admin.localhost"),
            ({"form_token": token}, "http://evil.example"),
            ({"form_token": token}, None),
        ):
            page = await mia.browser.post(address, fields, origin=origin, follow=False)
            # A form with files is read as such; sent as another kind it is no form at all.
            is_unread = path.startswith("/uploads/") and origin == "http://admin.localhost"
            assert page.status == (422 if is_unread else 403), (path, fields, origin)


@pytest.mark.parametrize("role", ["viewer", "clerk", "manager"])
async def test_a_role_reaches_what_it_includes_and_nothing_else(
    shop: Context, at_work: SignedIn, role: str
) -> None:
    mia = await at_work(shop, role)
    held = access.SHOP_ROLES[role]
    token = (await mia.get("")).token
    for path, scope in addresses("GET"):
        page = await mia.browser.get(path.replace("{slug:str}", shop.tenant.slug))
        if scope and scope not in held:
            assert page.status == 403, (path, scope)
            assert "Your role does not include this" in page.text or "scope_missing" in page.text
        else:
            assert page.status in {200, 404}, (path, scope)
    for path, scope in addresses("POST"):
        if path.startswith("/uploads/") or scope in held:
            continue
        page = await mia.browser.post(
            path.replace("{slug:str}", shop.tenant.slug), {"form_token": token}, follow=False
        )
        assert page.status == 403, (path, scope)


async def test_a_viewer_is_offered_no_button_that_would_be_refused(
    shop: Context, at_work: SignedIn, a_mug: Any
) -> None:
    best = await collections.create_collection(shop, collections.NewCollection(title="Best"))
    await collections.fill_collection(shop, best.collection_id, [a_mug.product_id], [])
    vic = await at_work(shop, "viewer")
    always = {"/sign-out", "/preferences"}
    for path in (
        "",
        "/products",
        f"/products/{a_mug.product_id}",
        f"/products/{a_mug.product_id}/variants",
        f"/products/{a_mug.product_id}/pictures",
        "/categories",
        "/collections",
        f"/collections/{best.collection_id}",
        f"/collections/{best.collection_id}/rule",
        "/stock",
        "/prices",
        "/orders",
        "/imports",
        "/settings",
        "/settings/channels",
        "/settings/shipping",
        "/settings/locations",
        "/settings/members",
    ):
        page = await vic.get(path)
        assert page.status == 200, path
        buttons = set(re.findall(r'<button(?![^>]*type="button")', page.text))
        targets = set(re.findall(r'<form method="post" action="([^"?]*)', page.text)) - always
        with_button = [t for t in targets if _has_button(page.text, t)]
        assert with_button == [], path
        assert buttons


def _has_button(html: str, action: str) -> bool:
    inside = html.split(f'<form method="post" action="{action}', 1)[1].split("</form>", 1)[0]
    return "<button" in inside


async def test_a_member_who_leaves_is_out_at_once(shop: Context, at_work: SignedIn) -> None:
    await at_work(shop)
    mia = await at_work(shop, "manager")
    assert (await mia.get("/products")).status == 200
    await access.end_membership(shop, UUID(str(mia.person.person_id)))
    assert (await mia.get("/products")).status == 404
