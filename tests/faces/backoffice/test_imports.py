"""Product files in the back office: looked through, taken in, taken out."""

import csv
import io

import msgspec

from galleria.commerce import catalog, imports
from galleria.commerce.catalog import ProductTree
from galleria.engines.context import Context
from tests.faces.backoffice.browser import Page
from tests.faces.backoffice.conftest import Person, SignedIn
from tests.faces.backoffice.test_products import on_hand, price_of

FILE = (
    b"Handle,Title,Vendor,Status,Option1 Name,Option1 Value,Variant SKU,Variant Price,"
    b"Variant Inventory Tracker,Variant Inventory Qty\n"
    b"plate,Plate,Kiln,active,Size,Small,PL-S,12.50,shopify,5\n"
    b"plate,,,,,Large,PL-L,19.00,shopify,2\n"
    b"bowl,Bowl,Kiln,draft,Title,Default Title,BO,cheap,shopify,1\n"
)


async def send(mia: Person, content: bytes, name: str = "spring.csv", **fields: str) -> Page:
    """The page after the file was sent; looked through first unless `preview` is left out."""
    page = await mia.get("/imports")
    address = f"/uploads/{mia.base.removeprefix('/s/')}/imports"
    wanted = {key: value for key, value in dict(page.form(address)).items() if key != "preview"}
    answer = await mia.browser.client.post(
        address,
        data={**wanted, **fields},
        files={"file": (name, content)},
        headers={"origin": "http://admin.localhost"},
    )
    return Page(answer)


async def run(shop: Context, page: Page) -> imports.Run:
    """The import of the page is worked off, as a worker would."""
    run_id = msgspec.convert(page.path.rsplit("/", 1)[-1], imports.Run.__annotations__["run_id"])
    return await imports.run_import_now(shop, run_id)


async def test_a_file_is_looked_through_and_then_taken_in(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop, "manager")
    page = await send(mia, FILE, preview="true")
    assert "Waits for its turn" in page.text
    assert "<progress" in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    answer = await mia.browser.client.get(page.path + "/progress.json")
    assert answer.json()["state"] == "waiting"
    assert answer.json()["has_ended"] is False

    await run(shop, page)
    assert (await catalog.count_products(shop))["active"] == 0
    page = await mia.browser.get(page.path)
    assert "Nothing has been changed." in page.text
    assert ">Plate<" in page.text
    assert "Write the amount with a decimal point" in page.text, "the remedy is told"
    answer = await mia.browser.client.get(page.path + "/progress.json")
    assert answer.json()["has_ended"] is True
    assert answer.json()["share"] == 1.0

    page = await mia.browser.submit(page, page.path + "/start")
    await run(shop, page)
    page = await mia.browser.get(page.path)
    plate = await catalog.get_product_by_handle(shop, "plate")
    assert [variant.sku for variant in plate.variants] == ["PL-S", "PL-L"]
    assert await price_of(shop, plate.variants[0].variant_id) == (1250, None)
    assert await on_hand(shop, plate.variants[1].variant_id) == 2

    table = await mia.browser.client.get(page.path + "/problems.csv")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert rows[0]["line"] == "4"
    assert "attachment" in table.headers["content-disposition"]
    history = await mia.get("/imports")
    assert history.text.count("spring.csv") == 2


async def test_what_is_no_product_file_is_refused_with_a_remedy(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await send(mia, b"\x00\x01\x02 nothing of ours \xff" * 50, "photo.raw")
    assert page.status == 422
    assert "cannot be read as a product file" in page.text
    assert (await imports.list_runs(shop)).items == []
    page = await send(mia, b"", "")
    assert "Choose a file first." in page.text


async def test_a_waiting_import_is_cancelled(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await send(mia, FILE)
    page = await mia.browser.submit(page, page.path + "/cancel")
    assert "The import is cancelled." in page.text
    (only,) = (await imports.list_runs(shop)).items
    assert only.state == "cancelled"
    assert only.file_name == "spring.csv"


async def test_an_export_is_read_back_by_an_import_without_a_change(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    for name in ("products.jsonl", "products.csv"):
        answer = await mia.browser.client.get(f"{mia.base}/export/{name}")
        assert answer.status_code == 200
        assert "Stoneware Mug" in answer.text
        page = await send(mia, answer.content, name, preview="true")
        done = await run(shop, page)
        assert done.state == "done"
        assert done.refused_count == 0
        if name == "products.jsonl":
            assert (done.created_count, done.changed_count) == (0, 0)
        else:
            assert done.created_count == 0


async def test_an_import_of_another_shop_is_not_shown(
    shop: Context, another_ctx: Context, at_work: SignedIn
) -> None:
    file = await imports.accept_file(another_ctx, "theirs.csv", FILE)
    theirs = await imports.start_import(another_ctx, file.file_id)
    mia = await at_work(shop)
    for path in ("", "/progress.json", "/problems.csv"):
        page = await mia.get(f"/imports/{theirs.run_id}{path}")
        assert page.status == 404
        assert "theirs.csv" not in page.text
