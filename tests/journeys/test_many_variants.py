"""A shopper chooses among two hundred variants: by keyboard, with scripts and without."""

import asyncio
import re
from collections.abc import AsyncIterator
from itertools import product as combinations
from pathlib import Path

import httpx
import msgspec
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.journeys.conftest import PATIENCE_MS, Demo

pytestmark = pytest.mark.browser
COLOURS = ["Blue", "White", "Red", "Green", "Black", "Sand", "Teal", "Plum", "Rose", "Navy"]
SIZES = [f"Size {size}" for size in range(30, 50)]
PATH = "/products/rubber-boots"
PRODUCT = {
    "id": "boots",
    "handle": "rubber-boots",
    "title": "Rubber Boots",
    "options": [{"name": "Colour", "values": COLOURS}, {"name": "Fit", "values": SIZES}],
    "variants": [
        {
            "sku": f"boots-{at}",
            "option_values": list(pick),
            "price_minor": 2_000 + at,
            "stock": 0 if pick == ("Blue", "Size 30") else 9,
        }
        for at, pick in enumerate(combinations(COLOURS, SIZES))
    ],
}


@pytest.fixture(scope="module")
async def boots(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a product of two hundred variants while the shop shows it.

    Afterwards it is put away: who buys the shop's newest product has nothing to choose first.
    """
    folder = tmp_path_factory.mktemp("boots")
    await _bring(demo, folder, "active", shown=True)
    yield demo.shop("textiles") + PATH
    await _bring(demo, folder, "archived", shown=False)


async def _bring(demo: Demo, folder: Path, status: str, *, shown: bool) -> None:
    file = folder / f"{status}.jsonl"
    file.write_bytes(msgspec.json.encode({**PRODUCT, "status": status}) + b"\n")
    ran = demo.run("import", str(file), "--shop", "textiles")
    assert ran.returncode == 0, ran.stderr
    host = {"host": f"textiles.localhost:{demo.port}"}
    async with httpx.AsyncClient(headers=host) as client:
        for _ in range(PATIENCE_MS // 200):
            answer = await client.get(f"http://127.0.0.1:{demo.port}{PATH}")
            if (answer.status_code == 200) == shown:
                return
            await asyncio.sleep(0.2)
    raise AssertionError(f"the product stays as it was: {ran.stdout}")


async def test_choices_made_by_keyboard_lead_to_one_that_can_be_bought(
    page: Page, boots: str
) -> None:
    await page.goto(boots)
    fits = page.locator("[data-fits]")
    await expect(fits).to_have_text("200 variants fit your choice")
    await expect(page.get_by_role("button", name="Add to basket")).to_be_disabled()
    await page.get_by_role("radio", name="Blue").focus()
    await page.keyboard.press("Space")
    await expect(fits).to_have_text("20 variants fit your choice")
    await expect(page.get_by_role("radio", name="Blue")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("radio", name="White")).to_be_checked()
    await page.get_by_label("Fit").select_option("Size 31")
    await expect(fits).to_have_text("1 variants fit your choice")
    await expect(page.locator("[data-price]")).to_have_text("€20.21")
    await expect(page).to_have_url(re.compile(r"option%5BFit%5D=Size\+31"))
    await page.get_by_role("button", name="Add to basket").click()
    await expect(page.locator("[data-said]")).to_contain_text("In your basket")


async def test_choices_work_without_scripts(plain_page: Page, boots: str) -> None:
    await plain_page.goto(boots)
    await plain_page.locator("label.choice", has_text="Navy").click()
    await plain_page.get_by_label("Fit").select_option("Size 49")
    await plain_page.get_by_role("button", name="Show what fits").click()
    await expect(plain_page.locator("[data-price]")).to_have_text("€21.99")
    await plain_page.get_by_role("button", name="Add to basket").click()
    await expect(plain_page).to_have_url(re.compile("/cart$"))
    await expect(plain_page.locator("main")).to_contain_text("Rubber Boots")


async def test_the_choices_have_no_serious_finding(page: Page, boots: str) -> None:
    for query in ("", "?option[Colour]=Blue&option[Fit]=Size+30"):
        await page.goto(boots + query)
        results = await Axe().run(page)
        found = [
            f"{each['id']}: {each['nodes'][0]['html'][:200]}"
            for each in results.response["violations"]
            if each["impact"] in {"serious", "critical"}
        ]
        assert not found, "\n".join(found)
