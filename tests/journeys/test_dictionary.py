"""A merchant says what their goods are, which combinations are made, and changes prices at once."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.journeys.conftest import Demo
from tests.journeys.test_accessibility import SERIOUS
from tests.journeys.test_merchant import FOLLOWS_WITHIN_MS, sign_in

pytestmark = pytest.mark.browser


async def _serious(page: Page) -> list[str]:
    results = await Axe().run(page)
    return [
        f"{page.url}: {each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in results.response["violations"]
        if each["impact"] in SERIOUS
    ]


async def _add_engobe(page: Page, shop: str) -> None:
    """A swatch property, "Engobe", in sky blue and deep black."""
    await page.goto(f"{shop}/attributes/new")
    await page.get_by_label("Kind", exact=True).select_option("decimal")
    await expect(page.get_by_label("Unit")).to_be_visible()
    await page.get_by_label("Kind", exact=True).select_option("swatch")
    await expect(page.get_by_label("Unit")).to_be_hidden()
    await page.get_by_label("Name", exact=True).fill("Engobe")
    await page.get_by_label("Variants of a product may differ by it").check()
    await page.get_by_role("button", name="Add").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Engobe")
    for word, colour in (("Sky blue", "#66aadd"), ("Deep black", "#101010")):
        adder = page.locator("form.adder")
        await adder.get_by_label("Word", exact=True).fill(word)
        await adder.get_by_label("Colour", exact=True).fill(colour)
        await expect(adder.get_by_label("a colour")).to_be_checked()
        await adder.get_by_role("button", name="Add").click()
        await expect(page.get_by_role("status")).to_contain_text(word)
    await expect(page.locator("svg.dot circle")).to_have_count(2)


async def test_a_merchant_forbids_a_combination_and_sees_it_refused(page: Page, demo: Demo) -> None:
    await sign_in(page, demo)
    shop = demo.office + "/s/ceramics"
    await _add_engobe(page, shop)
    found = await _serious(page)
    await page.goto(f"{shop}/attributes/new?kind=integer")
    await page.get_by_label("Name", exact=True).fill("Rim")
    await page.get_by_label("Unit").fill("mm")
    await page.get_by_label("Variants of a product may differ by it").check()
    await page.get_by_role("button", name="Add").click()

    await page.goto(f"{shop}/attributes/types")
    await page.get_by_label("Name", exact=True).fill("Slip bowl")
    await page.get_by_role("button", name="Add").click()
    for code in ("engobe", "rim"):
        await page.get_by_label("Add a property: code or name").fill(code)
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.locator("ol.arranged li").last).to_contain_text(code.capitalize())
    await page.get_by_role("button", name="Save").click()
    found += await _serious(page)

    await page.get_by_role("link", name="Which combinations are made").click()
    await page.get_by_label("Add a rule").select_option("imply")
    await page.get_by_role("button", name="Add", exact=True).click()
    rule = page.locator("fieldset.rule")
    await rule.get_by_label("When", exact=True).select_option("engobe")
    await rule.get_by_label("is one of").first.fill("Deep black")
    await rule.get_by_label("then only with").select_option("rim")
    await rule.get_by_label("to", exact=True).last.fill("40")
    await rule.get_by_label("Name of the rule").fill("thin black")
    # The verdict comes while one chooses, before anything is saved.
    verdict = page.locator("[data-verdict]")
    aside = page.locator("aside")
    await aside.get_by_label("Engobe").select_option("Deep black")
    await aside.get_by_label("Rim (mm)").fill("55")
    await expect(verdict).to_contain_text("This combination is not made.")
    await expect(verdict).to_contain_text("thin-black")
    await expect(verdict).to_contain_text("goes only with Rim: ≤ 40")
    found += await _serious(page)
    await aside.get_by_label("Rim (mm)").fill("30")
    await expect(verdict).to_contain_text("This combination is made.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status").first).to_contain_text("One rule is saved.")
    assert not found, "\n".join(found)


async def test_a_merchant_changes_prices_by_a_formula_and_takes_it_back(
    page: Page, demo: Demo
) -> None:
    await sign_in(page, demo)
    shop = demo.office + "/s/textiles"
    await page.goto(f"{shop}/prices/edits")
    await page.get_by_role("link", name="Change prices by formula").click()
    await page.get_by_label("by, or to").fill("10")
    await page.get_by_role("button", name="Add a step").click()
    second = page.locator("li.step").last
    await second.get_by_label("2.").select_option("end_in")
    await second.get_by_label("by, or to").fill(".99")
    await page.get_by_role("button", name="Show what it gives").last.click()
    await expect(page.get_by_role("heading", name="prices would change")).to_be_visible()
    first = page.locator("table.rows tbody tr").first
    await expect(first.locator("strong")).to_contain_text(".99")
    before = await first.locator(".was").inner_text()
    found = await _serious(page)
    await page.get_by_role("button", name="Change these prices").click()
    done = page.get_by_role("button", name="Take it back")
    await expect(done).to_be_visible(timeout=FOLLOWS_WITHIN_MS)
    found += await _serious(page)
    page.on("dialog", lambda dialog: dialog.accept())
    await done.click()
    await expect(page.locator("h1 .chip")).to_have_text("taken back", timeout=FOLLOWS_WITHIN_MS)
    await page.locator("table.rows tbody a.main").first.click()
    await expect(page.get_by_role("heading", name="It costs")).to_contain_text(before)
    await expect(page.get_by_role("link", name="by formula").first).to_be_visible()
    found += await _serious(page)
    assert not found, "\n".join(found)
