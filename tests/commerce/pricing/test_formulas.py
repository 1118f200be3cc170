"""Formulas change prices exactly: no float, halves go up, nothing below zero."""

from collections.abc import Mapping
from fractions import Fraction
from math import floor

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from galleria.commerce.pricing import InvalidFormula, PriceFormula
from galleria.commerce.pricing.model.formulas import Changed, apply_formula, check_formula
from galleria.foundation.http import MAX_INT53

AMOUNTS = st.integers(0, 10**9)
Step = Mapping[str, object]


def formula(*steps: Step) -> PriceFormula:
    """A formula as it comes in over the wire."""
    return msgspec.convert({"steps": steps}, PriceFormula)


def after(amount: int, *steps: Step, currency: str = "EUR") -> int:
    return apply_formula(formula(*steps), amount, None, currency).amount_minor


@given(AMOUNTS, st.integers(-100 * 10**4, 9_999 * 10**4))
def test_a_percentage_is_exact_and_a_half_goes_up(amount: int, ten_thousandths: int) -> None:
    sign, size = "-" if ten_thousandths < 0 else "", abs(ten_thousandths)
    percent = f"{sign}{size // 10**4}.{size % 10**4:04d}"
    exact = amount * (1 + Fraction(ten_thousandths, 10**6))
    assert after(amount, {"do": "percent", "percent": percent}) == floor(exact + Fraction(1, 2))


@given(AMOUNTS, st.integers(1, 10_000), st.sampled_from(["nearest", "up", "down"]))
@example(15, 10, "nearest")
def test_rounding_gives_the_next_multiple_of_the_step(amount: int, step: int, way: str) -> None:
    rounded = after(amount, {"do": "round", "step_minor": step, "direction": way})
    assert rounded % step == 0
    if way == "up":
        assert 0 <= rounded - amount < step
    elif way == "down":
        assert 0 <= amount - rounded < step
    else:
        assert -step <= 2 * (amount - rounded) < step, "a half goes up"


@given(
    AMOUNTS,
    st.sampled_from(
        [
            (".99", "EUR", 99, 100),
            (".95", "EUR", 95, 100),
            (".9", "EUR", 90, 100),
            ("9.95", "EUR", 995, 1000),
            ("80", "JPY", 80, 100),
            (".99", "KWD", 990, 1000),
        ]
    ),
    st.sampled_from(["nearest", "up", "down"]),
)
def test_an_amount_ends_as_asked_and_nothing_nearer_does(
    amount: int, ending: tuple[str, str, int, int], way: str
) -> None:
    text, currency, rest, modulus = ending
    step = {"do": "end_in", "ending": text, "direction": way}
    found = after(amount, step, currency=currency)
    near = range(max(0, amount - 2 * modulus), amount + 2 * modulus + 1)
    fitting = [each for each in near if each % modulus == rest]
    above = [each for each in fitting if each >= amount]
    below = [each for each in fitting if each <= amount]
    if way == "up" or not below:
        expected = min(above)
    elif way == "down":
        expected = max(below)
    else:
        expected = min(fitting, key=lambda each: (abs(each - amount), -each))
    assert found == expected


def test_steps_follow_one_another() -> None:
    reduced = formula(
        {"do": "keep_as_compare_at"},
        {"do": "percent", "percent": "-20"},
        {"do": "end_in", "ending": ".99"},
    )
    assert apply_formula(reduced, 1000, None, "EUR") == Changed(799, 1000)
    back = formula({"do": "take_compare_at"})
    assert apply_formula(back, 799, 1000, "EUR") == Changed(1000, None)
    assert apply_formula(back, 799, None, "EUR") == Changed(799, None)
    assert after(50, {"do": "set", "amount_minor": 700}, {"do": "add", "amount_minor": -1}) == 699


def test_what_is_no_reduction_is_not_compared_with() -> None:
    raised = formula({"do": "keep_as_compare_at"}, {"do": "percent", "percent": "5"})
    assert apply_formula(raised, 1000, None, "EUR") == Changed(1050, None)


@given(AMOUNTS, st.integers(1, 10**9))
def test_a_price_below_zero_or_too_large_is_refused_and_stays(amount: int, more: int) -> None:
    less = apply_formula(
        formula({"do": "add", "amount_minor": -amount - more}, {"do": "end_in", "ending": ".99"}),
        amount,
        None,
        "EUR",
    )
    assert less == Changed(amount, None, "below_zero"), "rounding does not make it a price"
    large = formula({"do": "set", "amount_minor": MAX_INT53}, {"do": "add", "amount_minor": more})
    assert apply_formula(large, amount, None, "EUR") == Changed(amount, None, "too_large")


@pytest.mark.parametrize(
    ("step", "currency", "code"),
    [
        ({"do": "end_in", "ending": ".999"}, "EUR", "invalid_ending"),
        ({"do": "end_in", "ending": ".99"}, "JPY", "invalid_ending"),
        ({"do": "end_in", "ending": "."}, "EUR", "invalid_ending"),
        ({"do": "end_in", "ending": "1.2.3"}, "EUR", "invalid_ending"),
        ({"do": "percent", "percent": "-100.0001"}, "EUR", "too_small"),
    ],
)
def test_a_formula_that_cannot_be_says_which_step(step: Step, currency: str, code: str) -> None:
    with pytest.raises(InvalidFormula) as raised:
        check_formula(formula({"do": "add", "amount_minor": 1}, step), currency)
    assert [error.code for error in raised.value.errors] == [code]
    assert raised.value.errors[0].path.startswith("formula.steps[1].")


@pytest.mark.parametrize(
    "step",
    [
        {"do": "percent", "percent": "ten"},
        {"do": "percent", "percent": "1e3"},
        {"do": "set", "amount_minor": -1},
        {"do": "set", "amount_minor": 10**18},
        {"do": "round", "step_minor": 0},
        {"do": "invent"},
    ],
)
def test_what_is_no_step_does_not_come_in(step: Step) -> None:
    with pytest.raises(msgspec.ValidationError):
        formula(step)
