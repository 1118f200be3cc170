"""Numbers that products have, and ranges of them that shoppers want."""

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galleria.engines.search_index import (
    InvalidSearchDocument,
    InvalidSearchQuery,
    NumberBounds,
    RangeFilter,
)
from galleria.engines.search_index.ranges import number_terms, range_terms
from tests.contracts.search_shops import Shop, document, question

pytest_plugins = ["tests.contracts.conftest_search"]

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def screen(product_id: str, *inches: float, **more: Any) -> Any:
    """A screen of so many inches."""
    return document(product_id, f"Screen {product_id}", numbers={"size in": inches}, **more)


async def test_a_range_lets_through_what_has_a_number_in_it(shop: Shop) -> None:
    await shop.put(screen("13", 13.3), screen("14", 14), screen("27", 27), document("tv", "Screen"))
    for least, most, found in (
        (13, 14, ["13", "14"]),
        (13.3, 13.3, ["13"]),
        (None, 20, ["13", "14"]),
        (14.01, None, ["27"]),
        (28, None, []),
        (20, 10, []),
    ):
        assert sorted(await shop.found(ranges=(RangeFilter("size in", least, most),))) == found
    assert len(await shop.found(ranges=(RangeFilter("size in"),))) == 3


async def test_bounds_are_those_without_the_own_range_and_with_all_else(shop: Shop) -> None:
    await shop.put(
        screen("1", 13.3, brand="A"), screen("2", 27, 32, brand="A"), screen("3", 55, brand="B")
    )
    answer = await shop.ask(bounds_of=("size in", "weight"))
    assert answer.numbers == (NumberBounds("size in", 13.3, 55),)
    answer = await shop.ask(ranges=(RangeFilter("size in", 20, 30),), bounds_of=("size in",))
    assert answer.numbers == (NumberBounds("size in", 13.3, 55),)
    assert [hit.product_id for hit in answer.hits] == ["2"]
    assert (await shop.facets(ranges=(RangeFilter("size in", 20),), facets=("@brand",))) == {
        "@brand": {"A": 1, "B": 1}
    }


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_numbers_are_finite(bad: float) -> None:
    with pytest.raises(InvalidSearchDocument):
        screen("1", bad)
    with pytest.raises(InvalidSearchQuery):
        question(ranges=(RangeFilter("size in", bad, 1),))


def test_ranges_and_numbers_are_bounded() -> None:
    with pytest.raises(InvalidSearchDocument):
        screen("1", *range(21))
    with pytest.raises(InvalidSearchQuery):
        question(ranges=(RangeFilter("a", 1), RangeFilter("a", 2)))
    with pytest.raises(InvalidSearchQuery):
        question(ranges=tuple(RangeFilter(f"code{each}", 1) for each in range(41)))
    with pytest.raises(InvalidSearchQuery):
        question(bounds_of=("",))


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_number_shares_a_term_with_the_ranges_it_is_in(
    number: float, one: float, other: float
) -> None:
    least, most = sorted((one, other))
    terms = range_terms(least, most)
    assert len(terms) <= 704
    shares = bool(set(number_terms(number)) & set(terms))
    assert shares or not least <= number <= most
    # Numbers that differ by one in ten million may be taken for each other.
    close = 1e-7 * max(abs(least), abs(most), 1e-300)
    assert not shares or least - close <= number <= most + close


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-50, 50), max_size=8), st.integers(-60, 60), st.integers(-60, 60))
async def test_ranges_are_those_of_a_naive_look(
    shop: Shop, sizes: list[int], least: int, most: int
) -> None:
    made = [screen(str(at), size / 2) for at, size in enumerate(sizes)]
    await shop.put(*made, deletes=[str(each) for each in range(len(made), 8)])
    found = await shop.found(ranges=(RangeFilter("size in", least / 2, most / 2),))
    naive = {str(at) for at, size in enumerate(sizes) if least <= size <= most}
    assert set(found) == naive
