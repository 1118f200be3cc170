"""Measures, exactly."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.attributes.model.units import (
    MAX_SCALED,
    UNITS,
    Unfit,
    convert,
    family_of,
    scaled,
    unscaled,
    written,
)


@pytest.mark.parametrize(
    ("raw", "decimals", "unit", "stored"),
    [
        (2.5, 1, "cm", 25),
        ("2.5", 1, "cm", 25),
        (" 2.5 cm ", 1, "cm", 25),
        ("2.5cm", 1, "mm", 250),
        ({"value": 2.5, "unit": "cm"}, 0, "mm", 25),
        ({"value": "1", "unit": "in"}, 2, "cm", 254),
        ("1 lb", 3, "kg", 454),
        ("-1 lb", 3, "kg", -454),
        ("0.5 kW", 0, "W", 500),
        (0.1, 6, None, 100_000),
        (-7, 0, None, -7),
        (10**15 - 1, 0, None, MAX_SCALED),
        ("5 mm", 0, "cm", 1),
    ],
)
def test_a_measure_is_stored_in_the_attributes_unit(
    raw: object, decimals: int, unit: str | None, stored: int
) -> None:
    assert scaled(raw, decimals, unit) == stored


@pytest.mark.parametrize(
    ("raw", "unit", "code"),
    [
        (None, None, "wrong_type"),
        (True, None, "wrong_type"),
        ([1], None, "wrong_type"),
        (float("nan"), None, "wrong_type"),
        (float("inf"), None, "wrong_type"),
        ("", None, "wrong_type"),
        ("2,5", None, "wrong_type"),
        ("1e999999", None, "wrong_unit"),
        ("9" * 31, None, "wrong_type"),
        ({"value": 1}, "cm", "wrong_type"),
        ({"value": 1, "unit": 2}, "cm", "wrong_type"),
        ({"value": 1, "unit": "cm", "more": 1}, "cm", "wrong_type"),
        ({"value": {"value": 1, "unit": "cm"}, "unit": "cm"}, "cm", "wrong_type"),
        ({"value": "1 cm", "unit": "cm"}, "cm", "wrong_type"),
        ("1 cm", None, "wrong_unit"),
        ("1 kg", "cm", "wrong_unit"),
        ("1 elbow", "cm", "unknown_unit"),
        (1.25, "cm", "too_precise"),
        ("1.25 cm", "cm", "too_precise"),
        (10**14, "cm", "out_of_range"),
        pytest.param(10**5000, "cm", "out_of_range", id="a giant"),
        (1e300, "cm", "out_of_range"),
        ("99999999999 km", "cm", "out_of_range"),
    ],
)
def test_what_is_no_measure_says_why(raw: object, unit: str | None, code: str) -> None:
    with pytest.raises(Unfit) as refused:
        scaled(raw, 1, unit)
    assert refused.value.code == code


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.fractions())
def test_there_and_back_is_where_it_was(unit: str, other: str, value: Fraction) -> None:
    if family_of(unit) != family_of(other):
        with pytest.raises(Unfit):
            convert(value, unit, other)
    else:
        assert convert(convert(value, unit, other), other, unit) == value


@given(st.integers(-MAX_SCALED, MAX_SCALED), st.integers(0, 6))
def test_a_number_comes_out_as_it_went_in(stored: int, decimals: int) -> None:
    assert scaled(unscaled(stored, decimals), decimals) == stored
    assert scaled(written(stored, decimals), decimals) == stored


def test_a_number_is_written_without_idle_zeros() -> None:
    assert written(2500, 3, "kg") == "2.5 kg"
    assert written(-2000, 3) == "-2"
    assert written(-5, 1) == "-0.5"
    assert written(100, 0) == "100"
    assert family_of("elbow") is None
