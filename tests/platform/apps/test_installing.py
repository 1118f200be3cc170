"""An app comes into a shop by OAuth, within what was agreed to, and leaves it whole."""

from dataclasses import replace
from typing import Any

import pytest

from galleria.engines.context import Actor, Context
from galleria.platform import access, apps, webhooks
from galleria.platform.apps import CodeNotAccepted
from galleria.platform.apps.routes import ROUTES
from galleria.platform.apps.service.removing import erase_apps, export_apps, tidy
from galleria.platform.webhooks import NewWebhook, WireChoice
from tests.platform.apps.conftest import (
    BACK,
    PLACED,
    VERIFIER,
    added,
    challenge_of,
    manifest,
    new,
)
from tests.platform.conftest import acting_with, client_of, later

PLACE = "/admin/v1/apps"
HOOK = [{"url": "http://127.0.0.1:9/hook", "events": [PLACED]}]


async def scopes_of(ctx: Context, token: str) -> set[str] | None:
    """What a key may do in the shop, None when it opens nothing."""
    actor = await access.actor_of_key(ctx, token)
    return None if actor is None else set(actor.scopes)


async def test_an_app_gets_a_key_with_just_its_scopes_for_an_approval(shop: Context) -> None:
    client = await added(shop, scopes=["orders:read", "products:write"], webhooks=HOOK)
    assert await apps.list_apps(shop) == [client.app]
    assert client.app.status == "proposed" and await webhooks.list_webhooks(shop) == []
    token = await client.install(shop)
    assert token.scope == "orders:read products:write" and token.token_type == "Bearer"
    assert await scopes_of(shop, token.access_token) == {"orders:read", "products:write"}
    app = await apps.get_app(shop, client.app.app_id)
    (key,) = (await access.list_keys(shop)).items
    assert (app.status, app.key_ids) == ("installed", [key.key_id])
    assert (key.kind, key.owner, key.created_by) == ("restricted", "Acme", app.approved_by)
    (hook,) = await webhooks.list_webhooks(shop)
    assert app.endpoint_ids == [hook.endpoint.endpoint_id]
    assert hook.endpoint.subscriptions[0].tag == PLACED
    (secret,) = await webhooks.show_secrets(shop, hook.endpoint.endpoint_id)
    assert secret.secret == token.signing_secret


async def test_nothing_of_what_proves_an_app_is_stored_in_clear(shop: Context) -> None:
    client = await added(shop)
    code = await client.code(shop)
    token = await client.install(shop)
    rows = await shop.read("SELECT app::text AS row FROM apps.app WHERE tenant_id = $1")
    rows += await shop.read("SELECT code::text AS row FROM apps.code WHERE tenant_id = $1")
    stored = "".join(row["row"] for row in rows)
    for secret in (client.client_secret, code, token.access_token, token.signing_secret):
        assert secret not in stored
        assert secret.encode().hex() not in stored


