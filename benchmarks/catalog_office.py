"""The back office of a large shop, walked in a real browser: what a person waits for each page.

From the click to the page's `load`, browser and all, with two cores shared by server, workers,
PostgreSQL and Chromium. A clerk looks for products in every way the list has, turns pages, types
into cells, looks after the 2,000 variants of one product, and takes odd tables through the wizard
and back out; each step says what the page must show. `CATALOG_FOLDER` names a folder that
`catalog_record` filled, which has that product and the mappings of the tables from then on; without
it a shop of `CATALOG_VARIANTS` (200,000) is made. Pictures of the pages are left in
`CATALOG_SCREENS` when that is set.
"""

import asyncio
import os
import random
import re
import sys
import tempfile
from itertools import product as combinations
from pathlib import Path

from playwright.async_api import expect

from benchmarks._demo import conditions, figure
from benchmarks._office import Drawn, Known, Walk, at_work, prepare, running, settings_of
from galleria.foundation.text import sort_key

MEASURES = ("src/galleria/faces/backoffice", "src/galleria/commerce/workbench")
VARIANTS = int(os.environ.get("CATALOG_VARIANTS", "200000"))
PORT = 18_109
ROUNDS = 6
TURNS = 20
WIZARDS = 3
ROWS = 400  # of each odd table
COLOURS = [f"Colour {at:02d}" for at in range(50)]
FITS = [f"Fit {at:02d}" for at in range(40)]
MOST_AT_ONCE = 50  # products on a page
CATEGORIES = 300
TITLE_TOLD_APART = 40
IMPORT_MS = 300_000
FILLED_WITHIN_S = 3_600
# What is waited for because it takes as long as the file is long, not as a page takes.
UNHELD = ("wizard_looked_through", "wizard_taken_in", "wizard_undone", "wizard_2000_taken_in")
_ROWS = """() => [...document.querySelectorAll('main table.rows tbody tr')].map(row => ({
    title: row.querySelector('a.main')?.textContent ?? '',
    brand: row.querySelector('th .hint')?.textContent ?? '',
    status: row.querySelector('[data-label=Status]')?.innerText.trim() ?? '',
    price: row.querySelector('[data-label=Price]')?.innerText.trim() ?? '',
}))"""
_AMOUNT = re.compile(r"[\d,]+\.\d\d")


async def rows_of(walk: Walk) -> list[dict[str, str]]:
    """The products that the page lists."""
    rows: list[dict[str, str]] = await walk.page.evaluate(_ROWS)
    return rows


async def titles_of(walk: Walk) -> list[str]:
    """Their titles."""
    return [row["title"] for row in await rows_of(walk)]


def minor(text: str) -> list[int]:
    """The amounts of a cell in minor units."""
    return [int(each.replace(",", "").replace(".", "")) for each in _AMOUNT.findall(text)]


def in_order(titles: list[str]) -> bool:
    """They stand from A to Z, as far as the list tells titles apart."""
    keys = [sort_key(title)[:TITLE_TOLD_APART] for title in titles]
    return keys == sorted(keys)


async def begin(walk: Walk) -> None:
    """The list by the navigation, as every walk begins."""
    await walk.go("/settings")
    await walk.click("grid_first", walk.page.locator("nav.side a", has_text="Products").first)
    assert len(await rows_of(walk)) == MOST_AT_ONCE


async def wait_until_filled(walk: Walk) -> None:
    """The work-bench has taken the whole shop in; after a change of the house it does so anew."""
    for _ in range(FILLED_WITHIN_S):
        await walk.go("/products?sort=price&view=none")
        if not await walk.page.get_by_text("still taking this shop in").count():
            return
        await asyncio.sleep(1)
    raise AssertionError("the work-bench took the shop in")


async def show(walk: Walk, name: str, **fields: str) -> list[dict[str, str]]:
    """The list narrowed by what is typed and chosen; there is something like it."""
    page = walk.page
    more = page.locator("details.more")
    if {"price_from", "since"} & fields.keys() and await more.get_attribute("open") is None:
        await more.locator("summary").click()
    for field, value in fields.items():
        target = page.locator(f"form.filters #{field}")
        if await target.evaluate("each => each.tagName") == "SELECT":
            await target.select_option(value)
        else:
            await target.fill(value)
    await walk.click(name, page.locator("form.filters .go button"))
    rows = await rows_of(walk)
    assert 0 < len(rows) <= MOST_AT_ONCE, (name, fields)
    return rows


