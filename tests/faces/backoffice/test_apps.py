"""Apps in the back office: brought in, approved on the consent page, shown, uninstalled."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from galleria.engines.context import Context
from galleria.platform import access, apps
from galleria.platform.apps import TokenRequest
from tests.faces.backoffice.browser import Page
from tests.faces.backoffice.conftest import NewShop, Person, SignedIn
from tests.platform.apps.conftest import BACK, VERIFIER, Client, added, challenge_of, manifest

PLACE = "/apps"
AUTHORIZE = "/oauth/authorize"
PAGES = [{"title": "Reviews", "url": "https://pages.example/reviews?tab=all"}]


def question(client: Client, **changes: str) -> str:
    """The address to which the app leads the merchant's browser."""
    asked = {
        "client_id": client.app.client_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        "state": "a&b",
        **changes,
    }
    return f"{AUTHORIZE}?{urlencode(asked)}"


async def pressed(mia: Person, page: Page, **changes: str) -> tuple[int, str]:
    """Where a browser is sent by a button of the consent page."""
    fields = [(k, v) for k, v in page.form(AUTHORIZE) if k not in changes]
    sent = (await mia.browser.post(AUTHORIZE, [*fields, *changes.items()], follow=False)).response
    return sent.status_code, sent.headers.get("location", "")


def said(address: str) -> dict[str, str]:
    """What an answer brings the app."""
    assert address.startswith(f"{BACK}&"), address
    return {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}


