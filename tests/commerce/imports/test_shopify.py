"""Shopify's product files: rows of one handle are one product, with all that the columns say."""

from typing import Any

import pytest

from galleria.commerce.catalog import Option, ProductDraft
from galleria.commerce.imports.model.attribute_names import AttributeNames
from galleria.commerce.imports.model.csv_rows import RowReader
from galleria.commerce.imports.model.layouts import recognise
from galleria.commerce.imports.model.parsed import Item, LevelWish, PolicyWish, PriceWish
from galleria.commerce.imports.model.runs import Position
from galleria.commerce.imports.model.shopify import ShopifyParser
from galleria.commerce.imports.model.shopify_columns import Columns
from galleria.commerce.imports.model.shopify_mapping import ShopifyMapper


def parse(content: bytes, start: Position | None = None) -> list[Item]:
    """All that comes of a file, read from `start`, in small blocks."""
    layout = recognise(content)
    at = start or layout.start
    columns = Columns(layout.header)
    mapper = ShopifyMapper(columns, AttributeNames({}, has_prefixes=False), "EUR")
    parser = ShopifyParser(RowReader(at, layout.delimiter), columns, mapper)
    rest = content[at.next_byte :]
    items = [
        item for begin in range(0, len(rest), 13) for item in parser.feed(rest[begin : begin + 13])
    ]
    return items + list(parser.finish())


def table(columns: str, *rows: str) -> bytes:
    return "\n".join([columns, *rows, ""]).encode()


def found(items: list[Item]) -> list[tuple[int, str, str]]:
    return [(p.line, p.column, p.code) for item in items for p in item.problems]


def draft_of(item: Item) -> ProductDraft:
    assert item.product is not None, item.problems
    return item.product.draft


OPTIONS = (
    "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Price"
)


def test_rows_of_one_handle_are_one_product_with_variants() -> None:
    (shirt, hat) = parse(
        table(
            OPTIONS,
            "shirt,Shirt,Size,S,Colour,Red,S-R,10.00",
            "shirt,,,S,,Blue,S-B,10.00",
            "shirt,,,M,,Red,M-R,12.50",
            "hat,Hat,Title,Default Title,,,HAT,5",
        )
    )
    draft = draft_of(shirt)
    assert draft.options == [Option("Size", ["S", "M"]), Option("Colour", ["Red", "Blue"])]
    assert [(v.sku, v.option_values) for v in draft.variants] == [
        ("S-R", ["S", "Red"]),
        ("S-B", ["S", "Blue"]),
        ("M-R", ["M", "Red"]),
    ]
    assert shirt.product is not None
    assert shirt.product.prices == [PriceWish(0, 1000), PriceWish(1, 1000), PriceWish(2, 1250)]
    assert (draft_of(hat).options, len(draft_of(hat).variants)) == ([], 1)
    assert draft_of(shirt).external_ref == "shirt"


def test_pictures_come_by_position_each_address_once() -> None:
    (item,) = parse(
        table(
            "Handle,Title,Image Src,Image Position,Image Alt Text,Variant Price,Variant Image",
            "a,A,https://x/2.jpg,2,Two,1,https://x/3.jpg",
            "a,,https://x/1.jpg,1,One,,",
            "a,,https://x/2.jpg,3,Again,,",
            "a,,https://x/9.jpg,,Last,,",
        )
    )
    draft = draft_of(item)
    assert [(m.source_url, m.alt) for m in draft.media] == [
        ("https://x/1.jpg", "One"),
        ("https://x/2.jpg", "Two"),
        ("https://x/9.jpg", "Last"),
    ]
    assert [v.image_url for v in draft.variants] == ["https://x/3.jpg"], "pictures are no variants"


COLUMNS = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Status,Product Category,"
    "Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,"
    "Variant Price,Variant Compare At Price,Variant Requires Shipping,Variant Taxable,"
    "Variant Barcode,SEO Title,SEO Description,Google Shopping / Gender,Gift Card,"
    "Fabric (product.metafields.custom.fabric)"
)