async def narrow(walk: Walk, one: Drawn) -> None:
    """Two filters at a time, and words."""
    page = walk.page
    await begin(walk)
    await walk.click("grid_one_status", page.get_by_role("link", name=re.compile("^On sale")))
    rows = await show(walk, "grid_status_and_category", category=str(one.category_id))
    assert {row["status"] for row in rows} == {"On sale"}
    await show(walk, "grid_status_and_brand", category="", brand=one.brand)
    assert {row["brand"] for row in await rows_of(walk)} == {one.brand}

    low, high = one.price_min - 500, one.price_max + 500
    await begin(walk)
    rows = await show(
        walk,
        "grid_category_and_price",
        category=str(one.category_id),
        price_from=f"{max(low, 0) / 100:.2f}",
        price_until=f"{high / 100:.2f}",
    )
    for row in rows:
        amounts = minor(row["price"])
        assert min(amounts) <= high and max(amounts) >= low, row

    words = sorted(set(one.title.split()[1:]), key=lambda each: (-len(each), each))[:3]
    await begin(walk)
    await show(walk, "grid_words", q=" ".join(words))
    assert one.title in await titles_of(walk), words
    await begin(walk)
    rows = await show(walk, "grid_beginning", q=one.title)
    assert one.title in [row["title"] for row in rows]
    if one.sku:
        await begin(walk)
        assert [row["title"] for row in await show(walk, "grid_sku", q=one.sku)] == [one.title]


async def sort(walk: Walk) -> None:
    """The whole list in each order a person takes."""
    await begin(walk)
    rows = await show(walk, "grid_by_title", sort="title")
    assert in_order([row["title"] for row in rows])
    rows = await show(walk, "grid_by_price", sort="price")
    lowest = [minor(row["price"])[0] for row in rows if row["price"]]
    assert lowest == sorted(lowest)
    rows = await show(walk, "grid_by_price_from_the_end", sort="-price")
    lowest = [minor(row["price"])[0] for row in rows]
    assert lowest == sorted(lowest, reverse=True)
    await show(walk, "grid_by_change", sort="-changed")
    await show(walk, "grid_by_stock", sort="on_hand")


async def turn(walk: Walk) -> None:
    """Page after page, in an order of the catalog and in one of the work-bench."""
    for order in ("title", "price"):
        await begin(walk)
        await show(walk, "grid_by_" + order, sort=order)
        seen = await titles_of(walk)
        for _ in range(TURNS):
            await walk.click("grid_next_page", walk.page.locator("nav.pager a[rel=next]"))
            titles = await titles_of(walk)
            assert len(titles) == MOST_AT_ONCE
            seen += titles
        if order == "title":
            assert in_order(seen)
        await walk.click("grid_page_back", walk.page.locator("nav.pager a[rel=prev]"))
        assert await titles_of(walk) == seen[-2 * MOST_AT_ONCE : -MOST_AT_ONCE]


async def jump(walk: Walk, one: Drawn) -> None:
    """Into the middle of the whole list, and typing there."""
    page = walk.page
    if one.by_age:
        await walk.jump("grid_deep_page", f"/products?sort=-created&cursor={one.by_age}&view=none")
        assert await rows_of(walk)
    await walk.jump("grid_deep_page", f"/products?sort=title&cursor={one.by_title}&view=none")
    assert in_order([one.title, *await titles_of(walk)])
    # The list that is typed into begins anew: the page of one product is as good as any.
    await walk.jump("grid_by_brand", f"/products?brand={one.brand}&sort=title&view=none")
    await walk.click("grid_to_type_into", page.get_by_role("link", name="Edit in the list"))
    row = page.locator("tr[data-row]").first
    title, told = row.locator("[name=title]"), row.locator("[data-told]")
    before = await title.input_value()

    async def keep() -> None:
        await title.fill(before + " Deluxe")
        await title.press("Enter")
        await expect(told).to_contain_text("Saved")

    await walk.until("grid_cell_kept", keep)
    await row.get_by_role("button", name="Undo").click()
    await expect(title).to_have_value(before)
    await expect(told).to_contain_text("Saved")
    await walk.click("grid_by_brand", page.get_by_role("link", name="Done typing"))
    assert (await titles_of(walk))[0] == before


