"""Product lines: what they may say, what they need not say, and what they say wrongly."""

from typing import Any

import msgspec
import pytest

from galleria.commerce.catalog import Option, ProductDraft
from galleria.commerce.imports.model.attribute_names import AttributeNames
from galleria.commerce.imports.model.json_lines import MAX_LINE_BYTES, JsonLinesParser
from galleria.commerce.imports.model.line_mapping import LineMapper
from galleria.commerce.imports.model.naming import derived_handle
from galleria.commerce.imports.model.parsed import (
    Item,
    LevelWish,
    ParsedProduct,
    PolicyWish,
    PriceWish,
)
from galleria.commerce.imports.model.runs import Position


def parse(content: bytes) -> list[Item]:
    mapper = LineMapper(AttributeNames({}, has_prefixes=True), is_export=False)
    parser = JsonLinesParser(Position(), mapper)
    return [*parser.feed(content), *parser.finish()]


def product(**fields: Any) -> ParsedProduct:
    (item,) = parse(msgspec.json.encode({"title": "A", **fields}))
    assert item.product is not None, item.problems
    return item.product


def draft(**fields: Any) -> ProductDraft:
    return product(**fields).draft


def refusal(**fields: Any) -> tuple[str, str]:
    (item,) = parse(msgspec.json.encode({"title": "A", **fields}))
    assert (item.product, item.refused) == (None, 1)
    return item.problems[0].column, item.problems[0].code


@pytest.mark.parametrize(
    ("fields", "handle", "reference"),
    [
        ({}, "a", None),
        ({"id": "X 7"}, "a-x-7", "X 7"),
        ({"id": 7, "external_ref": "ref"}, "a-ref", "ref"),
        ({"handle": "own"}, "own", None),
        ({"handle": "Own Handle!"}, "own-handle", None),
        ({"handle": "own", "id": 7}, "own", "7"),
        ({"sku": "S-1"}, "a-s-1", "S-1"),
        ({"variants": [{"sku": "S-1"}]}, "a", None),
    ],
)
def test_a_product_is_found_again_by_what_the_source_calls_it(
    fields: dict[str, Any], handle: str, reference: str | None
) -> None:
    assert (draft(**fields).handle, draft(**fields).external_ref) == (handle, reference)


def test_derived_handles_fit_and_tell_products_apart() -> None:
    long = derived_handle("word " * 100, "9f1b2c3d-9f1b-2c3d-9f1b-2c3d9f1b2c3d")
    assert len(long) <= 120
    assert long != derived_handle("word " * 100, "9f1b2c3d-9f1b-2c3d-9f1b-2c3d9f1b2c3e")
    assert derived_handle("Cable 42", "42") == "cable-42"
    assert derived_handle("日本", None) == derived_handle("日本", None)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Plain & simple", "Plain & simple"),
        ("One\n\nTwo\nlines & more", "<p>One</p><p>Two<br>lines &amp; more</p>"),
        ("<b>Bold</b>\ntext", "<b>Bold</b>\ntext"),
    ],
)
def test_a_description_may_be_text(text: str, html: str) -> None:
    assert draft(description=text).description_html == html
    assert draft(description=text, description_html="<i>x</i>").description_html == "<i>x</i>"


def test_variants_name_their_options_or_follow_their_order() -> None:
    options = [{"name": "Size", "values": ["S", "M"]}, {"name": "Colour", "values": ["Red"]}]
    listed = draft(options=options, variants=[{"option_values": ["S", "Red"]}])
    named = draft(options=options, variants=[{"option_values": {"Colour": "Red", "Size": "S"}}])
    assert listed.variants[0].option_values == named.variants[0].option_values == ["S", "Red"]
    guessed = draft(variants=[{"option_values": {"Size": "S"}}, {"option_values": {"Size": "M"}}])
    assert guessed.options == [Option("Size", ["S", "M"])]
    assert refusal(variants=[{"option_values": ["S"]}]) == (
        "variants[0].option_values",
        "option_values_missing",
    )


def test_a_variant_costs_what_it_says_or_what_the_product_says() -> None:
    found = product(
        price_minor=100,
        compare_at_minor=150,
        currency="USD",
        options=[{"name": "Size", "values": ["S", "M", "L"]}],
        variants=[
            {"option_values": ["S"]},
            {"option_values": ["M"], "price_minor": 120},
            {"option_values": ["L"], "prices": [{"amount_minor": 5, "channel": "us"}]},
        ],
    )
    assert found.prices == [
        PriceWish(0, 100, 150, "USD"),
        PriceWish(1, 120),
        PriceWish(2, 5, None, None, "us"),
    ]


