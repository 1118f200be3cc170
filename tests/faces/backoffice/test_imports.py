"""Product files in the back office: looked through, taken in, taken out."""

import csv
import io

import msgspec

from galleria.commerce import catalog, imports
from galleria.commerce.catalog import ProductTree
from galleria.commerce.imports.service import write_export
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


async def brought(mia: Person, content: bytes, name: str = "spring.csv") -> Page:
    """The page after the file was sent."""
    page = await mia.get("/imports")
    address = f"/uploads/{mia.base.removeprefix('/s/')}/imports"
    return await mia.browser.upload(page, address, [("file", (name, content))])


async def send(
    mia: Person, content: bytes, name: str = "spring.csv", way: str = "import", **fields: str
) -> Page:
    """The page of the import of a file that was sent; with way preview, of a look through it."""
    page = await brought(mia, content, name)
    return await mia.browser.submit(page, page.path, way=way, **fields)


async def run(shop: Context, page: Page) -> imports.Run:
    """The import of the page is worked off, as a worker would."""
    run_id = msgspec.convert(page.path.rsplit("/", 1)[-1], imports.Run.__annotations__["run_id"])
    return await imports.run_import_now(shop, run_id)


async def test_a_file_is_looked_through_and_then_taken_in(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop, "manager")
    page = await send(mia, FILE, way="preview")
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
    page = await brought(mia, b"\x00\x01\x02 nothing of ours \xff" * 50, "photo.raw")
    assert page.status == 422
    assert "cannot be read as a product file" in page.text
    assert (await imports.list_runs(shop)).items == []
    page = await brought(mia, b"", "")
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
        page = await send(mia, answer.content, name, "preview")
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


ODD = b"Nr;Was;Netto;Da\n7;Tasse;12,50;3\n8;Krug;umsonst;1\n"


def row_of(page: Page, address: str, column: str) -> str:
    """What the editor's row of a column is called."""
    fields = page.form(address)
    name = next(n for n, v in fields if n.endswith("].column") and v == column)
    return name.removesuffix(".column")


async def mapped(mia: Person, content: bytes = ODD, name: str = "odd.csv") -> tuple[Page, str]:
    """The mapping editor of a file that was sent, and its address."""
    page = await brought(mia, content, name)
    assert "nobody here has seen before" in page.text
    assert not page.has_form(page.path), "nothing to import it by yet"
    address = f"{page.path}/mapping"
    return await mia.browser.get(address), address


