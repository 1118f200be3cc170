"""Our own table: a row for each variant, and an export that, coming back in, changes nothing."""

import csv
import gzip
import io

import pytest

from galleria.commerce import catalog, collections, imports
from galleria.commerce.catalog import Option
from galleria.commerce.imports import service
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.imports.conftest import (
    counts,
    prices_by_sku,
    products_of,
    sample,
    stock_by_sku,
    taken_in,
    told,
)
from tests.commerce.imports.test_exporting import rich_shop


async def table_of(ctx: Context, *, is_packed: bool = False) -> bytes:
    parts = imports.export_shop(ctx, format="csv", is_packed=is_packed)
    return b"".join([part async for part in parts])


def cells_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def test_a_table_written_by_hand_goes_in(shop: Context) -> None:
    run = await taken_in(shop, sample("galleria.csv"))
    assert (run.state, run.format, counts(run)) == ("done", "galleria_csv", (2, 0, 0, 1))
    assert await told(shop, run) == [(5, "invalid_price", True)]
    products = await products_of(shop)
    towel = products["tea-towel"]
    assert (towel.title, towel.brand, towel.status) == ("Tea Towel", "Leinenweber", "active")
    assert (towel.tags, towel.options) == (
        ["kitchen", "linen"],
        [Option("Colour", ["Grey", "Blue"])],
    )
    assert [(v.sku, v.weight_g, v.is_taxable) for v in towel.variants] == [
        ("TT-G", 150, True),
        ("TT-B", 150, True),
    ], "rows of one handle need not stand together"
    assert {c.path for c in towel.categories} == {"kitchen", "kitchen/towels", "gifts"}
    assert await collections.names_of(shop, [towel.product_id]) == {towel.product_id: ["summer"]}
    assert [(m.source_url, m.alt, m.alts) for m in towel.media] == [
        ("https://img.example.com/t1.jpg", "Folded", {"de": "Gefaltet"}),
        ("https://img.example.com/t2.jpg", "Hanging", {}),
    ]
    assert towel.attributes == {"material": "Half linen", "care": "Wash warm"}
    assert towel.seo.title == "Tea towels"
    german = towel.translations["de"]
    assert (german.title, german.options) == ("Geschirrtuch", {"Colour": "Farbe", "Grey": "Grau"})
    assert await prices_by_sku(shop) == {
        "TT-G": (1250, 1500),
        "TT-B": (101250, None),
        "AP-1": (4500, None),
    }
    stock = await stock_by_sku(shop)
    assert (stock["TT-G"].available, stock["TT-B"].covers(1)) == (8, False)
    assert stock["AP-1"].covers(9)
    again = await taken_in(shop, sample("galleria.csv"))
    assert counts(again) == (0, 0, 2, 1)


@pytest.mark.parametrize("is_packed", [False, True])
async def test_an_exported_table_taken_in_again_changes_nothing(
    shop: Context, is_packed: bool
) -> None:
    await rich_shop(shop)
    product = (await products_of(shop))["all-of-it"]
    odd = '  \'=SUM(1;2) | \\ > \r\n "x"  '
    changes = catalog.ProductChanges(
        title="=edited | by > hand \\", description_html=odd, tags=["a|b", "c\\", "+1"]
    )
    await catalog.update_product(shop, product.product_id, changes)
    async with shop.transaction() as tx:
        url = "https://example.com/a.jpg"
        await catalog.attach_media(tx, product.product_id, url, new_id())
    content = await table_of(shop, is_packed=is_packed)
    before = await products_of(shop)
    preview = await taken_in(shop, content, is_dry_run=True)

    run = await taken_in(shop, content)

    assert counts(run) == counts(preview) == (0, 0, len(before), 0)
    assert (run.format, run.problem_codes) == ("galleria_csv", {})
    assert await products_of(shop) == before
    assert await table_of(shop, is_packed=is_packed) == content


async def test_ten_edited_cells_change_ten_products(shop: Context) -> None:
    await rich_shop(shop)
    rows = cells_of(await table_of(shop))
    firsts = [row for row in rows if row["title"]][:10]
    for row in firsts:
        row["title"] += " (new)"
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)

    run = await taken_in(shop, text.getvalue().encode("utf-16"))

    assert counts(run)[:2] == (0, 10), "also as a spreadsheet saves it"
    assert run.problem_codes == {"read_as_other_encoding": 1}
    handles = {row["handle"] for row in firsts}
    changed = await products_of(shop)
    assert all(changed[handle].title.endswith("(new)") for handle in handles)


async def test_a_cell_that_a_spreadsheet_would_run_is_text(shop: Context) -> None:
    await taken_in(shop, b'{"title":"=HYPERLINK(1)","handle":"a","brand":"\'s Gravenhage"}\n')
    (row,) = cells_of(await table_of(shop))
    assert (row["title"], row["brand"]) == ("'=HYPERLINK(1)", "''s Gravenhage")
    assert counts(await taken_in(shop, await table_of(shop))) == (0, 0, 1, 0)


async def test_another_shop_becomes_the_same_by_a_table(shop: Context, other_shop: Context) -> None:
    await taken_in(shop, sample("galleria.csv"))
    await taken_in(other_shop, await table_of(shop))
    ours, theirs = await table_of(shop), await table_of(other_shop)
    name, other = f"product_id@{shop.tenant.slug}", f"product_id@{other_shop.tenant.slug}"
    assert [{**row, name: ""} for row in cells_of(ours)] == [
        {**{k: v for k, v in row.items() if k != other}, name: ""} for row in cells_of(theirs)
    ]


async def test_a_table_is_exported_by_a_job(shop: Context) -> None:
    await taken_in(shop, sample("galleria.csv"))
    export = await imports.start_export(shop, format="csv")
    written = await service.write_export(shop, export.export_id)
    assert (written.format, written.product_count) == ("csv", 2)
    _, stream = await imports.open_export(shop, export.export_id)
    content = gzip.decompress(b"".join([chunk async for chunk in stream]))
    assert len(cells_of(content)) == 3