@pytest.mark.parametrize(
    ("fields", "levels", "policies"),
    [
        ({}, [], []),
        ({"stock": 0}, [LevelWish(0, 0)], [PolicyWish(0, True, False)]),
        (
            {"stock": [{"on_hand": 3, "location": "x"}, {"on_hand": 4}], "allows_backorder": True},
            [LevelWish(0, 3, "x"), LevelWish(0, 4)],
            [PolicyWish(0, True, True)],
        ),
        ({"is_tracked": True}, [], [PolicyWish(0, True, False)]),
        ({"is_tracked": False, "stock": 3}, [LevelWish(0, 3)], [PolicyWish(0, False, False)]),
    ],
)
def test_stock_is_a_number_a_list_or_nothing(
    fields: dict[str, Any], levels: list[LevelWish], policies: list[PolicyWish]
) -> None:
    found = product(**fields)
    assert (found.levels, found.policies) == (levels, policies)


@pytest.mark.parametrize(
    ("fields", "column", "code"),
    [
        ({"title": 5}, "title", "wrong_type"),
        ({"price_minor": 1.5}, "price_minor", "wrong_type"),
        ({"price_minor": 2**53}, "price_minor", "too_large"),
        ({"price_minor": -1}, "price_minor", "too_small"),
        ({"stock": -1}, "stock", "too_small"),
        ({"status": "sold"}, "status", "unknown_value"),
        ({"variants": [{"weight_g": "1"}]}, "variants[0].weight_g", "wrong_type"),
        ({"attributes": {"a": [1]}}, "attributes[...][0]", "wrong_type"),
        ({"images": "x"}, "images", "wrong_type"),
        ({"options": [{"name": "x" * 201, "values": []}]}, "options[0].name", "too_long"),
    ],
)
def test_a_field_of_the_wrong_kind_refuses_the_line(
    fields: dict[str, Any], column: str, code: str
) -> None:
    assert refusal(**fields) == (column, code)


def test_fields_nobody_knows_are_noted_wherever_they_stand() -> None:
    line = {
        "title": "A",
        "colour": {"deep": [1, {"colour": 2}]},
        "variants": [{"price": 3}, {"price": 4, "sku": "B"}],
        "translations": {"de": {"title": "Ä", "text": "x"}, "fr": {"text": "y"}},
    }
    (item,) = parse(msgspec.json.encode(line))
    assert item.product is not None
    assert item.product.draft.variants[1].sku == "B"
    assert item.product.draft.translations is not None
    assert item.product.draft.translations["de"].title == "Ä"
    assert [(p.column, p.code, p.is_refusal) for p in item.problems] == [
        ("colour", "unknown_field", False),
        ("variants[0].price", "unknown_field", False),
        ("variants[1].price", "unknown_field", False),
        ("translations[...].text", "unknown_field", False),
    ]
    many = {"title": "A"} | {f"field{at}": at for at in range(51)}
    (item,) = parse(msgspec.json.encode(many))
    assert (item.product, item.problems[-1].code) == (None, "unknown_field")


def test_an_unknown_field_does_not_hide_a_mistake() -> None:
    assert refusal(colour="red", price_minor="x") == ("price_minor", "wrong_type")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "malformed_json"),
        (b'{"title": "A"} {"title": "B"}', "malformed_json"),
        (b'{"title": "\xff"}', "malformed_json"),
        (b'{"title": "A\x00"}', "malformed_json"),
        (b'{"title": "\\ud800"}', "malformed_json"),
        (b'{"title": NaN}', "malformed_json"),
        (b"5", "wrong_type"),
        (b"null", "wrong_type"),
        (b'{"title": "A", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
        (b'{"title": "A", "x": 1e999}', "out_of_range"),
    ],
)
def test_what_is_no_json_object_is_listed(line: bytes, code: str) -> None:
    good = b'{"title": "Good"}\n'
    first, bad, last = parse(good + line + b"\r\n" + good)
    assert first.product is not None
    assert last.product is not None
    assert (bad.product, bad.problems[0].line, bad.problems[0].code) == (None, 2, code)
    assert len(bad.problems[0].excerpt) <= 300


def test_an_endless_line_is_left_out() -> None:
    content = b'{"title": "' + b"x" * MAX_LINE_BYTES + b'"}\n{"title": "Good"}\n'
    bad, good = parse(content)
    assert [p.code for p in bad.problems] == ["line_too_long"]
    assert good.product is not None
    assert good.end == Position(len(content), 3)
