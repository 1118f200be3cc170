"""The clocks."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from galleria.foundation.clock import Clock, ManualClock, SystemClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_system_clock_tells_the_present_instant_in_utc() -> None:
    clock: Clock = SystemClock()
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_a_manual_clock_stands_still_until_it_is_wound() -> None:
    clock = ManualClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(90.5)
    assert clock.now() == NOON + timedelta(seconds=90.5)


def test_a_manual_clock_set_in_another_time_zone_tells_utc() -> None:
    clock = ManualClock(NOON.astimezone(timezone(timedelta(hours=2))))
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.now() == NOON


def test_a_manual_clock_refuses_an_instant_without_time_zone_and_going_back() -> None:
    with pytest.raises(AssertionError, match="time zone"):
        ManualClock(datetime(2026, 3, 1))
    with pytest.raises(AssertionError, match="go back"):
        ManualClock(NOON).advance(-1)