async def keep_view(walk: Walk, one: Drawn) -> None:
    """A list is kept under a name, opened by it, and dropped."""
    page, name = walk.page, f"Brand {one.brand}"
    await begin(walk)
    await show(walk, "grid_brand_by_price", brand=one.brand, sort="price")
    await page.get_by_text("Save this view").click()
    await page.locator("#new-view").fill(name)
    await walk.click("grid_view_saved", page.locator("form:has(#new-view) button"))
    await begin(walk)
    await walk.click("grid_view_opened", page.get_by_role("link", name=name).first)
    assert {row["brand"] for row in await rows_of(walk)} == {one.brand}
    await page.get_by_text(f"Change “{name}”").click()
    await page.get_by_role("button", name="Drop this view").click()
    await expect(page.get_by_role("status").first).to_be_visible()


async def look_at_product(walk: Walk, one: Drawn) -> None:
    """A product's own pages."""
    page = walk.page
    await walk.jump("grid_sku", f"/products?q={one.sku}&view=none")
    await walk.click("product", page.locator("tbody a.main").first)
    await expect(page.locator("h1")).to_contain_text(one.title)
    await walk.click("product_variants", page.get_by_role("link", name=re.compile("^Variants")))
    await walk.click("product_history", page.get_by_role("link", name="History", exact=True))
    await expect(page.locator("h1")).to_contain_text(one.title)


async def look_at_difference(walk: Walk, one: Drawn) -> None:
    """A product is retitled and back, and its history says both."""
    page = walk.page
    await walk.go(f"/products/{one.product_id}")
    for name in (one.title + " Deluxe", one.title):
        await page.get_by_label("Title", exact=True).first.fill(name)
        await walk.click("product_saved", page.get_by_role("button", name="Save").first)
        await expect(page.locator("h1")).to_contain_text(name)
    await walk.click("history_with_diff", page.get_by_role("link", name="History", exact=True))
    await expect(page.locator("section.version").first.locator("del")).to_contain_text("Deluxe")
    await expect(page.locator("section.version").nth(1).locator("ins")).to_contain_text("Deluxe")


def giant_table(folder: Path) -> Path:
    """A table of one product with 2,000 variants, with columns of its own."""
    file = folder / "giant.csv"
    lines = ["Modell|Teil-Code|Wie es heisst|Ton|Sitz|Netto|Am Lager"]
    lines += [
        f"WS-1|WS-1-{at:04d}|Walked Work Shirt|{colour}|{fit}|{19 + at % 7},90|{at % 9}"
        for at, (colour, fit) in enumerate(combinations(COLOURS, FITS))
    ]
    file.write_text("\n".join(lines), "windows-1252")
    return file


def odd_table(folder: Path, number: int, stamp: int) -> Path:
    """Products with columns that no table had before, one row of them wrong."""
    file = folder / f"odd-{number}.csv"
    lines = [f"Code {stamp};Was es ist;Netto {stamp};Bestand;Werkstoff"]
    lines += [
        f"OD-{stamp}-{at};Gegenstand {stamp} {at};{at % 90 + 3},50;{at % 7};Ton"
        for at in range(ROWS)
    ]
    lines[7] = f"OD-{stamp}-6;Gegenstand {stamp} 6;geschenkt;1;Ton"
    file.write_text("\n".join(lines), "utf-8")
    return file


async def send_and_map(walk: Walk, file: Path, fields: dict[str, str], group_by: str = "") -> None:
    """The file is sent, and what its columns mean is said and kept."""
    page = walk.page
    await walk.click("wizard_imports", page.locator("nav.side a", has_text="Import").first)
    await page.get_by_label("File", exact=True).set_input_files(file)
    await walk.click("wizard_sent", page.get_by_role("button", name="Send"))
    await expect(page.get_by_role("heading", level=1)).to_have_text(file.name)
    await walk.click("wizard_mapping", page.locator("a[href*='/mapping?']"))
    for column, said in fields.items():
        field, _, detail = said.partition("=")
        await page.get_by_label(f"Field for {column}").select_option(field)
        if detail:
            await page.get_by_label(f"Which one: {column}").fill(detail)
    if group_by:
        await page.locator("#f-group_by").select_option(group_by)
    await page.get_by_label("Name of the mapping").fill(f"Mapping of {file.name}")
    await walk.click("wizard_mapping_kept", page.get_by_role("button", name="Keep it and go on"))
    await expect(page.get_by_role("status").first).to_contain_text("is saved")


