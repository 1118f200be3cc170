"""axe finds nothing serious on the pages of stockroom, groups and exports, in bright and dark."""

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.conftest import PATIENCE_MS, Demo
from tests.journeys.test_accessibility import serious_findings
from tests.journeys.test_merchant import sign_in

pytestmark = pytest.mark.browser
PAGES = (
    "/imports",
    "/imports/mappings",
    "/imports/exports",
    "/stock",
    "/stock/deliveries",
    "/stock/counts",
    "/stock/transfers?q=Moon",
    "/stock/low",
    "/stock/movements",
    "/customers",
    "/customers/groups",
    "/settings/kiosks",
)
NARROWEST = 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_offices_pages_have_no_serious_finding_and_fit_a_telephone(
    browser: Browser, demo: Demo, scheme: str
) -> None:
    context = await browser.new_context(color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await sign_in(page, demo)
    findings: list[str] = []
    for path in PAGES:
        await page.set_viewport_size({"width": 1280, "height": 900})
        await page.goto(demo.office + "/s/prints" + path)
        findings += await serious_findings(page)
        await page.set_viewport_size({"width": NARROWEST, "height": 800})
        if await page.evaluate("() => document.documentElement.scrollWidth") > NARROWEST:
            findings.append(f"{path} is too wide")
    await page.goto(demo.office + "/s/prints/stock")
    await page.locator("tbody a.main").first.click()
    await expect(page.get_by_role("heading", name="How it is sold")).to_be_visible()
    findings += await serious_findings(page)
    await context.close()
    assert not findings, "\n".join(findings)


async def test_a_count_is_made_by_keyboard_and_kept(browser: Browser, demo: Demo) -> None:
    context = await browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await sign_in(page, demo)
    await page.goto(demo.office + "/s/prints/stock/counts")
    await page.get_by_label("Location", exact=True).select_option(label="Print room, Leipzig")
    await page.get_by_role("button", name="Show", exact=True).click()
    fields = page.locator("td input.count")
    first = int((await page.locator("tbody tr td.num").first.inner_text()).replace(",", ""))
    await fields.first.focus()
    await page.keyboard.type(str(first + 4))
    await page.keyboard.press("ArrowDown")
    await expect(fields.nth(1)).to_be_focused()
    await page.get_by_role("button", name="Show the difference").last.press("Enter")
    await expect(page.locator("main")).to_contain_text("+4")
    await page.get_by_role("button", name="Keep the count").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("One shelf was put right.")
    await expect(page.locator("tbody tr td.num").first).to_have_text(f"{first + 4:,}")
    await context.close()
