"""The sample files are what a merchant would send: sound, but for what is wrong on purpose."""

import csv
import io
import json
from importlib.resources import files
from typing import Any

SAMPLES = files("galleria.demo") / "samples"
WRONG_LINES = {9, 18}
FIELDS = {
    *("id", "handle", "title", "brand", "product_type", "description", "category_paths", "tags"),
    *("price_minor", "compare_at_minor", "currency", "attributes", "options", "variants"),
    *("translations", "sku", "stock", "weight_g"),
}
KIND_OF_PREFIX: dict[str, tuple[type, ...]] = {"t_": (str,), "n_": (int, float), "b_": (bool,)}


def _lines() -> list[dict[str, Any]]:
    text = (SAMPLES / "stationery.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _sound() -> list[dict[str, Any]]:
    return [line for number, line in enumerate(_lines(), 1) if number not in WRONG_LINES]


def _rows() -> list[dict[str, str]]:
    text = (SAMPLES / "garden-shopify.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _sellables(line: dict[str, Any]) -> list[dict[str, Any]]:
    variants: list[dict[str, Any]] = line.get("variants", [line])
    return variants


def test_the_stationery_file_has_twenty_four_products_and_two_wrong_lines() -> None:
    assert len(_lines()) == 26
    assert len(_sound()) == 24


def test_what_is_wrong_is_a_price_that_is_a_text_and_two_variants_that_are_the_same() -> None:
    first, second = (_lines()[number - 1] for number in sorted(WRONG_LINES))

    assert first["price_minor"] == "24,50"
    assert second["variants"][0]["option_values"] == second["variants"][1]["option_values"]


def test_sound_lines_use_documented_fields_with_values_of_their_kinds() -> None:
    for line in _sound():
        assert set(line) <= FIELDS, line["id"]
        assert isinstance(line["price_minor"], int), line["id"]
        assert line["currency"] == "EUR"
        assert line["title"]
        assert line["description"]
        for name, value in line["attributes"].items():
            assert type(value) in KIND_OF_PREFIX[name[:2]], (line["id"], name)


def test_sound_lines_have_ids_handles_and_skus_of_their_own() -> None:
    skus = [each["sku"] for line in _sound() for each in _sellables(line)]

    assert len({line["id"] for line in _lines()}) == 26
    assert len({line["handle"] for line in _lines()}) == 26
    assert len(set(skus)) == len(skus)


def test_sound_variants_choose_among_the_options_of_their_product() -> None:
    for line in _sound():
        options = line.get("options", [])
        chosen = [tuple(each.get("option_values", ())) for each in _sellables(line)]
        assert len(set(chosen)) == len(chosen), line["id"]
        for values in chosen:
            assert len(values) == len(options), line["id"]
            assert all(
                value in option["values"] for value, option in zip(values, options, strict=True)
            )


def test_the_garden_file_has_the_columns_of_shopifys_export_and_twelve_products() -> None:
    rows = _rows()

    assert list(rows[0])[:9] == [
        *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published"),
        *("Option1 Name", "Option1 Value"),
    ]
    assert list(rows[0])[-1] == "Status"
    assert len({row["Handle"] for row in rows}) == 12


def test_garden_rows_of_one_product_follow_one_another_and_the_first_one_names_it() -> None:
    rows = _rows()
    firsts = [row for row in rows if row["Title"]]
    changes = [
        row["Handle"]
        for before, row in zip([{"Handle": ""}, *rows], rows, strict=False)
        if row["Handle"] != before["Handle"]
    ]

    assert [row["Handle"] for row in firsts] == changes
    assert len({row["Variant SKU"] for row in rows}) == len(rows)
    assert all(float(row["Variant Price"]) > 0 for row in rows)