def one(**cells: str) -> Item:
    """The product of a single row of all columns."""
    names = COLUMNS.split(",")
    known = {"Handle": "a", "Title": "A", "Variant Price": "1.00"}
    known |= {name.replace("_", " "): value for name, value in cells.items()}
    row = ",".join(f'"{known.get(name, "")}"' for name in names)
    (item,) = parse(table(COLUMNS, row))
    return item


def test_columns_become_fields() -> None:
    item = one(
        Vendor="Ann",
        Type="Mug",
        Tags="blue, tall,, blue",
        Variant_Grams="250.4",
        Variant_Barcode="'0123",
        SEO_Title="Mug!",
        **{
            "Body (HTML)": "<p>Two\nlines</p>",
            "Product Category": "Home > Mugs",
            "Google Shopping / Gender": "unisex",
            "Fabric (product.metafields.custom.fabric)": "Wool",
        },
    )
    draft = draft_of(item)
    assert (draft.brand, draft.product_type, draft.tags) == ("Ann", "Mug", ["blue", "tall"])
    assert draft.description_html == "<p>Two\nlines</p>"
    assert draft.category_paths == [["Home", "Mugs"]]
    assert draft.attributes == {"gender": "unisex", "fabric": "Wool"}
    assert (draft.variants[0].weight_g, draft.variants[0].barcode) == (250, "0123")
    assert draft.seo is not None
    assert draft.seo.title == "Mug!"


@pytest.mark.parametrize(
    ("published", "status", "expected"),
    [
        ("", "", None),
        ("TRUE", "", "active"),
        ("false", "", "draft"),
        ("true", "draft", "draft"),
        ("false", "active", "draft"),
        ("true", "Archived", "archived"),
        ("", "active", "active"),
    ],
)
def test_on_sale_is_what_is_active_and_published(
    published: str, status: str, expected: str | None
) -> None:
    assert draft_of(one(Published=published, Status=status)).status == expected


@pytest.mark.parametrize(
    ("tracker", "quantity", "policy", "is_tracked", "on_hand"),
    [
        ("", "1", "deny", False, None),
        ("shopify", "7", "deny", True, 7),
        ("shopify", "-3", "continue", True, 0),
        ("shopify", "", "deny", True, None),
        ("shopify", "4.0", "deny", True, 4),
    ],
)
def test_stock_is_counted_where_a_tracker_is_named(
    tracker: str, quantity: str, policy: str, is_tracked: bool, on_hand: int | None
) -> None:
    item = one(
        Variant_Inventory_Tracker=tracker,
        Variant_Inventory_Qty=quantity,
        Variant_Inventory_Policy=policy,
    )
    assert item.product is not None
    assert item.product.policies == [PolicyWish(0, is_tracked, policy == "continue")]
    assert item.product.levels == ([] if on_hand is None else [LevelWish(0, on_hand)])


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"Variant Price": "12,50"}, "Variant Price", "invalid_price"),
        ({"Variant Price": "1.234"}, "Variant Price", "invalid_price"),
        ({"Variant Price": "-1"}, "Variant Price", "invalid_price"),
        ({"Variant Price": "9" * 30}, "Variant Price", "invalid_price"),
        ({"Variant Compare At Price": "€5"}, "Variant Compare At Price", "invalid_price"),
        ({"Variant Grams": "heavy"}, "Variant Grams", "invalid_number"),
        ({"Variant Grams": "1e99"}, "Variant Grams", "invalid_number"),
        ({"Variant Grams": "NaN"}, "Variant Grams", "invalid_number"),
        ({"Variant Taxable": "maybe"}, "Variant Taxable", "invalid_boolean"),
        ({"Published": "x"}, "Published", "invalid_boolean"),
        ({"Status": "sold"}, "Status", "invalid_status"),
        (
            {"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "many"},
            "Variant Inventory Qty",
            "invalid_quantity",
        ),
    ],
)
def test_a_cell_that_cannot_be_refuses_the_product(
    cells: dict[str, str], column: str, code: str
) -> None:
    item = one(**cells)
    assert (item.product, item.refused) == (None, 1)
    assert found([item]) == [(2, column, code)]
    assert item.problems[0].remedy


@pytest.mark.parametrize(
    ("cells", "code"),
    [({"Variant Price": ""}, "missing_price"), ({"Gift Card": "true"}, "invalid_gift_card")],
)
def test_what_is_merely_odd_is_noted(cells: dict[str, str], code: str) -> None:
    item = one(**cells)
    assert item.product is not None
    assert [(p.code, p.is_refusal) for p in item.problems] == [(code, False)]


