"""A shopper finds something, buys it, and sees what became of it: with scripts and without."""

import re

import pytest
from playwright.async_api import Page, expect

from galleria.demo.goods import goods_of
from tests.journeys.conftest import Demo

pytestmark = pytest.mark.browser

ENOUGH = 20


async def fill_in(page: Page, email: str) -> None:
    for field, value in {
        "E-mail": email,
        "Name": "Ann Buyer",
        "Street and number": "Long Street 1",
        "Postcode": "10115",
        "Town": "Berlin",
    }.items():
        await page.get_by_label(field, exact=True).fill(value)


def plentiful(slug: str) -> str:
    """The title of a product of which there is enough, whichever variant is taken.

    Of some of the demo's goods one is left, and which the newest is differs from start to start.
    """
    return next(
        product.title
        for product in goods_of(slug)
        if product.status == "active"
        and all(sum(each.on_hand for each in of.stock) >= ENOUGH for of in product.variants)
    )


async def put_into_basket(page: Page, demo: Demo, slug: str) -> None:
    """A product that is there for all these journeys is looked for and goes into the basket."""
    title = plentiful(slug)
    await page.goto(demo.shop(slug))
    words = page.get_by_role("search").locator("input[name=q]")
    await words.fill(title)
    await words.press("Enter")
    await page.locator(".card a", has_text=title).first.click()
    async with page.expect_response(re.compile("/cart/lines$")):
        await page.get_by_role("button", name="Add to basket").click()


@pytest.mark.parametrize("slug", ["prints", "ceramics", "textiles"])
async def test_a_shopper_buys_in_every_shop(page: Page, demo: Demo, slug: str) -> None:
    await put_into_basket(page, demo, slug)
    await expect(page.locator("[data-said]")).to_contain_text("In your basket")
    await expect(page.locator("[data-count]")).to_have_text("1")
    await page.get_by_role("link", name="See the basket").click()
    await page.get_by_role("link", name="To the checkout").click()
    await fill_in(page, f"{slug}@example.com")
    await page.get_by_role("button", name="Buy now").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    await expect(page.locator("[data-count]")).to_have_text("0")


async def test_everything_works_without_scripts(plain_page: Page, demo: Demo) -> None:
    await put_into_basket(plain_page, demo, "ceramics")
    await expect(plain_page).to_have_url(re.compile("/cart$"))
    quantity = plain_page.get_by_label(re.compile("^Quantity of"))
    await quantity.fill("2")
    await plain_page.get_by_role("button", name="Update").click()
    await expect(quantity).to_have_value("2")
    await plain_page.get_by_role("link", name="To the checkout").click()
    await fill_in(plain_page, "plain@example.com")
    await plain_page.get_by_role("button", name="Buy now").click()
    await expect(plain_page.get_by_role("heading", level=1)).to_have_text(
        "Thank you for your order"
    )


async def test_a_declined_card_keeps_the_basket_and_another_one_works(
    page: Page, demo: Demo
) -> None:
    await put_into_basket(page, demo, "textiles")
    await page.goto(demo.shop("textiles") + "/checkout")
    await fill_in(page, "declined@example.com")
    await page.get_by_label(re.compile("0002")).check()
    await page.get_by_role("button", name="Buy now").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label(re.compile("4242")).check()
    await page.get_by_role("button", name="Buy now").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")


async def test_a_form_that_is_not_complete_says_where(page: Page, demo: Demo) -> None:
    await put_into_basket(page, demo, "prints")
    await page.goto(demo.shop("prints") + "/checkout")
    await page.locator("form.checkout").evaluate("form => form.noValidate = true")
    await page.get_by_label("E-mail", exact=True).fill("not an address")
    await page.get_by_role("button", name="Buy now").click()
    await expect(page.get_by_label("E-mail", exact=True)).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_role("alert")).to_be_visible()


async def test_search_suggests_finds_and_filters(page: Page, demo: Demo) -> None:
    await page.goto(demo.shop("prints"))
    await page.get_by_role("combobox").fill("moo")
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("moo")
    await page.goto(demo.shop("prints") + "/search")
    total = page.locator(".found .total")
    before = await total.inner_text()
    await page.get_by_role("checkbox", name=re.compile("Linienamt")).check()
    await expect(total).not_to_have_text(before)
    await expect(page.locator(".card .by").first).to_have_text("Linienamt")
    await page.get_by_role("link", name="Remove all").click()
    await expect(total).to_have_text(before)


async def test_picking_a_variant_changes_price_and_address(page: Page, demo: Demo) -> None:
    await page.goto(demo.shop("prints") + "/products/olive-branch")
    price = page.locator("p[data-price]")
    before = await price.inner_text()
    await page.locator(".picker fieldset").first.locator("label.choice").last.click()
    await expect(price).not_to_have_text(before)
    await expect(page).to_have_url(re.compile(r"variant="))


async def test_the_shop_speaks_german_and_goes_dark_when_asked(page: Page, demo: Demo) -> None:
    await page.goto(demo.shop("ceramics"))
    await page.get_by_role("button", name="Deutsch").click()
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page.get_by_role("link", name="Alles ansehen")).to_be_visible()
    await page.get_by_role("button", name="Dunkel").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_a_page_that_is_not_there_says_so_in_the_shops_own_dress(
    page: Page, demo: Demo
) -> None:
    answer = await page.goto(demo.shop("prints") + "/products/no-such-thing")
    assert answer is not None
    assert answer.status == 404
    await expect(page.get_by_role("link", name="To the shop")).to_be_visible()
