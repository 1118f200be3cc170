"""The rules of stock by themselves."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.inventory.errors import InvalidLevel, StockTooLow
from galleria.commerce.inventory.events import MAX_IDS, stock_changed
from galleria.commerce.inventory.model import levels, promising, selling
from galleria.commerce.inventory.model.levels import Level, StockLevel
from galleria.commerce.inventory.model.promising import ShortLine
from galleria.commerce.inventory.model.selling import Availability, Policy
from galleria.foundation.ids import new_id

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)


def level(**fields: Any) -> StockLevel:
    """Ten on hand, none reserved."""
    usual: dict[str, Any] = {
        "variant_id": ONE,
        "location_id": 2,
        "on_hand": 10,
        "reserved": 0,
        "safety": 0,
        "updated_at": NOW,
    }
    return StockLevel(**{**usual, **fields})


@given(
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(-30, 30),
    st.booleans(),
    st.booleans(),
)
def test_an_adjustment_never_takes_what_is_not_there_or_is_promised(
    on_hand: int, reserved: int, delta: int, is_tracked: bool, allows_backorder: bool
) -> None:
    policy = Policy(variant_id=ONE, is_tracked=is_tracked, allows_backorder=allows_backorder)
    before = level(on_hand=on_hand, reserved=reserved)
    may_undercut = allows_backorder or not is_tracked or delta >= 0
    is_fine = on_hand + delta >= 0 and (may_undercut or on_hand + delta >= reserved)
    if is_fine:
        assert levels.adjusted(before, delta, policy, NOW).on_hand == on_hand + delta
    else:
        with pytest.raises(StockTooLow):
            levels.adjusted(before, delta, policy, NOW)


def test_available_is_what_is_neither_promised_nor_kept_back() -> None:
    assert level(on_hand=10, reserved=3, safety=2).available == 5
    assert level(on_hand=1, reserved=3).available == 0


def test_an_availability_covers_what_can_be_sold() -> None:
    counted = Availability(available=2, is_tracked=True, allows_backorder=False)
    assert (counted.covers(2), counted.covers(3)) == (True, False)
    assert Availability(available=0, is_tracked=False, allows_backorder=False).covers(9)
    assert Availability(available=0, is_tracked=True, allows_backorder=True).covers(9)


@given(st.lists(st.tuples(st.sampled_from([ONE, TWO]), st.integers(1, 9)), max_size=8))
def test_lines_put_together_keep_their_sum_and_come_by_id(lines: list[tuple[UUID, int]]) -> None:
    wanted = promising.together(lines)
    assert sum(wanted.values()) == sum(quantity for _, quantity in lines)
    assert list(wanted) == sorted({variant_id for variant_id, _ in lines})


def test_no_more_than_500_variants_are_promised_at_once() -> None:
    with pytest.raises(InvalidLevel):
        promising.together([(new_id(), 1) for _ in range(501)])


def test_a_short_line_is_named_by_its_first_place() -> None:
    lines = [(TWO, 1), (ONE, 2), (ONE, 3)]
    error = promising.out_of_stock(lines, [ShortLine(ONE, 5, 4)])
    assert [each.path for each in error.errors] == ["lines[1].quantity"]


@given(st.integers(-5, 30), st.integers(-20, 20))
def test_a_change_is_told_when_shoppers_see_another_word(after: int, change: int) -> None:
    words = ["sold out", "scarce", "plentiful"]
    before = words[selling.band(after - change)]
    told = selling.crossed({ONE: after}, {ONE: change})
    assert bool(told) == (words[selling.band(after)] != before)


@pytest.mark.parametrize(("available", "band"), [(-1, 0), (0, 0), (1, 1), (5, 1), (6, 2)])
def test_shoppers_see_three_bands(available: int, band: int) -> None:
    assert selling.band(available) == band


def test_a_level_has_a_known_place_and_a_possible_count() -> None:
    assert levels.check_level(Level(ONE, 2, 3), {2}) is None
    codes = [
        refusal.code
        for refusal in (
            levels.check_level(Level(ONE, 1, 3), {2}),
            levels.check_level(Level(ONE, 2, -1), {2}),
            levels.check_level(Level(ONE, 2, 2**31), {2}),
        )
        if refusal
    ]
    assert codes == ["location_not_found", "out_of_range", "out_of_range"]


def test_events_name_the_variant_when_it_is_one() -> None:
    ids = [new_id() for _ in range(MAX_IDS + 1)]
    subjects = [(event.subject, len(event.variant_ids)) for event in stock_changed(ids, "set")]
    assert subjects == [("stock", 500), (str(ids[-1]), 1)]
