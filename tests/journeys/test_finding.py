"""A shopper looks for something: typing, ticking, going back, by keyboard, on a phone, plainly."""

import json
import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, Request, Route, expect

from tests.journeys.conftest import PATIENCE_MS, Demo

pytestmark = pytest.mark.browser
SERIOUS = {"serious", "critical"}
PHONE = {"width": 390, "height": 844}


def box(page: Page) -> Locator:
    return page.locator("#q")


def total(page: Page) -> Locator:
    return page.locator("[data-total]")


def tick(page: Page, name: str) -> Locator:
    return page.get_by_role("checkbox", name=re.compile(f"^{name}"))


def end(page: Page, group: str, which: str) -> Locator:
    return page.get_by_role("group", name=re.compile(f"^{group}")).get_by_label(which, exact=True)


async def serious_findings(page: Page) -> list[str]:
    results = await Axe().run(page)
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in results.response["violations"]
        if each["impact"] in SERIOUS
    ]


async def test_typing_opens_suggestions_that_keys_walk_through(page: Page, demo: Demo) -> None:
    await page.goto(demo.shop("ceramics"))
    await box(page).press_sequentially("bow", delay=20)
    options = page.get_by_role("option")
    await expect(options.first).to_be_visible()
    await expect(box(page)).to_have_attribute("aria-expanded", "true")
    await expect(page.locator("[data-suggested]")).to_contain_text("Suggestions:")
    for key, at in (
        ("ArrowDown", 0),
        ("ArrowDown", 1),
        ("End", -1),
        ("ArrowDown", 0),
        ("ArrowUp", -1),
        ("Home", 0),
    ):
        await box(page).press(key)
        here = options.first if at == 0 else options.nth(1) if at == 1 else options.last
        await expect(here).to_have_attribute("aria-selected", "true")
        active = await here.get_attribute("id")
        await expect(box(page)).to_have_attribute("aria-activedescendant", str(active))
    await box(page).press("Escape")
    await expect(options.first).to_be_hidden()
    await expect(box(page)).to_have_value("bow")
    await expect(box(page)).to_be_focused()
    await box(page).press("ArrowDown")
    await expect(options.first).to_be_visible()
    await box(page).press("ArrowUp")
    await expect(options.last).to_have_attribute("aria-selected", "true")
    await box(page).press("Enter")
    await page.wait_for_url(re.compile("/products/"))


async def test_a_category_is_suggested_and_clicked(page: Page, demo: Demo) -> None:
    await page.goto(demo.shop("prints"))
    await box(page).press_sequentially("night", delay=20)
    await page.get_by_role("group", name="Categories").get_by_role("option").first.click()
    await page.wait_for_url(re.compile("/categories/prints/night-sky$"))


