"""A shop moves in: orders of another system, and pictures that a file names by address."""

import re
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Page, expect

from tests.journeys.conftest import Demo
from tests.journeys.test_accessibility import serious_findings
from tests.journeys.test_merchant import FOLLOWS_WITHIN_MS, sign_in

pytestmark = pytest.mark.browser
ORDERS = Path(__file__).parents[1] / "commerce/imports/samples/shopify-orders.csv"
NOT_TO_BE_CALLED = "http://127.0.0.1:9/teapot.png"


async def test_a_shop_moves_in_with_orders_and_pictures(
    page: Page, demo: Demo, tmp_path: Path
) -> None:
    goods = {"id": "t1", "title": "Teapot", "media": [{"source_url": NOT_TO_BE_CALLED}]}
    file = tmp_path / "teapot.jsonl"
    file.write_bytes(msgspec.json.encode(goods) + b"\n")
    taken = demo.run("import", str(file), "--shop", "prints", "--json")
    assert taken.returncode == 0, taken.stderr
    moved = demo.run("import", str(ORDERS), "--shop", "prints", "--json")
    run = msgspec.json.decode(moved.stdout)["run"]
    assert (run["format"], run["created_count"], run["state"]) == ("shopify_orders_csv", 2, "done")

    await sign_in(page, demo)
    findings: list[str] = []
    await page.goto(demo.office + "/s/prints/orders?view=past")
    await expect(page.locator("main table tbody tr")).to_have_count(2)
    findings += await serious_findings(page)
    await page.get_by_role("link", name="#1001").click()
    await expect(page.locator("main")).to_contain_text("Tea Towel - Grey")
    findings += await serious_findings(page)

    await page.goto(demo.office + "/s/prints/pictures")
    row = page.locator("tr", has_text=NOT_TO_BE_CALLED)
    for _ in range(40):
        if await row.count():
            break
        await page.wait_for_timeout(500)
        await page.reload()
    await expect(row).to_contain_text("This address may not be called.")
    findings += await serious_findings(page)
    await row.get_by_role("button", name=re.compile("Try again")).click()
    await expect(page.get_by_text("One picture is fetched again.")).to_be_visible()
    await expect(row).to_have_count(1, timeout=FOLLOWS_WITHIN_MS)
    run_id = msgspec.json.decode(taken.stdout)["run"]["run_id"]
    await page.goto(demo.office + f"/s/prints/imports/{run_id}")
    await expect(page.get_by_role("link", name="All pictures by address")).to_be_visible()
    findings += await serious_findings(page)
    assert not findings, "\n".join(findings)
