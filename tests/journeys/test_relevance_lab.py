"""A merchant brings judgments, measures the search, changes it, and sees what became of it."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import PATIENCE_MS, Demo
from tests.journeys.test_accessibility import serious_findings
from tests.journeys.test_merchant import FOLLOWS_WITHIN_MS, sign_in

pytestmark = pytest.mark.browser
NARROWEST = 320


def judgments(folder: Path) -> Path:
    """Four lines of which one names nothing that is sold."""
    file = folder / "prints.csv"
    lines = ["query,product_id,grade", "olive,olive-branch,3", "luna,olive-branch,0"]
    lines += ["zweiglein,olive-branch,3", "olive,no-such-print,2"]
    file.write_text("\n".join(lines))
    return file


async def run_it(page: Page) -> None:
    """The set on the page is measured, and the page of the run shows its figures."""
    await page.get_by_role("button", name="Run it").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Run of Olives")
    await expect(page.locator("h1 .chip")).to_have_text("done", timeout=FOLLOWS_WITHIN_MS)
    await expect(page.get_by_role("heading", name="Came off worst")).to_be_visible()


async def narrow_and_serious(page: Page) -> list[str]:
    """What is wrong with the page, wide and on a telephone."""
    found = await serious_findings(page)
    await page.set_viewport_size({"width": NARROWEST, "height": 800})
    if await page.evaluate("() => document.documentElement.scrollWidth") > NARROWEST:
        found.append(f"{page.url} is too wide")
    await page.set_viewport_size({"width": 1280, "height": 900})
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_merchant_measures_a_change_of_the_search(
    browser: Browser, demo: Demo, tmp_path: Path, scheme: str
) -> None:
    context = await browser.new_context(
        locale="en-GB",
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": 1280, "height": 900},
    )
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto(demo.shop("prints") + "/search?q=zweiglein")
    await sign_in(page, demo)
    lab = demo.office + "/s/prints/search/relevance"
    await page.goto(lab)
    findings = await narrow_and_serious(page)
    await page.get_by_label("Name", exact=True).fill("Olives")
    await page.get_by_label("File, if you have one").set_input_files(judgments(tmp_path))
    await page.get_by_role("button", name="Begin", exact=True).click()
    await expect(page.get_by_role("status").first).to_contain_text("3 judgments are taken.")
    await expect(page.locator("main")).to_contain_text("No product is called so")
    of_set = page.url
    await run_it(page)
    findings += await narrow_and_serious(page)

    await page.goto(demo.office + "/s/prints/search/questions?which=empty&q=zweiglein")
    findings += await narrow_and_serious(page)
    await page.get_by_role("link", name="Make a synonym for zweiglein").first.click()
    await page.get_by_label("One way only").fill("olive branch")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("status").first).to_contain_text("“zweiglein” are saved")

    await page.goto(of_set)
    await run_it(page)
    await page.goto(of_set)
    findings += await narrow_and_serious(page)
    await page.get_by_role("button", name="Compare the two").click()
    await expect(page.locator("main")).to_contain_text("1 gained and 0 lost")
    findings += await narrow_and_serious(page)
    await page.get_by_role("link", name="zweiglein").click()
    await expect(page.locator(".panes section")).to_have_count(2)
    await expect(page.locator(".panes")).to_contain_text("only here")
    await page.get_by_role("button", name="2 for Olive Branch").click()
    await expect(page.get_by_role("button", name="2 for Olive Branch")).to_have_attribute(
        "aria-pressed", "true"
    )
    findings += await narrow_and_serious(page)

    await page.goto(demo.office + "/s/prints/search?q=zweiglein")
    await page.get_by_label("Choose zweiglein").check()
    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Remove the ticked ones").click()
    await page.goto(of_set)
    await page.get_by_role("button", name="Remove this set").click()
    await expect(page.get_by_role("status").first).to_contain_text("Removed.")
    await context.close()
    assert not findings, "\n".join(findings)