async def test_results_follow_the_typing_and_it_is_one_step_back(page: Page, demo: Demo) -> None:
    await page.goto(demo.shop("prints") + "/search")
    before = await total(page).inner_text()
    marker = await page.evaluate("window.sameDocument = Math.random()")
    await box(page).press_sequentially("moon", delay=60)
    await expect(page).to_have_url(re.compile(r"/search\?q=moon$"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Results for “moon”")
    await expect(page.locator(".card mark").first).to_have_text(re.compile("moon", re.I))
    await expect(page.locator("[data-status]")).to_have_text(await total(page).inner_text())
    await expect(box(page)).to_be_focused()
    await expect(page).to_have_title(re.compile("moon"))
    await page.go_back()
    await expect(total(page)).to_have_text(before)
    await expect(box(page)).to_have_value("")
    await page.go_forward()
    await expect(box(page)).to_have_value("moon")
    await expect(page).to_have_url(re.compile(r"/search\?q=moon$"))
    assert await page.evaluate("window.sameDocument") == marker, "the page was never left"


async def test_two_ticks_narrow_and_going_back_unticks_them(page: Page, demo: Demo) -> None:
    await page.goto(demo.shop("prints") + "/search")
    before = await total(page).inner_text()
    await tick(page, "Linienamt").check()
    await expect(total(page)).not_to_have_text(before)
    one = await total(page).inner_text()
    await expect(tick(page, "Linienamt")).to_be_focused()
    await tick(page, "Medium").check()
    await expect(page).to_have_url(re.compile(r"filter%5BSize%5D=Medium.*&filter%5Bbrand%5D=Lin"))
    await expect(page.locator(".chosen .chip")).to_have_count(3)
    await page.evaluate("scrollTo(0, 300)")
    await page.wait_for_timeout(300)
    await page.go_back()
    await expect(total(page)).to_have_text(one)
    await expect(tick(page, "Medium")).not_to_be_checked()
    await expect(tick(page, "Linienamt")).to_be_checked()
    await page.go_back()
    await expect(total(page)).to_have_text(before)
    await page.go_forward()
    await page.go_forward()
    await expect(tick(page, "Medium")).to_be_checked()
    await page.wait_for_function("scrollY === 300")
    await page.reload()
    await expect(tick(page, "Medium")).to_be_checked()
    await page.get_by_role("link", name="Remove all").click()
    await expect(total(page)).to_have_text(before)
    await expect(total(page)).to_be_focused()


async def test_sort_and_price_change_the_list_in_place(page: Page, demo: Demo) -> None:
    await page.goto(demo.shop("textiles") + "/search")
    await page.get_by_label("Sort by").focus()
    await page.get_by_label("Sort by").select_option("price_asc")
    await expect(page).to_have_url(re.compile(r"sort=price_asc"))
    await expect(page.get_by_label("Sort by")).to_be_focused()
    await end(page, "Price", "from").fill("100")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"price_min=100"))
    await expect(page.locator(".card .price").first).to_contain_text(re.compile("€1[0-9]{2}"))
    await expect(page.locator(".swatch").first).to_be_visible()


async def test_a_range_follows_the_typing_and_each_end_is_one_step_back(
    page: Page, demo: Demo
) -> None:
    await page.goto(demo.shop("textiles") + "/search")
    least, most = (end(page, "Fabric weight", each) for each in ("from", "to"))
    before = await total(page).inner_text()
    await expect(least).to_have_attribute("placeholder", re.compile("^[0-9.]+$"))
    await least.press_sequentially("40", delay=30)
    await expect(page).to_have_url(re.compile(r"\?range%5Bweight_gsm%5D=40\.\.$"))
    await expect(least).to_be_focused()
    await least.press_sequentially("0", delay=30)
    await expect(page).to_have_url(re.compile(r"=400\.\.$"))
    await expect(least).to_have_value("400")
    await expect(total(page)).not_to_have_text(before)
    one = await total(page).inner_text()
    await page.keyboard.press("Tab")
    await expect(most).to_be_focused()
    await most.press_sequentially("900", delay=30)
    await expect(page).to_have_url(re.compile(r"=400\.\.900$"))
    await expect(page.locator(".chosen")).to_contain_text("Fabric weight: 400 \u2013 900 g/m²")
    await expect(page.locator("[data-status]")).to_have_text(await total(page).inner_text())
    await page.go_back()
    await expect(total(page)).to_have_text(one)
    await expect(most).to_have_value("")
    await page.go_back()
    await expect(total(page)).to_have_text(before)
    await expect(least).to_have_value("")
    await page.go_forward()
    await page.go_forward()
    await expect(most).to_have_value("900")
    await page.get_by_role("link", name=re.compile("^Remove: Fabric weight")).click()
    await expect(total(page)).to_have_text(before)


async def test_what_is_no_range_is_said_while_the_list_stays(page: Page, demo: Demo) -> None:
    await page.goto(demo.shop("textiles") + "/search?sort=title")
    least, most = (end(page, "Fabric weight", each) for each in ("from", "to"))
    before = await total(page).inner_text()
    await most.fill("300")
    await most.press("Enter")
    await expect(page).to_have_url(re.compile(r"=\.\.300&sort=title$"))
    await least.press_sequentially("500", delay=30)
    await expect(page.locator("#panel .wrong")).to_have_text("“From” is more than “to”.")
    await expect(page.locator("[data-status]")).to_have_text("“From” is more than “to”.")
    await expect(least).to_be_focused()
    await expect(least).to_have_attribute("aria-invalid", "true")
    await expect(total(page)).to_have_text(before)
    assert not await serious_findings(page)
    await least.press("Backspace")
    await expect(page.locator("#panel .wrong")).to_have_count(0)
    await expect(least).not_to_have_attribute("aria-invalid", "true")
    await expect(least).to_have_value("50")
    await expect(page).to_have_url(re.compile(r"=50\.\.300&sort=title$"))