async def test_an_app_is_brought_in_by_its_manifest_and_its_secret_shown_once(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    assert "No app yet" in (await mia.get(PLACE)).text
    page = await mia.get(f"{PLACE}/new")
    for wrong, told in (
        ("", "Please fill this in"),
        ("{", "not JSON"),
        (msgspec.json.encode(manifest(scopes=["keys:write"])).decode(), "scopes[0]"),
    ):
        refused = await mia.submit(page, f"{PLACE}/new", manifest=wrong)
        assert (refused.status, told in refused.text) == (422, True), (wrong, refused.text)
    pasted = msgspec.json.encode(manifest(pages=PAGES)).decode()
    made = await mia.submit(page, f"{PLACE}/new", manifest=pasted)
    assert "gal_appsecret_" in made.text and "not approved yet" in made.text
    (app,) = await apps.list_apps(shop)
    again = await mia.get(f"{PLACE}/{app.app_id}")
    assert "gal_appsecret_" not in again.text
    assert "See orders, with names and addresses" in again.text
    twice = await mia.submit(page, f"{PLACE}/new", manifest=pasted)
    assert twice.status == 409 and "has this app already" in twice.text


async def test_the_merchant_reads_what_an_app_asks_for_and_approves(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    client = await added(shop, pages=PAGES)
    page = await mia.browser.get(question(client))
    assert "Acme Reviews asks to work in" in page.text
    assert "See orders, with names and addresses" in page.text
    policy = page.response.headers["content-security-policy"]
    assert "form-action 'self' https://app.example;" in policy
    status, address = await pressed(mia, page, decision="approve")
    answer = said(address)
    assert (status, answer["state"], answer["iss"]) == (303, "a&b", "http://admin.localhost:8000")
    token = await apps.exchange(
        shop,
        TokenRequest(
            grant_type="authorization_code",
            code=answer["code"],
            redirect_uri=BACK,
            code_verifier=VERIFIER,
            client_id=client.app.client_id,
            client_secret=client.client_secret,
        ),
    )
    (key,) = (await access.list_keys(shop)).items
    assert key.created_by == f"person:{mia.person.person_id}" and token.scope == "orders:read"
    shown = await mia.get(f"{PLACE}/{client.app.app_id}")
    assert key.prefix in shown.text and "installed" in shown.text


async def test_a_merchant_who_does_not_approve_gives_nothing_out(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    client = await added(shop)
    page = await mia.browser.get(question(client))
    _, address = await pressed(mia, page, decision="refuse")
    assert said(address)["error"] == "access_denied" and "code" not in said(address)
    assert await shop.read("SELECT 1 AS one FROM apps.code WHERE tenant_id = $1") == []


async def test_a_question_that_cannot_be_is_answered_as_oauth_has_it(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    client = await added(shop)
    for wrong, error in (
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"scope": "orders:read orders:write"}, "invalid_scope"),
    ):
        asked = question(client, **wrong)
        sent = await mia.browser.client.get(asked, follow_redirects=False)
        answer = said(sent.headers["location"])
        assert (answer["error"], answer["state"]) == (error, "a&b")
    # To an address that the app has not named nothing is sent, whatever is wrong besides.
    for nowhere in (
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": BACK + "&more=1", "response_type": "token"},
        {"client_id": "gal_app_1_nonsense"},
    ):
        asked = question(client, **nowhere)
        sent = await mia.browser.client.get(asked, follow_redirects=False)
        assert sent.status_code in (400, 404) and "location" not in sent.headers


async def test_a_question_about_another_shop_is_nobodys_business(
    shop: Context, new_shop: NewShop, at_work: SignedIn
) -> None:
    other = await new_shop()
    client = await added(other)
    mia = await at_work(shop)
    page = await mia.browser.get(question(client))
    assert page.status == 404 and "Acme Reviews" not in page.text


async def test_who_may_not_do_all_of_it_cannot_approve(shop: Context, at_work: SignedIn) -> None:
    client = await added(shop)
    mia = await at_work(shop, role="manager")
    page = await mia.browser.get(question(client))
    assert page.status == 403
    assert "Bring an app in" not in (await mia.get(PLACE)).text


async def test_what_changed_meanwhile_is_read_once_more(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    client = await added(shop)
    page = await mia.browser.get(question(client))
    wanted = apps.NewManifest(
        manifest=msgspec.convert(manifest(scopes=["customers:read"]), apps.Manifest)
    )
    await apps.update_app(shop, client.app.app_id, wanted)
    status, address = await pressed(mia, page, decision="approve")
    assert (status, address) == (412, "")


async def test_a_page_of_an_app_is_framed_with_a_token_of_a_minute(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop, role="manager")
    client = await added(shop, pages=PAGES)
    here = f"{PLACE}/{client.app.app_id}/pages/0"
    assert (await mia.get(here)).status == 404
    token = await client.install(shop)
    page = await mia.get(here)
    policy = page.response.headers["content-security-policy"]
    assert policy.endswith("; frame-src https://pages.example")
    assert 'sandbox="allow-scripts allow-forms"' in page.text
    source = page.text.partition('<iframe class="appframe" src="')[2].partition('"')[0]
    address = source.replace("&amp;", "&")
    assert address.startswith("https://pages.example/reviews?tab=all&session_token=")
    head, says, signature = address.partition("session_token=")[2].split(".")
    key = base64.b64decode(token.signing_secret.removeprefix("whsec_"))
    made = hmac.digest(key, f"{head}.{says}".encode(), hashlib.sha256)
    assert base64.urlsafe_b64encode(made).rstrip(b"=").decode() == signature
    claims = msgspec.json.decode(base64.urlsafe_b64decode(says + "=" * (-len(says) % 4)))
    assert claims["exp"] - claims["iat"] == 60
    assert (claims["aud"], claims["shop"]) == (client.app.client_id, shop.tenant.slug)
    assert claims["sub"] == str(mia.person.person_id)
    assert (await mia.get(f"{PLACE}/{client.app.app_id}/pages/1")).status == 404


async def test_an_app_is_given_another_manifest_and_uninstalled(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    client = await added(shop, metafield_namespace="acme")
    token = await client.install(shop)
    here = f"{PLACE}/{client.app.app_id}"
    more = manifest(metafield_namespace="acme", scopes=["orders:read", "stock:read"])
    page = await mia.get(here)
    waits = await mia.submit(page, f"{here}/manifest", manifest=msgspec.json.encode(more).decode())
    assert "waits for your approval" in waits.text and "asks for more" in waits.text
    refused = await mia.submit(page, f"{here}/manifest", manifest="nonsense")
    assert refused.status == 422 and "not JSON" in refused.text
    page = await mia.get(f"{here}/uninstall")
    assert "What it has kept under" in page.text
    gone = await mia.submit(page, f"{here}/uninstall", metafields="remove")
    assert "is uninstalled" in gone.text and "No app yet" in gone.text
    assert await access.actor_of_key(shop, token.access_token) is None


async def test_a_secret_is_replaced_and_shown_once(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    client = await added(shop)
    here = f"{PLACE}/{client.app.app_id}"
    page = await mia.get(here)
    assert "Replace the signing secret" not in page.text, "there is none before it is approved"
    made = await mia.submit(page, f"{here}/secrets", which="client_secret")
    assert "gal_appsecret_" in made.text and client.client_secret not in made.text
    refused = await mia.submit(page, f"{here}/secrets", which="signing_secret")
    assert (refused.status, "is not installed yet" in refused.text) == (409, True)
    client.client_secret = made.text.partition('<code class="secret">')[2].partition("<")[0]
    await client.install(shop)
    page = await mia.get(here)
    assert "gal_appsecret_" not in page.text and "Replace the signing secret" in page.text
    wanted = {"which": "signing_secret", "grace_hours": "24"}
    made = await mia.submit(page, f"{here}/secrets", **wanted)
    assert "whsec_" in made.text and "signs too until" in made.text
    for hours, status, told in (
        ("24", 409, "Two secrets sign"),
        ("169", 422, 'role="alert"'),
        ("0", 200, "whsec_"),
    ):
        shown = await mia.submit(page, f"{here}/secrets", **{**wanted, "grace_hours": hours})
        assert (shown.status, told in shown.text) == (status, True), hours
    reader = await at_work(shop, role="manager")
    assert "Replace the" not in (await reader.get(here)).text
    assert (await reader.browser.post(f"/s/{shop.tenant.slug}{here}/secrets", wanted)).status == 403
