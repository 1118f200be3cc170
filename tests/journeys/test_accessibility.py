"""axe finds nothing serious on the pages of shop and API, in bright and dark."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from tests.journeys.conftest import Demo
from tests.journeys.test_shopper import put_into_basket

pytestmark = pytest.mark.browser
SERIOUS = {"serious", "critical"}


async def serious_findings(page: Page) -> list[str]:
    results = await Axe().run(page)
    return [
        f"{page.url}: {each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in results.response["violations"]
        if each["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_shops_pages_have_no_serious_finding(
    browser: Browser, demo: Demo, scheme: str
) -> None:
    context = await browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    await put_into_basket(page, demo, "prints")
    found: list[str] = []
    for path in (
        "/",
        "/search?q=moon",
        "/categories/prints",
        "/products/olive-branch",
        "/cart",
        "/checkout",
        "/nowhere",
    ):
        await page.goto(demo.shop("prints") + path)
        found += await serious_findings(page)
    await page.goto(f"http://127.0.0.1:{demo.port}/docs")
    found += await serious_findings(page)
    await context.close()
    assert not found, "\n".join(found)
