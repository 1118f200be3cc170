"""Signing in to the back office, with all that can go wrong on the way."""

import base64
import re
from datetime import UTC, datetime

from galleria.engines.context import Context
from galleria.platform.access.model import second_factor
from tests.faces.backoffice.conftest import (
    PASSWORD,
    NewBrowser,
    NewPerson,
    SignedIn,
    sign_in,
)


async def test_nobody_sees_a_page_before_signing_in(new_browser: NewBrowser, shop: Context) -> None:
    browser = new_browser()
    page = await browser.get(f"/s/{shop.tenant.slug}/orders?view=to_send")
    assert page.path == "/sign-in"
    assert "Sign in" in page.text
    assert dict(page.form("/sign-in"))["next"] == f"/s/{shop.tenant.slug}/orders?view=to_send"


async def test_a_member_signs_in_and_is_led_to_their_only_shop(
    new_browser: NewBrowser, new_person: NewPerson, shop: Context
) -> None:
    person = await new_person(shop)
    page = await sign_in(new_browser(), person.email)
    assert page.status == 200
    assert page.path == f"/s/{shop.tenant.slug}"
    assert "Kiln &amp; Co" in page.text


async def test_after_signing_in_the_page_asked_for_is_shown(
    new_browser: NewBrowser, new_person: NewPerson, shop: Context
) -> None:
    browser, person = new_browser(), await new_person(shop)
    page = await browser.get(f"/s/{shop.tenant.slug}/products?status=draft")
    page = await browser.submit(page, "/sign-in", email=person.email, password=PASSWORD)
    assert page.address.endswith(f"/s/{shop.tenant.slug}/products?status=draft")


async def test_no_address_of_another_site_is_gone_to_after_signing_in(
    new_browser: NewBrowser, new_person: NewPerson
) -> None:
    person = await new_person()
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        browser = new_browser()
        page = await browser.get("/sign-in?next=" + elsewhere)
        page = await browser.submit(page, "/sign-in", email=person.email, password=PASSWORD)
        assert page.address.startswith("http://admin.localhost/")


async def test_a_wrong_password_and_an_unknown_e_mail_are_told_alike(
    new_browser: NewBrowser, new_person: NewPerson
) -> None:
    person = await new_person()
    wrong = await sign_in(new_browser(), person.email, "not the password at all")
    unknown = await sign_in(new_browser(), "nobody@example.com", "not the password at all")
    told = re.compile(r'<div class="alert".*?</div>', re.DOTALL)
    assert wrong.status == unknown.status == 401
    assert told.findall(wrong.text) == told.findall(unknown.text) != []
    assert person.email in wrong.text
    assert "not the password" not in wrong.text


async def test_whoever_tries_too_often_is_told_to_wait(
    new_browser: NewBrowser, new_person: NewPerson
) -> None:
    browser, person = new_browser(), await new_person()
    for _ in range(10):
        assert (await sign_in(browser, person.email, "wrong password!")).status == 401
    page = await sign_in(browser, person.email)
    assert page.status == 429
    assert "too many attempts" in page.text


async def test_a_form_from_another_site_signs_nobody_in(
    new_browser: NewBrowser, new_person: NewPerson
) -> None:
    browser, person = new_browser(), await new_person()
    page = await browser.get("/sign-in")
    fields = {**dict(page.form("/sign-in")), "email": person.email, "password": PASSWORD}
    for origin in ("http://evil.example", "http://shop.localhost", "null", None):
        refused = await browser.post("/sign-in", fields, origin=origin, follow=False)
        assert refused.status == 403
    stolen = {**fields, "form_token": "0" * 32}
    assert (await browser.post("/sign-in", stolen, follow=False)).status == 403
    assert (await new_browser().post("/sign-in", fields, follow=False)).status == 403