WRONG: list[dict[str, str]] = [
    {"redirect_uri": "https://app.example/installed"},
    {"code_verifier": VERIFIER + "x"},
    {"code_verifier": "short"},
    {"code": "gal_appcode_1_x"},
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_code_is_good_for_its_app_address_and_verifier_alone(
    shop: Context, wrong: dict[str, str]
) -> None:
    client = await added(shop)
    code = await client.code(shop)
    with pytest.raises(CodeNotAccepted):
        await apps.exchange(shop, client.request(code, **wrong))
    assert (await access.list_keys(shop)).items == []
    assert (await apps.exchange(shop, client.request(code))).shop == shop.tenant.slug


async def test_a_code_of_another_app_or_with_another_secret_is_refused(shop: Context) -> None:
    client, other = await added(shop), await added(shop, handle="other")
    code = await client.code(shop)
    with pytest.raises(CodeNotAccepted):
        await apps.exchange(shop, other.request(code))
    for wrong in (
        {"client_secret": other.client_secret},
        {"client_id": "nonsense"},
        {"client_id": client.app.client_id[:-1] + "0"},
    ):
        with pytest.raises(apps.ClientNotAccepted):
            await apps.exchange(shop, client.request(code, **wrong))


async def test_a_code_ends_after_a_minute(shop: Context) -> None:
    client = await added(shop)
    code = await client.code(shop)
    with pytest.raises(CodeNotAccepted, match="has ended"):
        await apps.exchange(later(shop, seconds=60), client.request(code))
    token = await apps.exchange(later(shop, seconds=59), client.request(code))
    assert token.access_token


async def test_a_code_that_comes_twice_ends_what_it_was_exchanged_for(shop: Context) -> None:
    client = await added(shop)
    code = await client.code(shop)
    token = await apps.exchange(shop, client.request(code))
    assert await scopes_of(shop, token.access_token)
    with pytest.raises(CodeNotAccepted, match="used before"):
        await apps.exchange(shop, client.request(code))
    assert await scopes_of(shop, token.access_token) is None
    fresh = await client.install(later(shop, seconds=1))
    with pytest.raises(CodeNotAccepted, match="used before"):
        await apps.exchange(later(shop, seconds=2), client.request(code))
    assert await scopes_of(shop, fresh.access_token), "an older code says nothing of a later key"


async def test_nobody_gives_an_app_more_than_they_may_do(shop: Context) -> None:
    client = await added(shop, scopes=["orders:read", "customers:read"])
    manager = shop.as_actor(Actor("person", "mia", frozenset({"apps:write", "orders:read"})))
    with pytest.raises(access.ScopeNotHeld, match="customers:read"):
        await client.code(manager)


async def test_a_manifest_that_wants_more_waits_for_another_approval(shop: Context) -> None:
    client = await added(shop)
    token = await client.install(shop)
    app_id = client.app.app_id
    after = await apps.update_app(shop, app_id, new(scopes=["orders:read", "stock:read"]))
    assert after.pending and after.manifest.scopes == ["orders:read"]
    assert await scopes_of(shop, token.access_token) == {"orders:read"}
    fresh = await client.install(shop)
    assert await scopes_of(shop, fresh.access_token) == {"orders:read", "stock:read"}
    assert await scopes_of(shop, token.access_token) is None
    approved = await apps.get_app(shop, app_id)
    assert approved.pending is None and approved.manifest.scopes == ["orders:read", "stock:read"]


MORE: list[dict[str, Any]] = [
    {"webhooks": [*HOOK, {"url": "http://127.0.0.2:9/hook", "events": [PLACED]}]},
    {"webhooks": [{"url": HOOK[0]["url"], "events": [PLACED, "orders.order_cancelled.v1"]}]},
    {"checkout_rule": {"url": "https://app.example/rule"}},
    {"pages": [{"title": "Reviews", "url": "https://elsewhere.example/"}]},
    {"redirect_uris": [BACK, "https://elsewhere.example/"]},
    {"scopes": ["orders:read"]},
]


@pytest.mark.parametrize("more", MORE)
async def test_what_is_told_and_asked_elsewhere_is_more_too(
    shop: Context, more: dict[str, Any]
) -> None:
    agreed = {"scopes": ["orders:read", "stock:read"], "webhooks": HOOK}
    client = await added(shop, **agreed)
    await client.install(shop)
    after = await apps.update_app(shop, client.app.app_id, new(**{**agreed, **more}))
    assert after.pending is not None
    same = await apps.update_app(shop, client.app.app_id, new(**agreed, name="Reviews 2"))
    assert same.pending is None and same.manifest.name == "Reviews 2"


async def test_webhooks_follow_a_manifest_that_wants_no_more(shop: Context) -> None:
    client = await added(shop, webhooks=HOOK)
    token = await client.install(shop)
    moved = [{"url": "http://127.0.0.1:9/other", "events": [PLACED]}]
    after = await apps.update_app(shop, client.app.app_id, new(webhooks=moved))
    (hook,) = await webhooks.list_webhooks(shop)
    assert (hook.endpoint.url, after.endpoint_ids) == (
        "http://127.0.0.1:9/other",
        [hook.endpoint.endpoint_id],
    )
    (secret,) = await webhooks.show_secrets(shop, hook.endpoint.endpoint_id)
    assert secret.secret == token.signing_secret


async def test_an_approval_of_what_was_asked_before_is_refused(shop: Context) -> None:
    client = await added(shop)
    code = await client.code(shop)
    await apps.update_app(shop, client.app.app_id, new(scopes=["customers:read"]))
    with pytest.raises(CodeNotAccepted, match="something else"):
        await apps.exchange(shop, client.request(code))


async def test_an_uninstalled_app_leaves_nothing_that_opens_or_tells(shop: Context) -> None:
    client = await added(shop, webhooks=HOOK)
    waiting = await client.code(shop)
    token = await client.install(shop)
    (key,) = (await access.list_keys(shop)).items
    rotated = await access.rotate_key(shop, key.key_id)
    await apps.uninstall(shop, client.app.app_id, keeps_metafields=True)
    assert await scopes_of(shop, token.access_token) is None
    assert await scopes_of(shop, rotated.new.key) is None, "a key's successor is the app's too"
    assert await webhooks.list_webhooks(shop) == [] == await apps.list_apps(shop)
    with pytest.raises(apps.ClientNotAccepted):
        await apps.exchange(shop, client.request(waiting))
    tags = await shop.read(
        "SELECT tag FROM event_log.outbox WHERE tenant_id = $1 AND tag LIKE 'apps.%'"
        " ORDER BY sequence"
    )
    assert [row["tag"] for row in tags] == ["apps.app_installed.v1", "apps.app_uninstalled.v1"]


async def test_an_uninstall_bears_that_a_webhook_was_removed_by_hand(shop: Context) -> None:
    client = await added(shop, webhooks=HOOK)
    await client.install(shop)
    (hook,) = await webhooks.list_webhooks(shop)
    await webhooks.remove_webhook(shop, hook.endpoint.endpoint_id)
    await apps.uninstall(shop, client.app.app_id, keeps_metafields=True)
    assert await apps.list_apps(shop) == []


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"scopes": ["*"]}, "scopes[0]", "scope_not_for_apps"),
    ({"scopes": ["orders:read", "keys:write"]}, "scopes[1]", "scope_not_for_apps"),
    ({"scopes": ["orders:eat"]}, "scopes[0]", "unknown_scope"),
    ({"redirect_uris": ["http://app.example/"]}, "redirect_uris[0]", "address_refused"),
    ({"redirect_uris": ["https://app.example/#a"]}, "redirect_uris[0]", "fragment_in_redirect"),
    ({"redirect_uris": ["https://a';b.example/"]}, "redirect_uris[0]", "invalid_address"),
    (
        {"pages": [{"title": "A", "url": "https://me:pw@app.example/"}]},
        "pages[0].url",
        "invalid_address",
    ),
    (
        {"webhooks": [{"url": "https://app.example/", "events": ["no.such.v1"]}]},
        "webhooks[0].events[0]",
        "unknown_event",
    ),
    (
        {"webhooks": [{"url": "https://app.example/", "events": ["inventory.stock_low.v1"]}]},
        "webhooks[0].events[0]",
        "event_scope_not_held",
    ),
    (
        {"webhooks": [{"url": "https://app.example/", "events": [PLACED, PLACED]}]},
        "webhooks[0].events[1]",
        "repeated_event",
    ),
]