async def test_more_products_are_added_and_stay_when_one_comes_back(page: Page, demo: Demo) -> None:
    await page.goto(demo.shop("textiles") + "/search?sort=title")
    await expect(page.locator(".card")).to_have_count(24)
    await page.get_by_role("link", name="More", exact=True).click()
    await expect(page).to_have_url(re.compile("shown=48"))
    cards = page.locator(".card")
    await expect(cards.nth(24)).to_be_visible()
    count = await cards.count()
    assert count > 24
    await expect(cards.nth(24).locator("a")).to_be_focused()
    title = await cards.nth(25).locator(".name").inner_text()
    await cards.nth(25).locator("a").click()
    await page.wait_for_url(re.compile("/products/"))
    await page.go_back()
    await expect(cards).to_have_count(count)
    await expect(cards.nth(25)).to_contain_text(title)
    await page.wait_for_function("scrollY > 800")


async def test_where_nothing_fits_there_is_a_way_out(page: Page, demo: Demo) -> None:
    await page.goto(demo.shop("ceramics") + "/search?q=bowl&filter%5Bbrand%5D=Nobody")
    await expect(page.get_by_role("heading", level=2, name="Nothing fits")).to_be_visible()
    await page.get_by_role("link", name="Look without the filters").click()
    await expect(page.locator(".card").first).to_be_visible()


async def test_all_of_it_works_without_scripts(plain_page: Page, demo: Demo) -> None:
    page = plain_page
    await page.goto(demo.shop("prints"))
    await box(page).fill("moon print")
    await box(page).press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Results for “moon print”")
    before = await total(page).inner_text()
    await tick(page, "Plotwerk").check()
    await tick(page, "Unframed").check()
    await page.get_by_role("button", name="Apply").click()
    await expect(total(page)).not_to_have_text(before)
    await expect(tick(page, "Plotwerk")).to_be_checked()
    await page.get_by_label("Sort by").select_option("title")
    await page.get_by_role("button", name="Sort").click()
    await expect(page).to_have_url(re.compile("q=moon.*Plotwerk.*sort=title"))
    await page.get_by_role("link", name="Remove: Brand: Plotwerk").click()
    await expect(tick(page, "Plotwerk")).not_to_be_checked()
    await expect(tick(page, "Unframed")).to_be_checked()


async def test_ranges_and_pages_work_without_scripts(plain_page: Page, demo: Demo) -> None:
    page = plain_page
    await page.goto(demo.shop("textiles") + "/categories/living")
    before = await total(page).inner_text()
    least, most = (end(page, "Fabric weight", each) for each in ("from", "to"))
    await least.fill("900")
    await most.fill("400")
    await page.get_by_role("button", name="Apply").click()
    await expect(page.locator("#panel .wrong")).to_be_visible()
    await expect(total(page)).to_have_text(before)
    await least.fill("300")
    await most.press("Enter")
    await expect(total(page)).not_to_have_text(before)
    await expect(least).to_have_value("300")
    await page.get_by_role("link", name="Remove: Fabric weight: 300 \u2013 400 g/m²").click()
    await expect(page).to_have_url(re.compile("/categories/living$"))
    await page.goto(demo.shop("textiles") + "/search?sort=title")
    cards = page.locator(".card")
    first = await cards.first.locator(".name").inner_text()
    await page.get_by_role("link", name="More", exact=True).click()
    await expect(cards.first).not_to_contain_text(first)
    await page.get_by_role("link", name="Previous", exact=True).click()
    await expect(cards.first).to_contain_text(first)
    await expect(page).to_have_url(re.compile(r"/search\?sort=title$"))