async def test_whoever_signs_out_has_to_sign_in_again(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get("")
    page = await mia.browser.submit(page, "/sign-out")
    assert page.path == "/sign-in"
    assert (await mia.get("")).path == "/sign-in"


async def test_the_second_factor_is_switched_on_asked_for_and_switched_off(
    shop: Context, at_work: SignedIn, new_browser: NewBrowser
) -> None:
    mia = await at_work(shop)
    page = await mia.browser.get("/account")
    page = await mia.browser.submit(page, "/account/second-factor")
    assert 'src="data:image/svg+xml' in page.text
    secret = dict(page.form("/account/second-factor/confirm"))["secret"]

    page = await mia.browser.submit(page, "/account/second-factor/confirm", code="000000")
    assert page.status == 422
    assert "This code is not right" in page.text
    assert 'src="data:image/svg+xml' in page.text, "the picture is still there to scan"

    page = await mia.browser.submit(page, "/account/second-factor/confirm", code=code(secret))
    recovery = re.findall(r"<li><code>([0-9a-z-]+)</code></li>", page.text)
    assert len(recovery) == 10
    page = await mia.browser.get("/account")
    assert page.has_form("/account/second-factor/off"), "it is on, and nobody was signed out"

    other = new_browser()
    page = await sign_in(other, mia.person.email)
    assert page.path == "/sign-in/code"
    assert (await other.get(mia.base)).path == "/sign-in", "a password alone opens nothing"
    page = await other.get("/sign-in/code")
    page = await other.submit(page, "/sign-in/code", code="123456")
    assert page.status == 401
    assert "This code is not right" in page.text
    page = await other.submit(page, "/sign-in/code", code=recovery[0])
    assert page.path == mia.base

    page = await mia.browser.get("/account")
    page = await mia.browser.submit(page, "/account/second-factor/off", off_code=recovery[1])
    assert page.path == "/sign-in"
    assert "The second factor is off" in page.text
    assert (await sign_in(mia.browser, mia.person.email)).path == mia.base


def code(secret: str) -> str:
    """What the device shows now."""
    raw = base64.b32decode(secret)
    return second_factor.code_at_step(raw, second_factor.step_at(datetime.now(UTC)))


async def test_another_password_holds_and_signs_other_browsers_out(
    shop: Context, at_work: SignedIn, new_browser: NewBrowser
) -> None:
    mia, other = await at_work(shop), new_browser()
    await sign_in(other, mia.person.email)
    page = await mia.browser.get("/account")
    fresh = "a new and longer password"
    page = await mia.browser.submit(
        page, "/account/password", password=PASSWORD, new_password=fresh, new_password_again="x"
    )
    assert page.status == 422
    assert "not the same" in page.text
    page = await mia.browser.submit(
        page, "/account/password", password="no", new_password=fresh, new_password_again=fresh
    )
    assert "not your present password" in page.text
    page = await mia.browser.submit(
        page, "/account/password", password=PASSWORD, new_password=fresh, new_password_again=fresh
    )
    assert "The new password holds" in page.text
    assert (await other.get(mia.base)).path == "/sign-in"
    assert (await mia.get("")).path == mia.base
    assert (await sign_in(new_browser(), mia.person.email, fresh)).path == mia.base


async def test_language_and_light_are_remembered(new_browser: NewBrowser) -> None:
    browser = new_browser()
    page = await browser.get("/sign-in")
    assert '<html lang="en" data-theme="auto">' in page.text
    page = await browser.post("/preferences", {"locale": "de", "back": "/sign-in"})
    assert "Anmelden" in page.text
    page = await browser.post("/preferences", {"theme": "dark", "back": "/sign-in"})
    assert '<html lang="de" data-theme="dark">' in page.text


async def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(
    new_browser: NewBrowser, new_person: NewPerson, shop: Context
) -> None:
    browser, person = new_browser(), await new_person(shop)
    page = await browser.get("/sign-in")
    fields = {**dict(page.form("/sign-in")), "email": person.email, "password": PASSWORD}
    answer = await browser.post("/sign-in", fields, follow=False)
    (cookie,) = answer.response.headers.get_list("set-cookie")
    assert cookie.startswith("galleria_session=gal_session_")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "domain" not in cookie.lower()
