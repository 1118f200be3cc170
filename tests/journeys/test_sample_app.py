"""The sample app, copied out of the repository, in a real shop: from its manifest to its end."""

import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import FrameLocator, Locator, Page, expect

from tests.journeys.conftest import PATIENCE_MS, Demo
from tests.journeys.test_accessibility import serious_findings
from tests.journeys.test_merchant import sign_in
from tests.journeys.test_shopper import plentiful
from tools.clients import PYTHON, build_lacking
from tools.house_code import ROOT

pytestmark = [pytest.mark.clients, pytest.mark.browser]

SAMPLE = ROOT / "starters/sample-app"
SHOP = "prints"
ARRIVES_WITHIN_TRIES = 40
ADDRESS = {
    "name": "Ann Buyer",
    "line1": "Long Street 1",
    "city": "Berlin",
    "country": "DE",
    "postal_code": "10115",
}


@dataclass(frozen=True)
class Sample:
    """The running app."""

    url: str
    data: Path

    def ask(self, sql: str) -> Any:
        """A value that the app has stored."""
        with closing(sqlite3.connect(self.data)) as file:
            return file.execute(sql).fetchone()[0]


@pytest.fixture(scope="module")
def sample(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The app as a developer would run it, on a copy."""
    lacking = build_lacking("python")
    if lacking is not None:
        pytest.skip(lacking)
    copy = tmp_path_factory.mktemp("sample") / "my-app"
    shutil.copytree(SAMPLE, copy)
    url = f"http://127.0.0.1:{demo.app_port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "order_limit"],
        cwd=copy,
        env={
            **os.environ,
            "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{PYTHON / 'src'}",
            **{"APP_URL": url, "PORT": str(demo.app_port), "APP_DATA": "app.sqlite"},
            **{"GALLERIA_URL": demo.ready["api"], "GALLERIA_OFFICE": demo.office},
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    assert "is at" in said, said
    yield Sample(url, copy / "app.sqlite")
    process.terminate()
    process.wait(20)
    process.stdout.close()


def api(demo: Demo, method: str, path: str, key: str | None = None, **body: Any) -> httpx.Response:
    """What a program is answered, or, without a key, a shopper's."""
    headers = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
    headers |= {"Authorization": f"Bearer {key}"} if key else {"X-Galleria-Shop": SHOP}
    return httpx.request(
        method,
        f"http://127.0.0.1:{demo.port}{path}",
        headers=headers,
        json=body or None,
        timeout=30,
    )


def buy(demo: Demo, variant_id: str, quantity: int) -> httpx.Response:
    """What comes of a checkout of so many pieces."""
    lines = [{"variant_id": variant_id, "quantity": quantity}]
    opened = api(demo, "POST", "/store/v1/carts", lines=lines)
    assert opened.status_code == 201, opened.text
    return api(
        demo,
        "POST",
        f"/store/v1/carts/{opened.json()['token']}/checkout",
        email="ann@example.com",
        payment={"method": "test", "token": "tok_approve"},
        shipping_address=ADDRESS,
        shipping_method="standard",
    )


async def bring_in(page: Page, demo: Demo, sample: Sample) -> None:
    """The merchant brings the app in by its address, and approves what it asks for."""
    await page.goto(f"{demo.office}/s/{SHOP}/apps/new")
    await page.get_by_label("Address of the manifest").fill(f"{sample.url}/manifest.json")
    await page.get_by_role("button", name="Bring it in").click()
    client = page.locator(".notice code")
    client_id, client_secret = await client.nth(0).inner_text(), await client.nth(1).inner_text()
    await page.goto(sample.url)
    assert not await serious_findings(page)
    await page.get_by_label("client_id").fill(client_id)
    await page.get_by_label("client_secret").fill(client_secret)
    await page.get_by_role("button", name="Go on to approve").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Order limit asks to work")
    await expect(page.locator(".grants")).to_contain_text("products:write")
    await page.get_by_role("button", name="Approve", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Order limit is installed")
    await page.get_by_role("link", name=re.compile("back office")).click()


async def set_limit(frame: FrameLocator, title: str, most: int) -> None:
    """On the app's page, a product gets a limit."""
    await frame.get_by_label("Title begins with").fill(title)
    await frame.get_by_role("button", name="Find").click()
    await frame.get_by_label(f"Most pieces of {title}").fill(str(most))
    await frame.get_by_role("button", name=f"Set for {title}").click()
    await expect(frame.get_by_role("status")).to_contain_text(f"at most {most} of")


async def order_shown(page: Page, frame: FrameLocator, number: str) -> Locator:
    """The row of an order on the app's page, once the app has heard of it."""
    row, here = frame.locator("tr", has_text=number), page.url
    for _ in range(ARRIVES_WITHIN_TRIES):
        if await row.count():
            break
        await page.wait_for_timeout(500)
        await page.goto(here)
        await frame.get_by_role("heading", level=1).wait_for(timeout=PATIENCE_MS)
    return row


async def hand_over_signing_secret(page: Page, frame: FrameLocator, office_page: str) -> None:
    """The merchant replaces the app's signing secret, and gives the new one to the app."""
    page.on("dialog", lambda dialog: dialog.accept())
    await page.goto(office_page.partition("/pages/")[0])
    await page.get_by_role("button", name="Replace the signing secret").click()
    secret = await page.locator("code.secret").inner_text()
    await expect(page.get_by_role("status").first).to_contain_text("signs too until")
    await page.goto(office_page)
    await frame.get_by_label("New signing secret").fill(secret)
    await frame.get_by_role("button", name="Keep them").click()
    await expect(frame.get_by_role("status")).to_have_text("The new secrets are kept.")


async def test_the_sample_app_is_brought_in_limits_orders_hears_of_them_and_is_removed(
    page: Page, demo: Demo, sample: Sample
) -> None:
    (owner_key,) = (each["key"] for each in demo.ready["shops"] if each["slug"] == SHOP)
    title = plentiful(SHOP)
    listed = api(demo, "GET", f"/admin/v1/products?filter[query]={title}", owner_key).json()
    product_id = listed["items"][0]["product_id"]
    product = f"/admin/v1/products/{product_id}"
    variant_id = api(demo, "GET", product, owner_key).json()["variants"][0]["variant_id"]

    await sign_in(page, demo)
    await bring_in(page, demo, sample)
    office_page = page.url
    frame = page.frame_locator("iframe.appframe")
    await expect(frame.get_by_role("heading", level=1)).to_have_text("Order limits")
    assert stat.S_IMODE(sample.data.stat().st_mode) == 0o600

    # Its key opens what was approved, and nothing else.
    key = sample.ask("SELECT access_token FROM shop")
    assert api(demo, "GET", "/admin/v1/orders?limit=1", key).status_code == 200
    assert api(demo, "GET", "/admin/v1/customers?limit=1", key).status_code == 403

    # A limit is set on its page in the back office, and is the product's metafield.
    await set_limit(frame, title, 2)
    metafields = api(demo, "GET", product, owner_key).json()["metafields"]
    assert metafields["order_limit.most"] == 2
    refused = api(demo, "PATCH", product, owner_key, metafields={"order_limit.most": 9})
    assert (refused.status_code, refused.json()["code"]) == (403, "namespace_of_app")

    # The checkout asks it.
    refused = buy(demo, variant_id, 3)
    assert (refused.status_code, refused.json()["code"]) == (409, "checkout_refused"), refused.text
    assert refused.json()["detail"] == f"One order holds at most 2 of “{title}”."
    placed = buy(demo, variant_id, 2)
    assert placed.status_code == 201, placed.text
    number = placed.json()["number"]

    # It hears of the order, and shows it.
    await expect(await order_shown(page, frame, number)).to_contain_text("2")

    # A new signing secret is handed over while the old one signs too.
    await hand_over_signing_secret(page, frame, office_page)
    assert sample.ask("SELECT count(*) FROM signing_secret") == 2
    placed = buy(demo, variant_id, 1)
    await expect(await order_shown(page, frame, placed.json()["number"])).to_contain_text("1")

    # Once it is removed, its key opens nothing, and nobody asks it.
    await page.goto(office_page.partition("/pages/")[0] + "/uninstall")
    await page.get_by_label("goes with it").check()
    await page.get_by_role("button", name="Uninstall").click()
    await expect(page.get_by_role("status").first).to_contain_text("is uninstalled")
    gone = api(demo, "GET", "/admin/v1/orders?limit=1", key)
    assert (gone.status_code, gone.json()["code"]) == (401, "key_revoked")
    assert buy(demo, variant_id, 3).status_code == 201
    defined = api(demo, "GET", "/admin/v1/metafield-definitions", owner_key).json()["items"]
    assert "order_limit" not in {each["namespace"] for each in defined}