def test_a_fourth_option_and_one_without_a_name_are_refused() -> None:
    items = parse(
        table(
            "Handle,Title,Option1 Name,Option1 Value,Option2 Value,Option4 Name,Option4 Value",
            "a,A,Size,S,,,",
            "b,B,Size,S,Red,,",
            "c,C,Size,S,,Fit,Slim",
        )
    )
    assert [item.refused for item in items] == [0, 1, 1]
    assert found(items) == [
        (3, "Option2 Name", "missing_option_name"),
        (4, "Option4 Name", "option_not_supported"),
        (4, "Option4 Value", "option_not_supported"),
    ]


ROWS = (
    "a,A,Size,S,,,1,1",
    "a,,,M,,,2,1",
    "b,B,Size,S,,,3,1",
    "b,,,M,,,4,1",
    "c,C,Size,S,,,5,1",
)


@pytest.mark.parametrize(
    ("at", "row", "refused"),
    [
        (1, "a,,,M", ["a"]),
        (1, 'a,,,"M" big,,,2,1', ["a"]),
        (2, "b,B", ["b"]),
        (2, "zzz", [""]),
        (3, ",,,M,,,4,1", ["b"]),
        (4, "c,C,Size", ["c"]),
        (5, "c,", ["c"]),
        (5, "d", [""]),
    ],
)
def test_a_row_that_cannot_be_read_refuses_the_product_it_may_belong_to(
    at: int, row: str, refused: list[str]
) -> None:
    rows = [*ROWS[:at], row, *ROWS[at:]]
    items = parse(table(OPTIONS, *rows))
    kept = {draft_of(item).handle for item in items if item.product}
    assert kept == {"a", "b", "c"} - set(refused)
    assert sum(item.refused for item in items) == 1
    assert at + 2 in [line for line, _, _ in found(items)]


def test_whoever_reads_on_behind_a_product_finds_the_same_rest() -> None:
    broken = ("a,A,Size,S,,,1,1", "zzz", "b,x", "b,B,Size,S,,,3,1", 'c,"C" d', "q,", "c,C,,,,,5,1")
    content = table(OPTIONS, *broken)
    items = parse(content)
    assert [item.refused for item in items] == [0, 1, 1, 1]
    for at, item in enumerate(items):
        assert list(map(told, parse(content, item.end))) == list(map(told, items[at + 1 :]))


def told(item: Item) -> tuple[Any, ...]:
    """The item without the places, which are equal to themselves only."""
    product = item.product
    draft = None if product is None else (product.draft, product.prices, product.places.line)
    return draft, item.problems, item.refused, item.end


def test_too_many_rows_are_refused_without_being_kept() -> None:
    rows = [f"a,{'A' if at == 0 else ''},Size,S{at},,,,1" for at in range(10_500)]
    (item,) = parse(table(OPTIONS, *rows))
    assert [p.code for p in item.problems] == ["too_many_variants"]


def test_the_catalogs_complaints_lead_to_their_cells() -> None:
    (item,) = parse(
        table(
            OPTIONS + ",Image Src",
            "a,A,Size,S,Colour,Red,S-R,10,https://x/1.jpg",
            "a,,,S,,Blue,S-B,10,",
            "a,,,,,,,,https://x/2.jpg",
        )
    )
    assert item.product is not None
    places: dict[str, Any] = {
        "variants[1].sku": (3, "Variant SKU"),
        "variants[1].option_values[1]": (3, "Option2 Value"),
        "variants[0].option_values": (2, "Option1 Value"),
        "media[1].source_url": (4, "Image Src"),
        "title": (2, "Title"),
        "options[1].values[0]": (2, "Option2 Value"),
        "attributes.x": (2, "attributes.x"),
    }
    assert {path: item.product.places.place_of(path) for path in places} == places


def test_a_handle_that_is_no_address_is_made_one() -> None:
    (item,) = parse(table("Handle,Title", "Größe_XL,A"))
    assert (draft_of(item).handle, draft_of(item).external_ref) == ("grosse-xl", "Größe_XL")
