"""What an attribute and a word may be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.attributes.model.attributes import (
    AttributeValue,
    check_attribute,
    check_swatch,
    fresh_attribute,
    in_locale,
    is_code,
    label_of,
    number_in_bounds,
    view_of,
    word_fault,
    word_key,
)
from galleria.commerce.attributes.model.base import BASE
from galleria.commerce.attributes.model.units import Unfit
from galleria.foundation.ids import new_id
from tests.commerce.attributes.entries import attribute


@pytest.mark.parametrize(
    ("code", "kind", "fields", "fault"),
    [
        ("Colour", "select", {}, "invalid_code"),
        ("c" * 101, "select", {}, "invalid_code"),
        ("c", "select", {"decimals": 1}, "not_a_decimal"),
        ("c", "decimal", {"decimals": 7}, "out_of_range"),
        ("c", "select", {"unit": "cm"}, "not_a_number"),
        ("c", "decimal", {"unit": "elbow"}, "unknown_unit"),
        ("c", "text", {"minimum": 1.0}, "not_a_number"),
        ("c", "integer", {"maximum": 1e16}, "out_of_range"),
        ("c", "integer", {"minimum": float("nan")}, "out_of_range"),
        ("c", "integer", {"minimum": 2.0, "maximum": 1.0}, "out_of_range"),
        ("c", "reference", {}, "invalid_reference"),
        ("c", "text", {"reference_kind": "product"}, "invalid_reference"),
        ("c", "rich_text", {"is_axis": True}, "not_an_axis"),
        ("c", "multi_select", {"is_axis": True}, "not_an_axis"),
    ],
)
def test_what_can_be_no_attribute_is_named(
    code: str, kind: Any, fields: dict[str, Any], fault: str
) -> None:
    assert [each.code for each in check_attribute(attribute(1, code, kind, **fields))] == [fault]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("decimal", {"decimals": 6, "unit": "kg", "minimum": 0.0, "maximum": 10.0}),
        ("integer", {"minimum": 1.0, "is_axis": True}),
        ("reference", {"reference_kind": "variant"}),
        ("swatch", {"is_axis": True}),
    ],
)
def test_what_can_be_one_is_not_refused(kind: Any, fields: dict[str, Any]) -> None:
    assert check_attribute(attribute(1, "frame_width", kind, **fields)) == []


@pytest.mark.parametrize(
    "kind", ["select", "text", "integer", "decimal", "reference", "file", "swatch", "boolean"]
)
def test_an_attribute_that_a_file_brings_is_one(kind: Any) -> None:
    fresh = fresh_attribute(7, "frame_width", kind)
    assert check_attribute(fresh) == []
    assert fresh.label == "Frame width"


def test_neither_case_nor_spaces_tell_two_words_apart() -> None:
    assert word_key("  Navy\u00a0 BLUE ") == word_key("navy blue") == "navy blue"
    assert word_key("STRASSE") == word_key("Straße")
    assert word_key("Grün") != word_key("Grun")


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_words_have_the_key_that_all_words_have(word: str) -> None:
    assert word_key(word) == word_key(f"{word} é").removesuffix("é").strip()


@given(st.text(max_size=210))
def test_a_word_that_passes_has_a_key_that_fits_an_index(word: str) -> None:
    if word_fault(word) is None:
        assert 0 < len(word_key(word).encode("utf-8", "surrogatepass")) <= 2400


@pytest.mark.parametrize("word", ["", "  ", "a\nb", "a\0b", "x" * 201, "\ufdfa" * 200, "\x7f"])
def test_what_is_no_word_says_so(word: str) -> None:
    assert word_fault(word)


def test_a_word_reads_in_the_locale_in_its_language_or_as_given() -> None:
    value = AttributeValue(
        value_id=1, attribute_id=1, word="red", labels={"de": "Rot", "de-CH": "Root"}
    )
    labels = {each: view_of(value, each).label for each in ("de-CH", "de-AT", "fr", None)}
    assert labels == {"de-CH": "Root", "de-AT": "Rot", "fr": "red", None: "red"}
    assert in_locale({}, None) is None


def test_a_swatch_is_a_colour_or_a_picture() -> None:
    for good in (None, "#ff0099", str(new_id())):
        assert check_swatch(good) is None
    for bad in ("red", "#FF0099", "#fff", str(new_id()).upper()):
        assert check_swatch(bad)


def test_bounds_hold_exactly() -> None:
    width = attribute(1, "w", "decimal", decimals=2, minimum=0.07, maximum=0.3)
    assert number_in_bounds(0.07, width) == 7
    assert number_in_bounds("0.3", width) == 30
    for outside in (0.06, 0.31):
        with pytest.raises(Unfit):
            number_in_bounds(outside, width)


def test_a_label_is_made_of_a_code() -> None:
    assert label_of("frame_width.mm") == "Frame width mm"
    assert label_of("_") == "_"
    assert is_code("a.b-c_1")


def test_the_base_dictionary_keeps_its_own_rules() -> None:
    assert len(BASE) >= 40
    assert len(BASE["color"].values) >= 30
    assert (BASE["weight"].decimals, BASE["weight"].unit) == (3, "kg")
    for base in BASE.values():
        kept = attribute(
            1, base.code, base.kind, decimals=base.decimals, unit=base.unit, is_axis=base.is_axis
        )
        assert check_attribute(kept) == []
        assert set(base.labels) == {"de", "fr"}
        assert len({word_key(each.word) for each in base.values}) == len(base.values)
        for value in base.values:
            assert word_fault(value.word) is None
            assert check_swatch(value.swatch) is None
            assert set(value.labels) in (set(), {"de", "fr"})