async def test_a_table_of_anybodys_is_mapped_tried_looked_through_and_taken_in(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page, address = await mapped(mia)
    assert "12,50 · umsonst" in page.text, "samples of each column"
    number, price = row_of(page, address, "Nr"), row_of(page, address, "Netto")
    chosen: dict[str, str | None] = {
        f"{number}.field": "sku",
        f"{row_of(page, address, 'Was')}.field": "title",
        f"{price}.field": "price",
        f"{row_of(page, address, 'Da')}.field": "stock",
        "name": "From the potter",
    }
    tried = await mia.browser.send(page, address, {**chosen, "way": "try"})
    assert tried.status == 200
    assert ">Tasse<" in tried.text
    assert "€12.50" in tried.text
    assert (await imports.list_mappings(shop)).items == [], "only tried"

    part = await mia.browser.post(
        f"{address}/tried",
        [(n, v) for n, v in page.form(address) if n not in chosen]
        + [(n, v) for n, v in chosen.items() if v],
    )
    assert ">Tasse<" in part.text
    assert "<html" not in part.text

    page = await mia.browser.send(page, address, {**chosen, "way": "save"})
    (kept,) = (await imports.list_mappings(shop)).items
    assert kept.name == "From the potter"
    assert {rule.column: rule.field for rule in kept.document.rules} == {
        "Nr": "sku",
        "Was": "title",
        "Netto": "price",
        "Da": "stock",
    }
    page = await mia.browser.submit(page, page.path, way="preview", keeps_stock="true")
    seen = await run(shop, page)
    assert (seen.format, seen.created_count, seen.refused_count) == ("mapping", 1, 1)
    page = await mia.browser.get(page.path)
    page = await mia.browser.submit(page, page.path + "/start")
    done = await run(shop, page)
    assert (done.created_count, done.is_dry_run, done.keeps) == (1, False, frozenset({"stock"}))
    again = await brought(mia, ODD, "again.csv")
    assert "From the potter" in again.text, "offered for the next file"


async def test_a_mapping_without_a_title_or_a_key_says_so(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page, address = await mapped(mia)
    changes: dict[str, str | None] = {
        name: "" for name, _ in page.form(address) if name.endswith(".field")
    }
    changes[f"{row_of(page, address, 'Netto')}.field"] = "price"
    page = await mia.browser.send(page, address, {**changes, "way": "save"})
    assert page.status == 422
    assert "No column fills the title." in page.text
    other = f"{row_of(page, address, 'Was')}"
    page = await mia.browser.send(
        page, address, {f"{other}.field": "other", f"{other}.detail": "nonsense", "way": "save"}
    )
    assert "There is no such field." in page.text
    assert (await imports.list_mappings(shop)).items == []


async def test_a_mapping_is_edited_duplicated_and_removed(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    document = imports.MappingDocument(
        rules=[
            imports.Rule(field="sku", column="No"),
            imports.Rule(field="external_ref", column="No"),
            imports.Rule(field="title", column="Name"),
            imports.Rule(field="attribute.material", column="Stuff"),
            imports.Rule(field="weight", column="Kilo", unit="kg"),
            imports.Rule(field="price.us.USD", column="Dollars"),
            imports.Rule(field="option1.name", column="Axis"),
            imports.Rule(field="is_taxable", column="Tax", true_words=["jo"], false_words=["nö"]),
            imports.Rule(field="brand", constant="Kiln"),
        ],
        delimiter="\t",
        group_by="Parent",
        decimal_comma=False,
        keeps_space=True,
    )
    made = await imports.create_mapping(shop, "Potter", document)
    page = await mia.get("/imports/mappings")
    assert "Potter" in page.text
    path = f"/imports/mappings/{made.mapping_id}"
    page = await mia.submit(await mia.get(path), path, name="Potter, new")
    now = await imports.get_mapping(shop, made.mapping_id)
    assert now.name == "Potter, new"
    assert now.document == document, "a form keeps all that a mapping says"

    stale = await mia.get(path)
    await imports.update_mapping(shop, made.mapping_id, "Meanwhile", document)
    page = await mia.submit(stale, path, name="Mine")
    assert page.status == 422
    assert "Somebody else has changed this meanwhile." in page.text
    page = await mia.submit(page, path, name="Mine")
    assert (await imports.get_mapping(shop, made.mapping_id)).name == "Mine"

    await mia.submit(page, f"{path}/duplicate")
    both = (await imports.list_mappings(shop)).items
    assert sorted(each.name for each in both) == ["Mine", "Mine (2)"]
    await mia.submit(await mia.get(path), f"{path}/remove")
    (left,) = (await imports.list_mappings(shop)).items
    assert left.name == "Mine (2)"


async def test_what_was_recognised_wrongly_is_put_right(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await brought(mia, "a,b|c\nGröße,2|3\n".encode("mac-roman"), "odd.csv")
    page = await mia.browser.get(page.path + "?delimiter=%7C&encoding=mac-roman")
    assert ">a,b<" in page.text
    assert "Größe,2" in page.text
    editor = await mia.browser.get(page.path + "/mapping?delimiter=%7C&encoding=mac-roman")
    sent = dict(editor.form(page.path + "/mapping"))
    assert (sent["delimiter"], sent["encoding"]) == ("|", "mac-roman")


async def test_a_report_is_narrowed_down_and_tells_what_would_change(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    await run(shop, await send(mia, FILE))
    cheaper = FILE.replace(b"12.50", b"11.50").replace(b"cheap", b"dear")
    page = await send(mia, cheaper, "cheaper.csv", "preview")
    await run(shop, page)
    path = page.path
    page = await mia.browser.get(path)
    assert "12.50 EUR" in page.text
    assert "variants[" not in page.text, "in words, not in paths"
    assert "11.50 EUR" in page.text
    assert "None of these." in (await mia.browser.get(path + "?what=created")).text
    refused = await mia.browser.get(path + "?only=refused")
    assert "invalid price (" in refused.text
    nothing = await mia.browser.get(path + "?code=no_such_code")
    assert "None of these." not in nothing.text, "an unknown code is no filter"


async def test_an_export_is_asked_for_with_a_filter_and_fetched(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop)
    await run(shop, await send(mia, FILE))
    page = await mia.get("/imports/exports")
    page = await mia.submit(
        page, "/imports/exports", format="csv", is_packed=None, brand="Kiln", status="active"
    )
    (export,) = (await imports.list_exports(shop)).items
    assert "being written" in page.text
    place = f"{mia.base}/imports/exports/{export.export_id}"
    answer = (await mia.browser.client.get(f"{place}/progress.json")).json()
    assert answer == {"state": "waiting", "has_ended": False, "product_count": 0, "share": None}
    await write_export(shop, export.export_id)
    page = await mia.get("/imports/exports")
    assert f"{place}/file" in page.links
    file = await mia.browser.client.get(f"{place}/file")
    assert "Plate" in file.text
    assert "Stoneware Mug" not in file.text
    assert ".csv" in file.headers["content-disposition"]


async def test_who_may_only_read_sees_reports_and_no_forms(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await brought(mia, FILE)
    ann = await at_work(shop, "viewer")
    listed = await ann.get("/imports")
    assert listed.status == 200
    assert "Bring a file" not in listed.text
    assert not (await ann.get("/imports/exports")).has_form(f"{ann.base}/imports/exports")
    assert (await ann.browser.get(page.path)).status == 403


async def test_a_table_with_more_columns_than_a_form_can_hold_is_mapped_by_its_first(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    names = [f"Column {at}" for at in range(400)]
    content = ";".join(names) + "\n" + ";".join("x" for _ in names) + "\n"
    page, address = await mapped(mia, content.encode(), "wide.csv")
    assert "Column 299<" in page.text
    assert "Field for Column 300" not in page.text
    page = await mia.browser.send(
        page, address, {"rules[0].field": "title", "rules[1].field": "sku", "way": "save"}
    )
    (kept,) = (await imports.list_mappings(shop)).items
    assert [rule.column for rule in kept.document.rules] == ["Column 0", "Column 1"]
