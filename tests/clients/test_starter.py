"""The starter's storefront, copied out of the repository as its developer would, and shopped in."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import Demo, free_port
from tests.journeys.test_shopper import plentiful
from tools.clients import STARTER, build_lacking

pytestmark = [pytest.mark.clients, pytest.mark.browser]

SHOP = "prints"


def started(copy: Path, galleria: str) -> tuple[subprocess.Popen[str], str]:
    """The storefront of a copy, when it listens, and where."""
    port = free_port()
    process = subprocess.Popen(
        [str(copy / "node_modules/.bin/tsx"), "src/server.ts"],
        cwd=copy,
        env={**os.environ, "GALLERIA_URL": galleria, "GALLERIA_SHOP": SHOP, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    assert "is at" in said, said + process.stdout.read()
    return process, f"http://localhost:{port}"


def ended(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(20)
    assert process.stdout is not None
    process.stdout.close()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter, copied to where nothing of Galleria is."""
    lacking = build_lacking("typescript")
    if lacking is not None:
        pytest.skip(lacking)
    target = tmp_path_factory.mktemp("starter") / "my-shop"
    shutil.copytree(STARTER, target, ignore=shutil.ignore_patterns("node_modules"))
    # What `npm install` would bring again.
    (target / "node_modules").symlink_to(STARTER / "node_modules")
    return target


@pytest.fixture(scope="module")
def store(demo: Demo, copy: Path) -> Iterator[str]:
    """The copy, running on the demo's shop of prints."""
    process, address = started(copy, demo.ready["api"])
    yield address
    ended(process)


async def look_for(page: Page, store: str, title: str) -> None:
    await page.goto(store)
    words = page.get_by_role("searchbox", name="Search").or_(page.get_by_role("combobox"))
    await words.first.fill(title)
    await page.get_by_role("button", name="Search").click()
    await page.locator(".card a", has_text=title).first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)


async def fill_in(page: Page) -> None:
    for label, value in {
        "E-mail": "starter@example.com",
        "Name": "Ann Buyer",
        "Street and number": "Long Street 1",
        "Postcode": "10115",
        "Town": "Berlin",
    }.items():
        await page.get_by_label(label, exact=True).fill(value)
    await page.get_by_label("Country").select_option("DE")


async def test_a_shopper_narrows_chooses_and_buys(page: Page, store: str) -> None:
    await page.goto(store)
    categories = page.get_by_role("navigation", name="Categories")
    await categories.get_by_role("link", name="Prints", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Prints")
    await expect(page.get_by_role("status")).to_contain_text(re.compile(r"\d+ things?"))
    box = page.locator(".facets fieldset input").first
    await box.check()
    await expect(page).to_have_url(re.compile(r"f\."))
    await expect(box).to_be_checked()

    await look_for(page, store, plentiful(SHOP))
    axis = page.locator(".axis").last
    other = axis.get_by_role("link").nth(1)
    name = (await other.inner_text()).strip()
    await other.click()
    await expect(axis.locator("[aria-current]")).to_have_text(name)
    await expect(page).to_have_url(re.compile(r"o\."))
    await page.get_by_role("button", name="Add to basket").click()

    await expect(page.locator(".line")).to_contain_text(name)
    await expect(page.locator(".count")).to_have_text("1")
    await page.get_by_label(re.compile("^Quantity of")).fill("2")
    await page.get_by_role("button", name="Update").click()
    await expect(page.locator(".count")).to_have_text("2")
    await page.get_by_role("link", name="To the checkout").click()

    await fill_in(page)
    await page.get_by_label("Card").select_option("tok_decline")
    await page.get_by_role("button", name="Buy now").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_label("Town")).to_have_value("Berlin")
    await page.get_by_label("Card").select_option("tok_approve")
    await page.get_by_role("button", name="Buy now").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    await expect(page.locator(".count")).to_have_text("0")


async def test_everything_works_without_scripts(plain_page: Page, store: str) -> None:
    await look_for(plain_page, store, plentiful(SHOP))
    await plain_page.get_by_role("button", name="Add to basket").click()
    await plain_page.get_by_role("link", name="To the checkout").click()
    await fill_in(plain_page)
    await plain_page.get_by_role("button", name="Buy now").click()
    await expect(plain_page.get_by_role("heading", level=1)).to_have_text(
        "Thank you for your order"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_shuts_anybody_out(browser: Browser, store: str, scheme: str) -> None:
    shades: dict[str, BrowserContext] = {}
    shades[scheme] = await browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = await shades[scheme].new_page()
    await look_for(page, store, plentiful(SHOP))
    product = page.url
    await page.get_by_role("button", name="Add to basket").click()
    for address in ("/", "/category/prints", "/search?q=nothing-like-it", product, "/cart"):
        await page.goto(address if address.startswith("http") else store + address)
        await no_faults(page)
    await page.get_by_role("link", name="To the checkout").click()
    await no_faults(page)
    await shades[scheme].close()


async def no_faults(page: Page) -> None:
    found = await Axe().run(page)
    assert found.violations_count == 0, (page.url, found.generate_report())


async def test_a_choice_keeps_the_focus_and_its_address(page: Page, store: str) -> None:
    await look_for(page, store, plentiful(SHOP))
    other = page.locator(".axis").last.get_by_role("link").nth(1)
    name = (await other.inner_text()).strip()
    await other.focus()
    await page.keyboard.press("Enter")
    chosen = page.locator(".axis").last.locator("[aria-current]")
    await expect(chosen).to_have_text(name)
    await expect(chosen).to_be_focused()
    await page.reload()
    await expect(page.locator(".axis").last.locator("[aria-current]")).to_have_text(name)


def test_other_sites_cannot_fill_the_basket(store: str) -> None:
    answer = httpx.post(
        f"{store}/cart",
        data={"variant_id": "x"},
        headers={"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403


def test_what_is_not_there_is_said_so_and_nothing_runs_inline(store: str) -> None:
    missing = httpx.get(f"{store}/products/no-such-thing")
    assert missing.status_code == 404
    assert "There is no such page" in missing.text
    assert "default-src 'self'" in missing.headers["content-security-policy"]
    assert "unsafe-inline" not in missing.headers["content-security-policy"]
    assert httpx.get(f"{store}/assets/../package.json").status_code == 404
    strange = httpx.post(f"{store}/cart", data={"variant_id": "x"}, headers={"origin": store})
    assert strange.status_code == 409


def test_a_shop_that_does_not_answer_is_told_to_shoppers(copy: Path) -> None:
    process, address = started(copy, f"http://127.0.0.1:{free_port()}")
    try:
        answer = httpx.get(address, timeout=30)
    finally:
        ended(process)
    assert answer.status_code == 502
    assert "does not answer" in answer.text
