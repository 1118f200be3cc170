"""A merchant brings a table that nobody knows, and takes it through every step and back out."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.conftest import Demo
from tests.journeys.test_accessibility import serious_findings
from tests.journeys.test_merchant import FOLLOWS_WITHIN_MS, sign_in

pytestmark = pytest.mark.browser
# So many that there is time to pause.
PRODUCTS = 20_000
TAKES_MS = 120_000


def odd_table(folder: Path) -> Path:
    """Prices without currency, a stock column in words nobody guesses, one row that is wrong."""
    file = folder / "potter.csv"
    lines = ["Teil-Code|Wie es heisst|Netto|Am Lager|Woraus|Farbe innen"]
    lines += [f"TX-{at}|Becher {at}|{at % 90 + 3},50|{at % 7}|Ton|blau" for at in range(PRODUCTS)]
    lines[17] = "TX-16|Becher 16|geschenkt|1|Ton|blau"
    file.write_bytes("\n".join(lines).encode("windows-1252"))
    return file


async def send_and_map(page: Page, demo: Demo, file: Path) -> list[str]:
    """The file is sent and its columns are said; what is wrong with the pages comes back."""
    await page.goto(demo.office + "/s/prints/imports")
    findings = await serious_findings(page)
    await page.get_by_label("File", exact=True).set_input_files(file)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("nobody here has seen before")).to_be_visible()
    await expect(page.locator("table.sample")).to_contain_text("Becher 1")
    findings += await serious_findings(page)
    await page.get_by_role("link", name="Say what the columns mean").click()

    for column, field in (
        ("Teil-Code", "sku"),
        ("Wie es heisst", "title"),
        ("Netto", "price"),
        ("Am Lager", "stock"),
        ("Woraus", "attribute."),
    ):
        await page.get_by_label(f"Field for {column}").select_option(field)
    await page.get_by_label("Which one: Woraus").fill("material")
    tried = page.locator("[data-verdict]")
    for text in ("Becher 0", "3.50", "geschenkt"):
        await expect(tried).to_contain_text(text)
    findings += await serious_findings(page)
    await page.get_by_label("Name of the mapping").fill("The potter's list")
    await page.get_by_role("button", name="Keep it and go on").click()
    await expect(page.get_by_role("status").first).to_contain_text("is saved")
    return findings


async def pause_and_resume(page: Page) -> None:
    """The import on the page is held up, stands still, and comes to its end."""
    created = page.locator("[data-count=created_count]")
    await expect(page.locator("[data-state]")).to_have_text("running", timeout=FOLLOWS_WITHIN_MS)
    await expect(created).not_to_have_text("0", timeout=FOLLOWS_WITHIN_MS)
    await page.get_by_role("button", name="Pause").click()
    await expect(page.locator("[data-state]")).to_have_text("paused")
    stands = await created.inner_text()
    await page.wait_for_timeout(2_000)
    await page.reload()
    assert await created.inner_text() == stands, "it stands still"
    await page.get_by_role("button", name="Resume").click()
    await expect(page.locator("[data-state]")).to_have_text("done", timeout=TAKES_MS)
    await expect(created).to_have_text(f"{PRODUCTS - 1:,}")


async def read_report(page: Page) -> None:
    """The one row that was wrong is found, on the page and in the table."""
    await page.get_by_label("Products", exact=True).select_option("refused")
    await page.get_by_role("button", name="Show").click()
    wrong = page.locator("table.rows").last
    await expect(wrong.locator("tbody tr")).to_have_count(1)
    await expect(wrong).to_contain_text("geschenkt")
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Download as a table").click()
    report = (await (await coming.value).path()).read_text("utf-8-sig")
    assert "invalid_price" in report


async def test_an_odd_table_is_mapped_looked_through_run_paused_read_about_and_undone(
    page: Page, demo: Demo, tmp_path: Path
) -> None:
    await sign_in(page, demo)
    findings = await send_and_map(page, demo, odd_table(tmp_path))
    await page.get_by_label("Products go").select_option("no")
    await page.get_by_role("button", name="Look through it first").click()
    await expect(page.get_by_text("Nothing has been changed.")).to_be_visible(timeout=TAKES_MS)
    await expect(page.locator("[data-count=created_count]")).to_have_text(f"{PRODUCTS - 1:,}")
    await expect(page.locator("#diff")).to_be_visible()
    findings += await serious_findings(page)

    await page.get_by_role("button", name="Import it now").click()
    await pause_and_resume(page)
    findings += await serious_findings(page)
    await read_report(page)

    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Undo this import").click()
    await expect(page.locator("[data-state]")).to_have_text("undone", timeout=TAKES_MS)
    taken_back = page.locator("section", has=page.get_by_role("heading", name="Taken back"))
    await expect(taken_back).to_contain_text(f"{PRODUCTS - 1:,}")
    await page.goto(demo.office + "/s/prints/products?q=Becher")
    await expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()
    assert not findings, "\n".join(findings)


async def test_without_scripts_the_same_way_is_walked_by_forms(
    plain_page: Page, demo: Demo, tmp_path: Path
) -> None:
    page = plain_page
    await sign_in(page, demo)
    file = tmp_path / "short.csv"
    file.write_text("Kennung;Was es ist;Netto\nQ-1;Vase ohne Skript;12,50\n", "utf-8")
    await page.goto(demo.office + "/s/prints/imports")
    await page.get_by_label("File", exact=True).set_input_files(file)
    await page.get_by_role("button", name="Send").click()
    await page.get_by_role("link", name="Say what the columns mean").click()
    await page.get_by_label("Field for Kennung").select_option("sku")
    await page.get_by_label("Field for Was es ist").select_option("title")
    await page.get_by_label("Field for Netto").select_option("price")
    await page.get_by_role("button", name="Try it").click()
    await expect(page.locator("[data-verdict]")).to_contain_text("Vase ohne Skript")
    await page.get_by_role("button", name="Keep it and go on").click()
    await page.get_by_role("button", name="Look through it first").click()
    # The page looks again by itself.
    await expect(page.get_by_text("Nothing has been changed.")).to_be_visible(
        timeout=FOLLOWS_WITHIN_MS
    )
    await expect(page.locator("section", has_text="What would change").last).to_contain_text(
        re.compile("Vase ohne Skript")
    )
