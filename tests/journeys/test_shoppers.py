"""Shoppers with accounts in a real browser: mail, passkeys, sessions; with scripts and without."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page, expect

from galleria.engines.mail import Sender
from galleria.engines.mail.outbox import OutboxMail
from tests.journeys.conftest import PATIENCE_MS, Demo
from tests.journeys.test_accessibility import serious_findings
from tests.journeys.test_shopper import put_into_basket

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery staple"
NARROWEST = 320


async def link_by_mail(demo: Demo, email: str) -> str:
    """The address of the link in the newest mail, once the worker has written it."""
    mail = OutboxMail(demo.folder / "mail", Sender("shop@galleria.example"))
    tenants = [int(each.name) for each in (demo.folder / "mail").glob("*") if each.name.isdigit()]
    for _ in range(900):
        for tenant_id in tenants or [1]:
            for letter in await mail.letters(tenant_id):
                found = re.search(r"http\S+/account/link/\S+", letter.text)
                if letter.to == email and found is not None:
                    return found[0]
        await asyncio.sleep(0.1)
        tenants = [
            int(each.name) for each in (demo.folder / "mail").glob("*") if each.name.isdigit()
        ]
    raise AssertionError(f"no mail to {email}")


async def open_account(page: Page, demo: Demo, slug: str, email: str) -> None:
    """Somebody asks for a link, follows it, and has come in."""
    await page.goto(demo.shop(slug) + "/account/register")
    await page.get_by_label(re.compile("^Name")).fill("Ann Buyer")
    await page.get_by_label("E-mail", exact=True).fill(email)
    await page.get_by_role("button", name="Send me the link").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    await page.goto(await link_by_mail(demo, email))
    await page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    await page.get_by_role("button", name="Open my account").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ann Buyer")


async def plug_in(page: Page) -> tuple[CDPSession, str]:
    """A device that keeps passkeys and knows its owner is plugged into the browser."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, added["authenticatorId"]


async def test_a_passkey_is_added_and_opens_the_account(page: Page, demo: Demo) -> None:
    device, authenticator = await plug_in(page)
    await open_account(page, demo, "prints", "passkey@example.com")
    await page.get_by_role("link", name="Security").click()
    await page.get_by_label("Name of the device").fill("My telephone")
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_label("Name of the passkey")).to_have_value("My telephone")
    kept = await device.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})
    (credential,) = kept["credentials"]
    assert credential["rpId"] == "prints.localhost"
    assert credential["isResidentCredential"]
    for _ in range(2):
        await page.get_by_role("button", name="Sign out", exact=True).first.click()
        await page.goto(demo.shop("prints") + "/account")
        await expect(page).to_have_url(re.compile(r"/account/sign-in\?back=/account$"))
        await page.get_by_role("button", name="Use a passkey").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ann Buyer")
    # A device whose owner was not recognised opens nothing.
    await page.get_by_role("button", name="Sign out", exact=True).first.click()
    await device.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    await page.goto(demo.shop("prints") + "/account/sign-in")
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(page.get_by_text("That did not work.")).to_be_visible()


async def test_without_scripts_all_but_passkeys_works(plain_page: Page, demo: Demo) -> None:
    page = plain_page
    await put_into_basket(page, demo, "ceramics")
    await open_account(page, demo, "ceramics", "plain-account@example.com")
    await expect(page.locator("[data-count]")).to_have_text("1")
    await page.get_by_role("link", name="Addresses").click()
    for label, text in {
        "Name": "Ann Buyer",
        "Street and number": "Long Street 1",
        "Town": "Berlin",
    }.items():
        await page.get_by_label(label, exact=True).fill(text)
    # Optional in the book, since not every country has postcodes.
    await page.get_by_label(re.compile("^Postcode")).fill("10115")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Filled in at the checkout")).to_be_visible()
    await page.goto(demo.shop("ceramics") + "/checkout")
    await expect(page.get_by_label("Street and number", exact=True)).to_have_value("Long Street 1")
    await page.get_by_role("button", name="Buy now").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    await page.goto(demo.shop("ceramics") + "/account/orders")
    await expect(page.get_by_role("link", name=re.compile("^Order "))).to_have_count(1)
    await page.get_by_role("link", name="Security").click()
    await expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
    await page.get_by_role("button", name="Sign out", exact=True).first.click()
    await page.goto(demo.shop("ceramics") + "/account/sign-in")
    await page.get_by_label("E-mail", exact=True).last.fill("plain-account@example.com")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ann Buyer")
    await page.get_by_role("link", name="Security").click()
    await page.get_by_role("checkbox", name=re.compile("Delete my account for good")).check()
    await page.get_by_role("button", name="Delete my account").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your account is deleted")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_accounts_pages_have_no_serious_finding_and_fit_a_telephone(
    browser: Browser, demo: Demo, scheme: str
) -> None:
    context = await browser.new_context(color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    found: list[str] = []
    email = f"{scheme}@example.com"
    for path in ("/account/sign-in", "/account/register", "/account/forgotten", "/account/sent"):
        await page.goto(demo.shop("textiles") + path)
        found += await serious_findings(page)
    await open_account(page, demo, "textiles", email)
    for path in ("", "/orders", "/addresses", "/security"):
        await page.set_viewport_size({"width": 1280, "height": 900})
        await page.goto(demo.shop("textiles") + "/account" + path)
        found += await serious_findings(page)
        await page.set_viewport_size({"width": NARROWEST, "height": 800})
        if await page.evaluate("() => document.documentElement.scrollWidth") > NARROWEST:
            found.append(f"{path} is too wide")
    await context.close()
    assert not found, "\n".join(found)
