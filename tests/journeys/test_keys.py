"""A key is replaced in the cockpit, by keyboard and by eye, and a revoked one is dead at once."""

import json
import time

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from galleria.faces.gateway import VERSIONS
from tests.delays import delays_of_the_machine
from tests.journeys.conftest import PATIENCE_MS, Demo
from tests.journeys.test_accessibility import serious_findings
from tests.journeys.test_merchant import sign_in

pytestmark = pytest.mark.browser
NARROWEST = 320
KEYS = "/s/prints/settings/keys"


def ask(demo: Demo, key: str) -> httpx.Response:
    """What a program gets with this key."""
    return httpx.get(
        f"http://127.0.0.1:{demo.port}/admin/v1/products?limit=1",
        headers={
            "Authorization": f"Bearer {key}",
            "User-Agent": "till/3.1",
            # An older version says by itself that it will end.
            "Galleria-Version": VERSIONS.newest.name,
        },
        timeout=20,
    )


async def make_key(page: Page, demo: Demo, name: str) -> str:
    """The text of a key that is made on the page."""
    await page.goto(demo.office + KEYS)
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_label("Products: read").check()
    await page.get_by_role("button", name="Make the key").press("Enter")
    text = await page.locator("code.secret").inner_text()
    assert text.startswith("gal_rk_")
    return text


async def test_a_key_is_replaced_in_the_cockpit_by_keyboard(page: Page, demo: Demo) -> None:
    await sign_in(page, demo)
    old = await make_key(page, demo, "Till at the door")
    await page.get_by_role("link", name="Till at the door", exact=True).press("Enter")
    await expect(page.get_by_role("heading", name="Till at the door")).to_be_visible()
    await page.get_by_label("The old key stays good for").select_option(label="a week")
    await page.get_by_role("button", name="Make the new key").press("Enter")
    new = await page.locator("code.secret").inner_text()
    assert new != old

    answers = [ask(demo, text) for text in (old, new)]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].headers["sunset"].endswith("GMT")
    assert "sunset" not in answers[1].headers
    await page.goto(page.url.partition("/rotate")[0])
    await expect(page.locator("[data-verdict]")).to_be_visible()
    deadline = time.monotonic() + 20
    while "till/3" not in await page.content():  # written down about once a second
        assert time.monotonic() < deadline
        await page.reload()
    await expect(page.locator("[data-verdict='old_in_use']")).to_contain_text("not yet")
    await page.get_by_label("Refuse some requests").select_option("100")
    await page.get_by_role("button", name="Set", exact=True).press("Enter")
    await expect(page.get_by_role("status").first).to_contain_text("100 %")
    refused = ask(demo, old)
    assert (refused.status_code, refused.json()["code"]) == (401, "key_in_brown_out")

    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Finish now").press("Enter")
    await expect(page.get_by_role("status").first).to_contain_text("opens nothing any more")
    refused = ask(demo, old)
    assert (refused.status_code, refused.json()["code"]) == (401, "key_grace_ended")
    assert ask(demo, new).status_code == 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pages_of_keys_have_no_serious_finding_and_fit_a_telephone(
    browser: Browser, demo: Demo, scheme: str
) -> None:
    context = await browser.new_context(color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await sign_in(page, demo)
    ask(demo, await make_key(page, demo, f"Seen {scheme}"))
    await page.get_by_role("link", name=f"Seen {scheme}", exact=True).click()
    await page.get_by_role("button", name="Make the new key").click()
    await expect(page.locator("code.secret")).to_be_visible()
    findings: list[str] = []
    for address in (None, page.url.partition("/rotate")[0], demo.office + KEYS):
        if address is not None:
            await page.goto(address)
        await page.set_viewport_size({"width": 1280, "height": 900})
        findings += await serious_findings(page)
        await page.set_viewport_size({"width": NARROWEST, "height": 800})
        if await page.evaluate("() => document.documentElement.scrollWidth") > NARROWEST:
            findings.append(f"{page.url} is too wide")
    await context.close()
    assert not findings, "\n".join(findings)


async def test_a_key_that_a_command_revokes_is_dead_in_the_server_within_a_second(
    demo: Demo,
) -> None:
    said = demo.run("key", "create", "--shop", "prints", "--name", "lost", "--json")
    made = json.loads(said.stdout)
    assert ask(demo, made["key"]).status_code == 200, "the server remembers it"
    assert demo.run("key", "revoke", made["key_id"], "--shop", "prints").returncode == 0
    with delays_of_the_machine() as delayed_s:
        revoked_at = time.monotonic()
        answer = ask(demo, made["key"])
        while answer.status_code == 200 and time.monotonic() - revoked_at < 1 + delayed_s():
            answer = ask(demo, made["key"])
    assert (answer.status_code, answer.json()["code"]) == (401, "key_revoked")
