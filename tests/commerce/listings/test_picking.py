"""The picker says of each value what trying every variant would say."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.listings import UnknownChoice
from galleria.commerce.listings.model import picking
from galleria.commerce.listings.model.making import PriceRange, ShownOption, ShownVariant
from galleria.foundation.money import Money
from tests.commerce.listings.documents import OPTIONS, variants_of


@st.composite
def choices(draw: st.DrawFn) -> tuple[list[ShownOption], list[ShownVariant], dict[str, str]]:
    options = draw(OPTIONS)
    chosen = {
        option.name: draw(st.sampled_from(option.values))
        for option in options
        if draw(st.booleans())
    }
    return options, draw(variants_of(options)), chosen


def tried(variants: list[ShownVariant], wanted: dict[int, str]) -> list[ShownVariant]:
    return [v for v in variants if all(v.options[axis] == word for axis, word in wanted.items())]


def summary(variants: list[ShownVariant]) -> tuple[bool, bool, PriceRange | None]:
    amounts = [v.price.amount_minor for v in variants]
    prices = PriceRange(Money(min(amounts), "EUR"), Money(max(amounts), "EUR")) if amounts else None
    return bool(variants), any(v.is_available for v in variants), prices


@given(choices())
def test_each_value_is_judged_beside_the_choices_on_the_other_axes(case: Any) -> None:
    options, variants, chosen = case
    numbers = picking.chosen_numbers(options, chosen)
    matrix = picking.matrix_of(options, variants)
    picker, place = picking.pick(options, matrix, numbers, "EUR")

    wanted = {at: chosen[o.name] for at, o in enumerate(options) if o.name in chosen}
    for at, (option, axis) in enumerate(zip(options, picker.axes, strict=True)):
        assert axis.chosen == chosen.get(option.name)
        for shown in axis.values:
            found = tried(variants, {**wanted, at: shown.value})
            assert (shown.exists, shown.is_available, shown.price_range) == summary(found)
    whole = tried(variants, wanted)
    assert picker.matching_count == len(whole)
    assert picker.price_range == summary(whole)[2]
    is_complete = len(wanted) == len(options) and bool(whole)
    assert place == (variants.index(whole[0]) if is_complete else None)


@given(choices())
def test_a_matrix_comes_back_from_its_bytes(case: Any) -> None:
    matrix = picking.matrix_of(case[0], case[1])
    assert picking.Matrix.from_bytes(matrix.to_bytes()) == matrix


def test_what_is_no_option_or_no_value_of_it_is_refused() -> None:
    options = [ShownOption("Size", ["S", "M"])]
    assert picking.chosen_numbers(options, {"Size": "M"}) == [1]
    for choice in ({"Colour": "Red"}, {"Size": "XL"}):
        with pytest.raises(UnknownChoice):
            picking.chosen_numbers(options, choice)
