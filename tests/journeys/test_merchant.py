"""A merchant imports a file, changes a price and sends an order; an operator opens a shop."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.journeys.conftest import Demo
from tests.journeys.test_shopper import fill_in, put_into_basket

pytestmark = pytest.mark.browser
FOLLOWS_WITHIN_MS = 20_000


async def sign_in(page: Page, demo: Demo) -> None:
    await page.goto(demo.office)
    admin = demo.ready["admin"]
    await page.get_by_label("E-mail").fill(admin["email"])
    await page.get_by_label("Password", exact=True).fill(admin["password"])
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("link", name="Paper Weather").first).to_be_visible()


async def test_a_merchant_looks_through_a_file_imports_it_and_sells_from_it(
    page: Page, demo: Demo
) -> None:
    await sign_in(page, demo)
    await page.goto(demo.office + "/s/prints/imports")
    await page.get_by_label("File", exact=True).set_input_files(demo.ready["sample_file"])
    await page.get_by_role("button", name="Send").click()
    await page.get_by_label("Products go").select_option("yes")
    await page.get_by_role("button", name="Look through it first").click()
    await expect(page.get_by_role("heading", name="What would change")).to_be_visible(
        timeout=FOLLOWS_WITHIN_MS
    )
    refused = page.locator("table").last
    await expect(refused).to_contain_text("price")
    await page.get_by_role("button", name="Import it now").click()
    await expect(page.get_by_role("button", name="Cancel")).to_have_count(
        0, timeout=FOLLOWS_WITHIN_MS
    )
    await page.goto(demo.office + "/s/prints/products?sort=-created")
    await expect(page.locator("main table tbody tr").first).to_be_visible()

    found = page.locator(".total")
    await page.goto(demo.shop("prints") + "/search?q=notebook")
    for _ in range(20):
        if "0 products" not in await found.inner_text():
            break
        await page.wait_for_timeout(500)
        await page.reload()
    await expect(found).not_to_have_text("0 products")


async def test_a_merchant_changes_a_price_and_shoppers_see_it(page: Page, demo: Demo) -> None:
    await sign_in(page, demo)
    await page.goto(demo.office + "/s/ceramics/prices")
    row = page.locator("table.matrix tbody tr").first
    title = await row.locator("a.main").inner_text()
    await row.get_by_label(re.compile("^Price of")).fill("123.45")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status").first).to_be_visible()
    await page.goto(demo.shop("ceramics") + "/search?q=" + title)
    card = page.locator(".card a", has_text=title).first
    await card.click()
    options = page.locator("select#variant option, p[data-price]")
    for _ in range(20):
        if "123.45" in " ".join(await options.all_inner_texts()):
            break
        await page.wait_for_timeout(500)
        await page.reload()
    assert "123.45" in " ".join(await options.all_inner_texts())


async def test_a_merchant_sends_an_order_and_gives_some_of_it_back(page: Page, demo: Demo) -> None:
    await put_into_basket(page, demo, "textiles")
    await page.goto(demo.shop("textiles") + "/checkout")
    await fill_in(page, "parcel@example.com")
    await page.get_by_role("button", name="Buy now").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    order_page = page.url
    number = await page.locator("dl.properties dd").first.inner_text()

    await sign_in(page, demo)
    await page.goto(demo.office + "/s/textiles/orders")
    await page.get_by_role("link", name=re.compile(number)).first.click()
    await page.get_by_role("button", name="Send all that is left").click()
    await expect(page.get_by_role("heading", name="Parcels")).to_be_visible()
    await page.goto(order_page)
    await expect(page.locator("dl.properties")).to_contain_text("sent")


async def test_an_operator_opens_a_shop_that_answers_at_once(page: Page, demo: Demo) -> None:
    await sign_in(page, demo)
    await page.goto(demo.office + "/shops")
    await page.get_by_label("Name", exact=True).fill("Corner Shop")
    for field, value in {
        "Name in addresses": "corner",
        "Currency": "EUR",
        "Country": "DE",
        "First language": "en",
    }.items():
        await page.get_by_label(field, exact=True).fill(value)
    await page.get_by_role("button", name="Open the shop").click()
    await expect(page.get_by_role("status")).to_contain_text("Corner Shop is open")
    await page.goto(demo.shop("corner"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Corner Shop")
    await expect(page.locator(".empty")).to_be_visible()


async def test_a_stranger_is_shown_the_door(page: Page, demo: Demo) -> None:
    for path in ("/", "/s/prints", "/s/prints/orders", "/shops"):
        await page.goto(demo.office + path)
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.get_by_label("E-mail").fill("nobody@example.com")
    await page.get_by_label("Password", exact=True).fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_be_visible()