@pytest.mark.parametrize(("wanted", "path", "code"), REFUSED)
async def test_what_cannot_be_an_app_is_said_at_its_field(
    shop: Context, wanted: dict[str, Any], path: str, code: str
) -> None:
    with pytest.raises(apps.InvalidManifest) as refused:
        await added(shop, **wanted)
    assert [(each.path, each.code) for each in refused.value.errors] == [(path, code)]


async def test_addresses_are_https_in_a_house_that_serves_others(shop: Context) -> None:
    engines = replace(shop.engines, room_settings={})
    strict = Context(engines, shop.tenant, shop.actor, "test")
    with pytest.raises(apps.InvalidManifest) as refused:
        await added(strict, webhooks=HOOK, checkout_rule={"url": "http://app.example/"})
    assert [each.path for each in refused.value.errors] == ["webhooks[0].url", "checkout_rule.url"]


async def test_a_handle_and_a_namespace_are_one_apps(shop: Context) -> None:
    await added(shop, metafield_namespace="acme")
    with pytest.raises(apps.AppHandleTaken):
        await added(shop)
    with pytest.raises(apps.AppNamespaceTaken):
        await added(shop, handle="other", metafield_namespace="acme")


async def test_apps_are_administered_over_http(shop: Context) -> None:
    async with client_of(ROUTES, acting_with(shop, "apps:read", "apps:write", "orders:read")) as at:
        made = (await at.post(PLACE, json={"manifest": manifest()})).json()
        app = made["app"]
        path = f"{PLACE}/{app['app_id']}"
        assert (await at.get(PLACE)).json()["items"] == [app] == [(await at.get(path)).json()]
        named = await at.put(f"{path}/manifest", json={"manifest": manifest(name="Stars")})
        assert (named.json()["manifest"]["name"], named.json()["version"]) == ("Stars", 2)
        asked = {"version": 1, "redirect_uri": BACK, "code_challenge": challenge_of(VERIFIER)}
        stale = await at.post(f"{path}/approval", json=asked)
        assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
        approved = await at.post(f"{path}/approval", json={**asked, "version": 2, "state": "a b"})
        address = approved.json()["redirect_to"]
        assert address.startswith(f"{BACK}&code=gal_appcode_") and address.endswith("&state=a+b")
        form = {
            "grant_type": "authorization_code",
            "code": address.partition("code=")[2].partition("&")[0],
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
            "client_id": app["client_id"],
            "client_secret": made["client_secret"],
        }
        for wrong, status, error in (
            ({"grant_type": "password"}, 400, "unsupported_grant_type"),
            ({"client_secret": "wrong"}, 401, "invalid_client"),
            ({"code_verifier": "wrong"}, 400, "invalid_grant"),
        ):
            refused = await at.post("/oauth/token", data={**form, **wrong})
            assert (refused.status_code, refused.json()["error"]) == (status, error)
        for odd in (
            {"json": form},
            {"content": b"\xff", "headers": {"content-type": "application/x-www-form-urlencoded"}},
            {"data": {**form, "code": [form["code"], form["code"]]}},
            {"data": {"grant_type": "authorization_code"}},
        ):
            refused = await at.post("/oauth/token", **odd)
            assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request"), odd
        token = await at.post("/oauth/token", data=form)
        assert token.headers["cache-control"] == "no-store"
        assert await scopes_of(shop, token.json()["access_token"]) == {"orders:read"}
        assert (await at.delete(path)).status_code == 204
        assert (await at.delete(path)).json()["code"] == "app_not_found"
    async with client_of(ROUTES, acting_with(shop, "apps:read")) as at:
        assert (await at.post(PLACE, json={"manifest": manifest()})).status_code == 403
        assert (await at.get(PLACE)).status_code == 200