async def ended(walk: Walk, state: str) -> None:
    """The import on the page has come to this."""
    locator = walk.page.locator(".head .chip").first
    await expect(locator).to_have_text(state, timeout=IMPORT_MS)


async def bring_giant(walk: Walk, folder: Path) -> None:
    """The product of 2,000 variants is in the shop, by the wizard."""
    page = walk.page
    fields = {
        "Modell": "external_ref",
        "Teil-Code": "sku",
        "Wie es heisst": "title",
        "Ton": "option.=Colour",
        "Sitz": "option.=Fit",
        "Netto": "price",
        "Am Lager": "stock",
    }
    await walk.go("")
    await send_and_map(walk, giant_table(folder), fields, "Modell")
    await page.get_by_label("Products go").select_option("yes")
    await walk.click("wizard_begun", page.get_by_role("button", name="Import it now"))
    await walk.until("wizard_2000_taken_in", lambda: ended(walk, "done"))
    came = [
        int(await page.locator(f"[data-count={name}_count]").inner_text())
        for name in ("created", "changed", "unchanged")
    ]
    assert sum(came) == 1, came


async def type_into_matrix(walk: Walk) -> None:
    """The sheet of 2,000 variants: opened, typed into, filled, turned."""
    page = walk.page
    await walk.jump("grid_beginning", "/products?q=Walked+Work+Shirt&view=none")
    await walk.click("product_of_2000", page.get_by_role("link", name="Walked Work Shirt"))
    await walk.click("matrix", page.get_by_role("link", name="Matrix"))
    cells = page.locator("[data-cell]")
    assert await cells.count() == 500, "a window of it is on the page"
    for price in ("21.50", "22.50"):
        await cells.first.fill(price)
        await walk.click("matrix_saved", page.get_by_role("button", name="Save", exact=True))
        await expect(page.get_by_role("status").first).to_contain_text("One cell is saved.")
        await expect(cells.first).to_have_value(price)
    for column in ("after", "before"):
        link = page.get_by_role("link", name=f"Columns {column}")
        await walk.click("matrix_columns", link)
    for _ in range(2):
        await walk.click("matrix_rows", page.get_by_role("link", name="Rows after"))
    await expect(page.locator("tbody th").first).to_have_text(COLOURS[40])
    await page.locator("#row").select_option(label=COLOURS[20])
    await walk.click("matrix_jump", page.locator("form.filters .go button"))
    await expect(page.locator("tbody th").first).to_have_text(COLOURS[20])
    for field in ("On hand", "SKU", "Grams"):
        await walk.click("matrix_field", page.locator("nav.tabs.small a", has_text=field))
    for weight in ("250", "260"):
        await page.locator("#f-fill").fill(weight)
        await walk.click("matrix_filled", page.get_by_role("button", name="Fill in"))
        await expect(page.get_by_role("status").first).to_contain_text("2,000 cells are saved.")
        await expect(cells.last).to_have_value(weight)
    await walk.click("history_of_2000", page.get_by_role("link", name="History", exact=True))
    await walk.click("variants_of_2000", page.get_by_role("link", name=re.compile("^Variants")))


async def take_in_and_back(walk: Walk, file: Path, stamp: int) -> None:
    """An odd table through every step of the wizard, and out again."""
    page = walk.page
    fields = {
        f"Code {stamp}": "sku",
        "Was es ist": "title",
        f"Netto {stamp}": "price",
        "Bestand": "stock",
        "Werkstoff": "attribute.=material",
    }
    await send_and_map(walk, file, fields)
    await page.get_by_label("Products go").select_option("yes")
    await walk.click("wizard_begun", page.get_by_role("button", name="Look through it first"))
    changes = page.get_by_text("Nothing has been changed.")
    await walk.until("wizard_looked_through", lambda: expect(changes).to_be_visible())
    created = page.locator("[data-count=created_count]")
    await expect(created).to_have_text(str(ROWS - 1))
    await walk.click(
        "wizard_changes_turned", page.locator("section[aria-labelledby=diff] a[rel=next]")
    )
    await walk.click("wizard_begun", page.get_by_role("button", name="Import it now"))
    await walk.until("wizard_taken_in", lambda: ended(walk, "done"))
    await expect(created).to_have_text(str(ROWS - 1))
    await page.get_by_label("Products", exact=True).select_option("refused")
    await walk.click("wizard_report", page.get_by_role("button", name="Show"))
    wrong = page.locator("section[aria-labelledby=problems] table.rows tbody tr")
    await expect(wrong).to_have_count(1)
    await expect(wrong).to_contain_text("geschenkt")
    await walk.click("wizard_undo", page.get_by_role("button", name="Undo this import"))
    await walk.until("wizard_undone", lambda: ended(walk, "undone"))
    await expect(page.locator("section[aria-labelledby=undo]")).to_contain_text(str(ROWS - 1))
    await walk.jump("grid_nothing", f"/products?q=Gegenstand+{stamp}&view=none")
    await expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()


