"""Properties get codes: by their prefix or not, and one kind for each code."""

import pytest

from galleria.commerce.imports.model.attribute_names import AttributeNames, attribute_code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("width", "width"),
        ("intel__64_", "intel__64_"),
        ("Frame width (mm)", "frame_width_mm"),
        ("Größe", "grosse"),
        ("_x", "x"),
    ],
)
def test_a_name_is_spelled_as_a_code(name: str, code: str) -> None:
    assert attribute_code(name) == code


def test_names_in_other_scripts_have_codes_of_their_own() -> None:
    assert attribute_code("颜色") != attribute_code("尺寸")


def test_prefixes_say_the_kind_and_go() -> None:
    names = AttributeNames({}, has_prefixes=True)
    assert names.coded({"n_width": 5.0, "t_type": "Cable", "b_new": True, "t_": "x"}) == {
        "width": 5.0,
        "type": "Cable",
        "new": True,
        "t_": "x",
    }
    assert names.coded({"n_width": "wide", "b_side": 3}) == {"n_width": "wide", "b_side": 3}


def test_the_second_kind_of_a_name_gets_its_kind_behind_it() -> None:
    names = AttributeNames({}, has_prefixes=True)
    assert names.coded({"n_size": 5, "t_size": "large"}) == {"size": 5, "size_text": "large"}
    assert names.coded({"t_size": "small"}) == {"size_text": "small"}


def test_the_dictionary_decides_who_was_first() -> None:
    names = AttributeNames({"size": "text", "cut": "select"}, has_prefixes=True)
    assert names.coded({"n_size": 5, "t_cut": "slim"}) == {"size_number": 5, "cut": "slim"}


def test_in_an_export_of_ours_names_are_codes_already() -> None:
    names = AttributeNames({}, has_prefixes=False)
    assert names.coded({"t_shirt_size": "L", "b_side": True, "none": None}) == {
        "t_shirt_size": "L",
        "b_side": True,
    }