async def test_another_shop_sees_nothing_of_an_app(shop: Context, other_shop_ctx: Context) -> None:
    client = await added(shop)
    assert await apps.list_apps(other_shop_ctx) == []
    with pytest.raises(apps.AppNotFound):
        await apps.uninstall(other_shop_ctx, client.app.app_id, keeps_metafields=True)
    # Whoever asks where the exchange is done, the shop is the one that the client id names.
    token = await apps.exchange(other_shop_ctx, client.request(await client.code(shop)))
    assert token.shop == shop.tenant.slug


async def test_a_shop_takes_its_apps_along_and_leaves_none_behind(shop: Context) -> None:
    client = await added(shop)
    await client.install(shop)
    told = b"".join([line async for line in export_apps(shop)])
    assert b"Acme Reviews" in told and client.client_secret.encode() not in told
    await tidy(shop)
    assert len(await shop.read("SELECT 1 AS one FROM apps.code WHERE tenant_id = $1")) == 1
    await tidy(later(shop, days=2))
    assert await shop.read("SELECT 1 AS one FROM apps.code WHERE tenant_id = $1") == []
    await erase_apps(shop)
    assert await apps.list_apps(shop) == []


async def test_an_app_that_cannot_be_told_of_what_it_wants_has_no_key_either(
    shop: Context,
) -> None:
    client = await added(shop, scopes=["orders:read"], webhooks=HOOK)
    for number in range(50):
        wanted = NewWebhook(
            name=f"{number}", url="http://127.0.0.1:9/hook", subscriptions=[WireChoice(tag=PLACED)]
        )
        await webhooks.create_webhook(shop, wanted)
    code = await client.code(shop)
    with pytest.raises(webhooks.TooManyWebhooks):
        await apps.exchange(shop, client.request(code))
    assert (await access.list_keys(shop)).items == []
    assert (await apps.get_app(shop, client.app.app_id)).status == "proposed"
    hooks = await webhooks.list_webhooks(shop)
    await webhooks.remove_webhook(shop, hooks[0].endpoint.endpoint_id)
    assert (await apps.exchange(shop, client.request(code))).access_token
