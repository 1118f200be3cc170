"""A clerk types into the list of products, changes many, and looks after 2,100 variants."""

from itertools import product as combinations
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Page, expect

from tests.journeys.conftest import Demo
from tests.journeys.test_accessibility import serious_findings
from tests.journeys.test_merchant import FOLLOWS_WITHIN_MS, sign_in

pytestmark = pytest.mark.browser
COLOURS = [f"Colour {n}" for n in range(60)]
SIZES = [f"Size {n}" for n in range(35)]
PASTED = "1.10\t1.20\n2.10\t2.20"


async def test_a_clerk_types_into_the_list_takes_it_back_and_changes_many(
    page: Page, demo: Demo
) -> None:
    await sign_in(page, demo)
    await page.goto(demo.office + "/s/textiles/products?sort=title")
    await page.get_by_role("link", name="Edit in the list").click()
    row = page.locator("tr[data-row]").first
    title = row.locator("[name=title]")
    before = await title.input_value()
    await title.fill(before + " Deluxe")
    await title.press("Enter")
    await expect(row.locator("[data-told]")).to_contain_text("Saved")
    await expect(page.locator("tr[data-row]").nth(1).locator("[name=title]")).to_be_focused()
    await row.get_by_role("button", name="Undo").click()
    await expect(title).to_have_value(before)
    await expect(row.locator("[data-told]")).to_contain_text("Saved")
    await title.fill("")
    await title.blur()
    await expect(row.locator("[data-told]")).to_contain_text("Not saved")
    assert not await serious_findings(page)

    await page.goto(demo.office + "/s/textiles/products?sort=title")
    assert before in await page.locator("tbody").inner_text(), "it was taken back in the shop"
    for at in range(2):
        await page.locator("[name=product_id]").nth(at).check()
    await page.get_by_role("button", name="Change many…").click()
    await page.get_by_label("Tags").fill("Journey")
    await page.get_by_role("button", name="See what would happen").click()
    await page.get_by_role("button", name="Do it").click()
    await expect(page.get_by_role("button", name="Take it back")).to_be_visible(
        timeout=FOLLOWS_WITHIN_MS
    )
    await expect(page.locator("[data-count=changed_count]")).to_have_text("2")
    await page.goto(demo.office + "/s/textiles/products?view=none")
    tagged = page.locator("tr:has([name=product_id])")
    for _ in range(40):
        await page.goto(demo.office + "/s/textiles/products?tag=journey")
        if await tagged.count() == 2:
            break
        await page.wait_for_timeout(500)
    await expect(tagged).to_have_count(2)
    await page.get_by_text("Save this view").click()
    await page.locator("#new-view").fill("On the journey")
    await page.locator("#new-view").press("Enter")
    await expect(page.get_by_role("link", name="On the journey")).to_be_visible()
    assert not await serious_findings(page)


@pytest.fixture(scope="module")
def shirts(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The title of a draft of 2,100 variants in the shop."""
    file = tmp_path_factory.mktemp("shirts") / "shirts.jsonl"
    told = {
        "id": "shirts",
        "handle": "work-shirts",
        "title": "Work Shirts",
        "status": "draft",
        "options": [{"name": "Colour", "values": COLOURS}, {"name": "Fit", "values": SIZES}],
        "variants": [
            {"sku": f"ws-{at}", "option_values": list(pick), "price_minor": 2_000, "stock": 1}
            for at, pick in enumerate(combinations(COLOURS, SIZES))
        ],
    }
    Path(file).write_bytes(msgspec.json.encode(told) + b"\n")
    ran = demo.run("import", str(file), "--shop", "textiles")
    assert ran.returncode == 0, ran.stderr
    return "Work Shirts"


async def test_a_clerk_looks_after_two_thousand_variants_as_in_a_spreadsheet(
    page: Page, demo: Demo, shirts: str
) -> None:
    await sign_in(page, demo)
    await page.goto(demo.office + "/s/textiles/products?q=work+shirts")
    await page.get_by_role("link", name=shirts).click()
    await page.get_by_role("link", name="Matrix").click()
    cells = page.locator("[data-cell]")
    assert await cells.count() == 500, "a window of it is on the page"
    width = await page.locator("thead th").count() - 1

    first, below = cells.nth(0), cells.nth(width)
    await first.focus()
    await page.keyboard.type("19.90")
    await page.keyboard.press("ArrowDown")
    await expect(below).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Shift+ArrowDown")
    await page.keyboard.press("Control+d")
    await expect(below).to_have_value("19.90")
    await page.keyboard.press("Control+z")
    await expect(below).to_have_value("20.00")

    await cells.nth(2).focus()
    await page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text/plain", text);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste",
            { clipboardData: data, bubbles: true, cancelable: true })); }""",
        PASTED,
    )
    await expect(cells.nth(3)).to_have_value("1.20")
    await expect(cells.nth(width + 2)).to_have_value("2.10")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_role("status").first).to_contain_text("5 cells are saved.")
    await expect(cells.nth(0)).to_have_value("19.90")
    await expect(cells.nth(width + 3)).to_have_value("2.20")

    await page.get_by_role("link", name="Rows after").click()
    await expect(page.locator("tbody th").first).to_have_text("Colour 20")
    await page.get_by_label("Fit").first.select_option("Size 3")
    await page.locator("#f-fill").fill("5")
    await page.get_by_role("button", name="Fill in").click()
    await expect(page.get_by_role("status").first).to_contain_text("60 cells are saved.")
    assert not await serious_findings(page)


async def test_the_matrix_is_a_plain_form_without_scripts(
    plain_page: Page, demo: Demo, shirts: str
) -> None:
    page = plain_page
    await sign_in(page, demo)
    await page.goto(demo.office + "/s/textiles/products?q=work+shirts")
    await page.get_by_role("link", name=shirts).click()
    await page.get_by_role("link", name="Matrix").click()
    await page.get_by_role("link", name="SKU", exact=True).click()
    cell = page.get_by_label("SKU: Colour 1 · Size 1", exact=True)
    await cell.fill("ws-plain")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("One cell is saved.")).to_be_visible()
    await expect(cell).to_have_value("ws-plain")