async def test_a_tree_of_categories_leads_in_and_out(page: Page, demo: Demo) -> None:
    await page.goto(demo.shop("prints") + "/search")
    await tick(page, "Prints").check()
    await tick(page, "Night sky").check()
    await expect(page).to_have_url(re.compile(r"\?filter%5Bcategory%5D=prints%2Fnight-sky$"))
    await page.locator(".tree").get_by_role("link", name="Prints", exact=True).click()
    await expect(page).to_have_url(re.compile(r"\?filter%5Bcategory%5D=prints$"))
    await page.get_by_role("link", name="All categories").click()
    await expect(page).to_have_url(re.compile(r"/search$"))


async def test_on_a_phone_the_filters_are_a_drawer(browser: Browser, demo: Demo) -> None:
    context = await browser.new_context(viewport=PHONE, has_touch=True, locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto(demo.shop("textiles") + "/search")
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await expect(tick(page, "Madder")).to_be_hidden()
    await page.get_by_role("link", name="Filter", exact=True).tap()
    drawer = page.get_by_role("dialog", name="Filter")
    await expect(drawer).to_be_visible()
    label = drawer.locator("label", has_text="Madder")
    size = await label.bounding_box()
    assert size is not None and size["height"] >= 44
    await label.tap()
    await expect(tick(page, "Madder")).to_be_checked()
    await label.page.locator("label", has_text="Indigo").tap()
    await expect(page).to_have_url(re.compile("Indigo.*Madder"))
    assert not await serious_findings(page)
    await page.go_back()
    await expect(tick(page, "Indigo")).not_to_be_checked()
    await page.go_forward()
    await expect(drawer.get_by_role("checkbox", name=re.compile("^Indigo"))).to_be_checked()
    least = end(page, "Fabric weight", "from")
    await least.tap()
    await least.press_sequentially("20", delay=30)
    await expect(page).to_have_url(re.compile(r"=20\.\.$"))
    await expect(least).to_be_focused()
    await least.press_sequentially("0", delay=30)
    await expect(page).to_have_url(re.compile(r"=200\.\.$"))
    await expect(drawer.locator("#panel")).to_have_count(1)
    assert not await serious_findings(page)
    await least.fill("")
    await expect(page).not_to_have_url(re.compile("range"))
    await drawer.get_by_role("button", name="Show the products").tap()
    await expect(drawer).to_be_hidden()
    await expect(page.get_by_role("link", name="Filter (2)")).to_be_focused()
    await context.close()


async def test_a_click_on_a_hit_is_told_where_the_answer_has_a_name(page: Page, demo: Demo) -> None:
    told: list[Request] = []

    async def take(route: Route) -> None:
        told.append(route.request)
        await route.fulfill(status=202)

    await page.route("**/store/v1/search/events", take)
    await page.goto(demo.shop("prints") + "/search?q=moon")
    await page.evaluate("document.querySelector('[data-part]').dataset.queryId = 'the-answer'")
    card = page.locator(".card").nth(1)
    product_id = await card.get_attribute("data-product")
    await card.locator("a").click()
    await page.wait_for_url(re.compile("/products/"))
    (request,) = told
    assert request.headers["content-type"] == "application/json"
    (event,) = json.loads(request.post_data_buffer or b"{}")["events"]
    assert event["action_name"] == "click" and event["query_id"] == "the-answer"
    assert event["event_attributes"]["object"]["object_id"] == product_id
    assert event["event_attributes"]["position"] == {"ordinal": 2}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_where_things_are_found(
    browser: Browser, demo: Demo, scheme: str
) -> None:
    context = await browser.new_context(color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    found: list[str] = []
    for path in (
        "/search?q=bowl&filter%5BGlaze%5D=Ash&price_min=10",
        "/categories/drinks?sort=title&range%5Bheight_mm%5D=300..200",
        "/search?q=zzqx&filter%5Bbrand%5D=Nobody",
    ):
        await page.goto(demo.shop("ceramics") + path)
        found += await serious_findings(page)
    await box(page).fill("bow")
    await expect(page.get_by_role("option").first).to_be_visible()
    await box(page).press("ArrowDown")
    found += await serious_findings(page)
    await context.close()
    assert not found, "\n".join(found)