async def look_around(walk: Walk, one: Drawn) -> None:
    """The other pages that know all products."""
    page = walk.page
    side = page.locator("nav.side a")
    await walk.go("/settings")
    await walk.click("overview", side.first)
    await walk.click("categories", side.filter(has_text="Categories"))
    assert await page.locator("main li").count() >= CATEGORIES
    opened = page.locator(".treelist > li").nth(one.price_min % CATEGORIES)
    await walk.click("category_opened", opened.locator("a"))
    await expect(page.locator(".treelist details[open]")).to_have_count(1)
    await walk.click("attributes", side.filter(has_text="Properties"))
    assert len(await rows_of(walk)) == MOST_AT_ONCE
    await walk.click("attribute", page.locator("tbody a.main").nth(one.price_min % MOST_AT_ONCE))
    await expect(page.get_by_role("heading", name="Details")).to_be_visible()
    await walk.click("prices", side.filter(has_text="Prices"))
    assert len(await rows_of(walk)) == MOST_AT_ONCE
    await page.locator("#q").fill(one.sku)
    await walk.click("prices_found", page.locator("form.filters .go button"))
    assert one.title in await titles_of(walk)
    await walk.click("price_lists", page.get_by_role("link", name="Price lists"))
    await walk.click("price_list", page.locator("tbody a.main").first)
    assert len(await rows_of(walk)) == MOST_AT_ONCE
    await walk.click("price_list_turned", page.locator("nav.pager a[rel=next]"))
    await walk.click("stock", side.filter(has_text="Stock"))
    assert len(await rows_of(walk)) == MOST_AT_ONCE
    await walk.click("stock_turned", page.locator("nav.pager a[rel=next]"))
    await page.locator("#q").fill(one.sku)
    await walk.click("stock_found", page.locator("form.filters .go button").first)
    assert one.title in await titles_of(walk)
    await walk.click("stock_low", page.get_by_role("link", name="Running low"))
    await walk.click("stock_movements", page.get_by_role("link", name="Movements"))
    assert len(await rows_of(walk)) > 0


async def journey(walk: Walk, known: Known, folder: Path) -> None:
    """All of it, the parts in turn, so that a slow minute hits all alike."""
    await wait_until_filled(walk)
    await bring_giant(walk, folder)
    draw = random.Random(5)
    for at, one in enumerate(known.drawn):
        await narrow(walk, one)
        await jump(walk, one)
        await look_at_product(walk, one)
        await look_around(walk, one)
        if at < WIZARDS:
            await sort(walk)
            await keep_view(walk, one)
            await look_at_difference(walk, one)
            await type_into_matrix(walk)
            stamp = draw.randrange(100_000, 1_000_000)
            await take_in_and_back(walk, odd_table(folder, at, stamp), stamp)
    await turn(walk)
    await walk.jump("wizard_imports", "/imports")
    await expect(walk.page.locator("tbody")).to_contain_text("odd-0.csv")


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    settings = settings_of(folder, PORT)
    known = await prepare(settings, folder, VARIANTS, ROUNDS)
    figure("products", known.products, "products")
    async with running(settings), at_work(settings) as walk:
        with tempfile.TemporaryDirectory(prefix="galleria-walk-") as name:
            await journey(walk, known, Path(name))
    return walk.report(UNHELD)


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    kept = os.environ.get("CATALOG_FOLDER")
    if kept:
        Path(kept).mkdir(parents=True, exist_ok=True)
        return 0 if asyncio.run(measure(Path(kept))) else 1
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
