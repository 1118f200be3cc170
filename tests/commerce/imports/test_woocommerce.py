"""WooCommerce's product export: variations find their product wherever they stand in the file."""

import pytest

from galleria.commerce.catalog import Option
from galleria.commerce.imports.model.woo_columns import WooColumns, WooKeys
from galleria.engines.context import Context
from tests.commerce.imports.conftest import (
    counts,
    packed,
    prices_by_sku,
    products_of,
    sample,
    stock_by_sku,
    taken_in,
    told,
)

HEADER = (
    "ID,Type,SKU,Name,Published,Regular price,Stock,Parent,Attribute 1 name,Attribute 1 value(s)"
)


def woo(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode()


async def test_the_sample_goes_in_whole_and_twice_is_as_once(shop: Context) -> None:
    run = await taken_in(shop, sample("woocommerce.csv"))
    assert (run.state, run.format, counts(run)) == ("done", "woocommerce_csv", (4, 0, 0, 4))
    assert sorted(await told(shop, run)) == [
        (7, "grouped_product", True),
        (8, "external_product", True),
        (9, "any_value_expanded", False),
        (10, "missing_parent", True),
        (14, "wrong_column_count", True),
    ]
    again = await taken_in(shop, packed(sample("woocommerce.csv")))
    assert counts(again) == (0, 0, 4, 4)


async def test_a_variable_product_has_the_variations_before_and_behind_it(shop: Context) -> None:
    await taken_in(shop, sample("woocommerce.csv"))
    products = await products_of(shop)
    jug = products["harbour-jug-40"]
    assert jug.options == [
        Option("Glaze", ["Blue", "Sand"]),
        Option("Volume", ["1 l", "2 l"]),
    ]
    assert [(v.sku, v.option_values, v.weight_g) for v in jug.variants] == [
        ("JUG-BL-1", ["Blue", "1 l"], 1100),
        ("JUG-BL-2", ["Blue", "2 l"], 1200),
        ("JUG-SA", ["Sand", "1 l"], 1200),
        (None, ["Sand", "2 l"], 1200),
    ], "what a variation does not say, its product says"
    assert (jug.brand, jug.status, jug.external_ref) == ("Tidewater", "active", "40")
    assert jug.tags == ["stoneware", "blue, deep"]
    assert jug.seo.description == "A jug for the table. Holds what it says."
    assert [m.source_url for m in jug.media] == [
        "https://img.example.com/jug,1.jpg",
        "https://img.example.com/jug-2.jpg",
        "https://img.example.com/jug-blue.jpg",
    ]
    assert {c.path for c in jug.categories} == {"kitchen", "kitchen/jugs", "gifts"}
    assert jug.attributes == {"care": "Rinse only"}, "a program's own field is left alone"
    lamp = products["lamp-49"]
    assert [v.option_values for v in lamp.variants] == [["Oak"], ["Ash"]]


async def test_prices_and_stock_are_those_of_the_rows(shop: Context) -> None:
    await taken_in(shop, sample("woocommerce.csv"))
    prices, stock = await prices_by_sku(shop), await stock_by_sku(shop)
    assert prices["BOWL-7"] == (1250, 1500), "also with a decimal comma"
    assert prices["JUG-BL-1"] == (3400, None)
    assert (stock["BOWL-7"].available, stock["BOWL-7"].allows_backorder) == (12, True)
    assert not stock["JUG-BL-2"].covers(1)
    assert stock["JUG-SA"].allows_backorder
    assert stock["CLASS"].covers(100), "nobody counts it"
    products = await products_of(shop)
    bowl = products["bowl-seven-41"]
    assert bowl.title == 'Bowl "Seven"'
    assert bowl.attributes == {"material": "Stoneware, Cork", "care": "Dishwasher"}
    (lesson,) = products["throwing-class-42"].variants
    assert (lesson.is_shippable, lesson.is_taxable) == (False, False)
    assert products["throwing-class-42"].status == "draft"


async def test_columns_in_german_are_known(shop: Context) -> None:
    content = (
        "ID;Typ;Artikelnummer;Name;Veröffentlicht;Regulärer Preis;Angebotspreis;Gewicht (g);"
        "Übergeordnet;Attribut 1 Name;Attribut 1 Wert(e)\n"
        "1;variable;K;Kanne;1;;;;;Farbe;Rot, Blau\n"
        "2;variation;K-R;Kanne - Rot;1;19,90;9,90;350;K;Farbe;Rot\n"
    ).encode()
    run = await taken_in(shop, content)
    assert (counts(run), run.problem_count) == ((1, 0, 0, 0), 0)
    assert await prices_by_sku(shop) == {"K-R": (990, 1990)}
    (product,) = (await products_of(shop)).values()
    assert product.variants[0].weight_g == 350


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1,simple,A,A,2,1,,,,", "invalid_status"),
        ("1,simple,A,A,1,1.234,,,,", "invalid_price"),
        ("1,simple,A,A,1,-1,,,,", "invalid_price"),
        ("1,simple,A,A,1,1,many,,,", "invalid_quantity"),
        ("1,mystery,A,A,1,1,,,,", "unknown_product_kind"),
        ("1,variable,A,A,1,,,,Size,S", "missing_variations"),
        ("2,variation,,A,1,1,,id:7,Size,S", "missing_parent"),
        ("2,variation,,A,1,1,,,Size,S", "missing_key"),
        (",simple,,A,1,1,,,,", "missing_key"),
    ],
)
async def test_a_product_that_cannot_be_sold_says_why(shop: Context, row: str, code: str) -> None:
    run = await taken_in(shop, woo(row, "9,simple,B,B,1,1,,,,"))
    assert counts(run) == (1, 0, 0, 1)
    assert [(line, found) for line, found, _ in await told(shop, run)] == [(2, code)]


async def test_a_product_with_a_row_that_cannot_be_read_is_left_alone(shop: Context) -> None:
    rows = (
        "1,variable,A,A,1,,,,Size,S",
        "2,variation,A-S,A,1,1,,A,Size,S",
        "3,variation,A-M,A,1,1,,A,Size,M,extra",
    )
    run = await taken_in(shop, woo(*rows))
    assert counts(run) == (0, 0, 0, 1)
    assert {code for _, code, _ in await told(shop, run)} == {
        "wrong_column_count",
        "incomplete_product",
    }


def test_a_parent_called_by_id_first_and_by_sku_later_is_one_product() -> None:
    columns = WooColumns(["ID", "Type", "SKU", "Name", "Published", "Parent"])
    keys = WooKeys(columns)
    rows = (
        ["2", "variation", "V-2", "", "1", "id:1"],
        ["1", "variable", "V", "", "1", ""],
        ["3", "variation", "V-3", "", "1", "V"],
        ["4", "variation", "V-4", "", "1", "id:1"],
    )
    assert {keys(row) for row in rows} == {"id:1"}


async def test_more_than_three_options_are_refused(shop: Context) -> None:
    numbers = range(1, 5)
    header = ["ID", "Type", "SKU", "Name", "Published", "Regular price", "Parent"]
    header += [f"Attribute {at} {part}" for at in numbers for part in ("name", "value(s)")]
    axes = [cell for at in numbers for cell in (f"Axis {at}", "x")]
    rows = [
        header,
        ["1", "variable", "A", "A", "1", "", "", *axes],
        ["2", "variation", "B", "A", "1", "1", "A", *axes],
    ]
    run = await taken_in(shop, "\n".join(map(",".join, rows)).encode())
    assert run.problem_codes == {"option_not_supported": 1}
