"""A developer reads about the API, looks for an operation, and tries it, all on one page."""

import re

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.journeys.conftest import Demo

pytestmark = pytest.mark.browser


PATIENCE_MS = 90_000


@pytest.fixture(autouse=True)
def patience(page: Page, plain_page: Page) -> None:
    """The document is made when it is first asked for, and is the longest page of the house."""
    for each in (page, plain_page):
        each.set_default_navigation_timeout(PATIENCE_MS)
        each.set_default_timeout(PATIENCE_MS)


def manual(demo: Demo, operation_id: str = "") -> str:
    return f"{demo.ready['api']}/docs" + (f"#{operation_id}" if operation_id else "")


async def test_a_shopper_s_call_is_tried_without_a_key(page: Page, demo: Demo) -> None:
    await page.goto(manual(demo))
    await page.get_by_label("Shop", exact=True).fill("prints")
    article = page.locator("#ListStoreProducts")
    await article.get_by_role("button", name="Try it").click()
    await article.get_by_label("limit").fill("2")
    await article.get_by_role("button", name="Send").click()
    await expect(article.locator("output .status")).to_contain_text("200", timeout=PATIENCE_MS)
    await expect(article.locator("output pre")).to_contain_text('"next_cursor"')


async def test_a_key_opens_the_merchant_s_side_and_is_kept_nowhere(
    page: Page, context: BrowserContext, demo: Demo
) -> None:
    key = demo.ready["shops"][0]["key"]
    await page.goto(manual(demo, "ListOrders"))
    article = page.locator("#ListOrders")
    await article.get_by_role("button", name="Try it").click()
    await article.get_by_role("button", name="Send").click()
    await expect(article.locator("output .status")).to_contain_text(
        re.compile("40[14]"), timeout=PATIENCE_MS
    )

    await page.locator("#key").fill(key)
    await article.get_by_role("button", name="Send").click()
    await expect(article.locator("output .status")).to_contain_text("200", timeout=PATIENCE_MS)
    kept = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert kept == "[{},{}]"
    assert await context.cookies() == []
    assert key not in page.url
    await page.reload()
    await expect(page.locator("#key")).to_have_value("")


async def test_a_write_says_so_and_sends_the_example(page: Page, demo: Demo) -> None:
    await page.goto(manual(demo, "OpenCart"))
    await page.get_by_label("Shop", exact=True).fill("prints")
    article = page.locator("#OpenCart")
    await article.get_by_role("button", name="Try it").click()
    await article.get_by_label("Body").fill("{}")
    await article.get_by_role("button", name="Send, and change the shop (POST)").click()
    await expect(article.locator("output .status")).to_contain_text("201", timeout=PATIENCE_MS)
    await article.get_by_label("Body").fill('{"lines": 1}')
    await article.get_by_role("button", name="Send, and change the shop (POST)").click()
    await expect(article.locator("output .status")).to_contain_text("422", timeout=PATIENCE_MS)
    await expect(article.locator("output pre")).to_contain_text('"errors"')


async def test_operations_are_found_by_keyboard_and_have_an_address(page: Page, demo: Demo) -> None:
    await page.goto(manual(demo))
    await page.keyboard.press("/")
    await page.keyboard.type("check out")
    await expect(page.get_by_role("status").first).to_contain_text(re.compile(r"^\d of \d+"))
    await expect(page.locator("#CheckOutCart")).to_be_visible()
    await expect(page.locator("#ListOrders")).to_be_hidden()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("#CheckOutCart$"))
    await page.keyboard.press("/")
    await page.keyboard.press("Escape")
    await expect(page.locator("#ListOrders")).to_be_visible()
    await page.goto(manual(demo, "ListStock"))
    await expect(page.locator("nav a[aria-current]")).to_be_visible()
    await expect(page.locator("#ListStock")).to_be_in_viewport()


async def test_a_call_is_copied(page: Page, context: BrowserContext, demo: Demo) -> None:
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(manual(demo, "ListOrders"))
    article = page.locator("#ListOrders")
    await article.get_by_text("Call it").click()
    await article.get_by_role("button", name="for curl").click()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith('curl -g -X GET "$GALLERIA_URL/admin/v1/orders"')


async def test_without_scripts_everything_can_be_read_and_nothing_pretends(
    plain_page: Page, demo: Demo
) -> None:
    await plain_page.goto(manual(demo))
    await expect(plain_page.locator("#ListOrders")).to_be_visible()
    await expect(plain_page.get_by_role("button")).to_have_count(0)
    await plain_page.locator("#ListOrders").get_by_text("Call it").click()
    await expect(plain_page.locator("#ListOrders figure").first).to_contain_text("curl")
