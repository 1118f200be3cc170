"""What products say, there and back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.attributes.model.attributes import ValueView
from galleria.commerce.attributes.model.dictionary import Dictionary, dictionary_of
from galleria.commerce.attributes.model.encoding import (
    decode_attributes,
    describe_attributes,
    encode_attributes,
    kinds_for,
    value_ids_in,
    with_words,
)
from galleria.foundation.ids import new_id
from tests.commerce.attributes.entries import attribute

ID = str(new_id())


def whole() -> Dictionary:
    """An attribute of each kind, named after it."""
    every = [
        attribute(1, "select", "select", position=5),
        attribute(2, "multi_select", "multi_select"),
        attribute(3, "text", "text"),
        attribute(4, "rich_text", "rich_text"),
        attribute(5, "boolean", "boolean"),
        attribute(6, "integer", "integer", minimum=0.0),
        attribute(7, "decimal", "decimal", decimals=2, unit="cm", labels={"de": "Länge"}),
        attribute(8, "date", "date"),
        attribute(9, "swatch", "swatch"),
        attribute(10, "file", "file"),
        attribute(11, "reference", "reference", reference_kind="product"),
        attribute(12, "old", "text", is_archived=True),
    ]
    return dictionary_of(None, every)


RAW: dict[str, Any] = {
    "select": "Oak",
    "multi_select": ["Wool", "Silk"],
    "text": "as it is",
    "rich_text": "<p>so</p>",
    "boolean": True,
    "integer": 7,
    "decimal": 2.5,
    "date": "2026-02-28",
    "swatch": "Red",
    "file": ID,
    "reference": ID,
    "old": "once",
}
IDS = {
    "select": {"Oak": 101},
    "multi_select": {"Wool": 103, "Silk": 102},
    "swatch": {"Red": 104},
}


def view(value_id: int, attribute_id: int, word: str, label: str) -> ValueView:
    return ValueView(
        value_id=value_id,
        attribute_id=attribute_id,
        word=word,
        label=label,
        swatch=None,
        position=value_id,
    )


VIEWS = {
    101: view(101, 1, "Oak", "Eiche"),
    102: view(102, 2, "Silk", "Seide"),
    103: view(103, 2, "Wool", "Wolle"),
    104: view(104, 9, "Red", "Rot"),
}


def test_a_product_says_each_kind_of_thing_and_is_heard_again() -> None:
    dictionary = whole()
    encoded = encode_attributes(dictionary, RAW)
    assert encoded.errors == []
    assert encoded.wanted_words == {
        "select": ["Oak"],
        "multi_select": ["Wool", "Silk"],
        "swatch": ["Red"],
    }
    stored = with_words(encoded, dictionary, IDS)
    assert {number: stored[number] for number in (1, 2, 6, 7, 8, 9)} == {
        1: 101,
        2: [102, 103],
        6: 7,
        7: 250,
        8: "2026-02-28",
        9: 104,
    }
    assert value_ids_in(dictionary, stored) == {101, 102, 103, 104}
    back = decode_attributes(dictionary, stored, VIEWS)
    assert back == {**RAW, "multi_select": ["Silk", "Wool"]}
    again = encode_attributes(dictionary, back)
    assert with_words(again, dictionary, IDS) == stored


def test_shoppers_read_labels_units_and_nothing_archived() -> None:
    dictionary = whole()
    stored = with_words(encode_attributes(dictionary, RAW), dictionary, IDS)
    views = describe_attributes(dictionary, stored, VIEWS, "de-AT")
    texts = {each.code: (each.label, each.text) for each in views}
    assert texts["decimal"] == ("Länge", "2.5 cm")
    assert texts["multi_select"] == ("Multi_select", "Seide, Wolle")
    assert texts["boolean"] == ("Boolean", "true")
    assert texts["text"] == ("Text", "as it is")
    assert "old" not in texts
    assert views[-1].code == "select", "position decides, then the number"
    assert [each.word for each in views[-1].words] == ["Oak"]


@pytest.mark.parametrize(
    ("code", "value", "problem"),
    [
        ("nothing", "x", "unknown_attribute"),
        ("select", True, "invalid_word"),
        ("select", ["Oak"], "invalid_word"),
        ("select", "", "invalid_word"),
        ("select", float("nan"), "invalid_word"),
        pytest.param("select", 10**5000, "invalid_word", id="a giant"),
        ("select", "x" * 201, "invalid_word"),
        ("multi_select", [["Oak"]], "invalid_word"),
        ("multi_select", [f"w{n}" for n in range(101)], "invalid_word"),
        ("text", 7, "wrong_type"),
        ("text", "x" * 10_001, "too_long"),
        ("text", "a\0", "nul_character"),
        ("rich_text", "x" * 10_001, "too_long"),
        ("boolean", 1, "wrong_type"),
        ("boolean", "perhaps", "wrong_type"),
        ("integer", 1.5, "too_precise"),
        ("integer", -1, "out_of_range"),
        ("decimal", "1 kg", "wrong_unit"),
        ("date", "2026-02-30", "invalid_date"),
        ("date", "20260228", "invalid_date"),
        ("file", "x", "invalid_id"),
        ("reference", ID.upper(), "invalid_id"),
    ],
)
def test_what_does_not_fit_is_named(code: str, value: Any, problem: str) -> None:
    encoded = encode_attributes(whole(), {code: value})
    assert [(each.path, each.code) for each in encoded.errors] == [(f"attributes.{code}", problem)]
    assert encoded.stored == {}
    assert encoded.words == {}


def test_what_is_said_loosely_is_understood() -> None:
    dictionary = whole()
    loose = {
        "select": 42,
        "multi_select": "Wool",
        "boolean": " TRUE ",
        "integer": "7",
        "decimal": "1 in",
        "rich_text": "<script>x</script><b>y</b>",
        "text": None,
    }
    encoded = encode_attributes(dictionary, loose)
    assert encoded.errors == []
    assert encoded.wanted_words == {"select": ["42"], "multi_select": ["Wool"]}
    assert encoded.stored == {4: "<b>y</b>", 5: True, 6: 7, 7: 254}
    assert encode_attributes(dictionary, {"multi_select": []}).words == {}


def test_a_product_says_at_most_so_much() -> None:
    raw = {f"a{n}": None for n in range(251)}
    dictionary = dictionary_of(None, [attribute(n, f"a{n}", "text") for n in range(1, 251)])
    problems = {each.code for each in encode_attributes(dictionary, raw).errors}
    assert problems == {"unknown_attribute", "too_many_attributes"}


def test_what_exists_no_more_is_left_out() -> None:
    dictionary = whole()
    stored: dict[int, Any] = {1: 999, 2: [102, 999], 99: "x", 3: "y"}
    assert decode_attributes(dictionary, stored, VIEWS) == {"multi_select": ["Silk"], "text": "y"}
    assert value_ids_in(dictionary, stored) == {999, 102}
    views = describe_attributes(dictionary, stored, VIEWS)
    assert [(each.code, each.text) for each in views] == [
        ("multi_select", "Seide"),
        ("text", "y"),
        ("select", ""),
    ]


def test_a_new_code_gets_the_kind_that_suits_all_that_is_said() -> None:
    raws: list[dict[str, Any]] = [
        {"a": True, "b": 1, "c": "short", "d": "x" * 65, "e": ["x"], "f": "x", "text": 1},
        {"a": False, "b": 2.5, "c": 7, "d": "y", "e": "x", "f": ["y"], "No Code": 1},
        {"a": None, "g": "two\nlines", "h": {"value": 1}},
    ]
    assert kinds_for(whole(), raws) == {
        "a": "boolean",
        "b": "decimal",
        "c": "text",
        "d": "text",
        "e": "multi_select",
        "f": "multi_select",
        "g": "text",
        "h": "text",
    }


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*RAW, "value"]), ANYTHING))
def test_no_json_makes_it_stumble(raw: dict[str, Any]) -> None:
    dictionary = whole()
    encoded = encode_attributes(dictionary, raw)
    ids = {
        code: {word: n for n, word in enumerate(words, 1)}
        for code, words in encoded.wanted_words.items()
    }
    stored = with_words(encoded, dictionary, ids)
    codes = {dictionary.attributes[number].code for number in stored}
    refused = {each.path.removeprefix("attributes.") for each in encoded.errors}
    assert codes.isdisjoint(refused)
    assert codes | refused >= {
        code for code, value in raw.items() if value is not None and value != []
    }
