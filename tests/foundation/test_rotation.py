"""Replacing credentials: what ends when, and what is safe."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.foundation.rotation import (
    MOST_GRACE,
    Life,
    deprecation_header,
    grace_end,
    is_browned_out,
    opens_at,
    same_span,
    state_at,
    sunset_header,
    verdict,
    warning_due,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("life", "state", "dead"),
    [
        (Life(expires_at=NOW), "active", "expired"),
        (Life(grace_ends_at=NOW), "grace", "grace_ended"),
        (Life(grace_ends_at=NOW, expires_at=NOW), "grace", "grace_ended"),
        (Life(grace_ends_at=NOW, expires_at=NOW + HOUR), "grace", "grace_ended"),
        (Life(revoked_at=NOW - HOUR, grace_ends_at=NOW, expires_at=NOW), "revoked", "revoked"),
        (Life(revoked_at=NOW + HOUR), "revoked", "revoked"),
        (Life(), "active", "active"),
    ],
)
def test_a_credential_ends_at_its_instant_and_says_by_what(
    life: Life, state: str, dead: str
) -> None:
    assert state_at(life, NOW - TICK) == state
    assert state_at(life, NOW) == dead
    assert opens_at(life, NOW - TICK) == (state in {"active", "grace"})
    assert opens_at(life, NOW) == (dead == "active")


@given(
    grace_s=st.integers(0, int(MOST_GRACE.total_seconds())),
    microsecond=st.integers(0, 999_999),
    left_s=st.none() | st.floats(0.001, 10**8),
)
def test_a_grace_window_is_as_long_as_asked_for_but_never_outlives_the_credential(
    grace_s: int, microsecond: int, left_s: float | None
) -> None:
    now = NOW.replace(microsecond=microsecond)
    expires_at = None if left_s is None else now + timedelta(seconds=left_s)
    ends_at = grace_end(Life(expires_at=expires_at), now, timedelta(seconds=grace_s))

    assert ends_at == expires_at or now + timedelta(seconds=grace_s) <= ends_at
    assert ends_at < now + timedelta(seconds=grace_s + 1)
    assert expires_at is None or ends_at <= expires_at
    assert ends_at in (now, expires_at) or ends_at.microsecond == 0
    if grace_s == 0:
        assert ends_at == now, "what has leaked is dead at once"


def test_what_ends_already_does_not_end_later() -> None:
    life = Life(grace_ends_at=NOW + HOUR)
    assert grace_end(life, NOW, DAY) == NOW + HOUR


def test_a_successor_lives_as_long_as_its_predecessor_was_meant_to() -> None:
    assert same_span(NOW, Life(expires_at=NOW + 30 * DAY), NOW + 20 * DAY) == NOW + 50 * DAY
    assert same_span(NOW, Life(), NOW) is None


@pytest.mark.parametrize(
    ("percent", "draw", "refused"),
    [(0, 0.0, False), (1, 0.0099, True), (1, 0.01, False), (100, 0.999_999, True)],
)
def test_a_brown_out_refuses_its_share(percent: int, draw: float, refused: bool) -> None:
    assert is_browned_out(percent, draw) is refused


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (-HOUR, -HOUR, "old_in_use"),
        (-DAY + TICK, -HOUR, "old_in_use"),
        (-DAY, -HOUR, "safe"),
        (None, -HOUR, "safe"),
        (-2 * DAY, None, "new_not_used"),
        (-2 * DAY, -DAY - TICK, "new_not_used"),
        (None, None, "new_not_used"),
    ],
)
def test_it_is_safe_to_finish_when_the_old_is_silent_and_the_new_is_used(
    old: timedelta | None, new: timedelta | None, said: str
) -> None:
    old_at, new_at = (None if each is None else NOW + each for each in (old, new))
    assert verdict(old_at, new_at, NOW - 3 * DAY, NOW, DAY) == said


def test_a_use_of_the_new_one_from_before_it_replaced_the_old_says_nothing() -> None:
    assert verdict(None, NOW - 2 * HOUR, NOW - HOUR, NOW, DAY) == "new_not_used"


@pytest.mark.parametrize(
    ("left", "warned", "due"),
    [
        (15 * DAY, None, None),
        (14 * DAY, None, 14),
        (14 * DAY, 14, None),
        (3 * DAY + TICK, 14, None),
        (3 * DAY, 14, 3),
        (3 * DAY, None, 3),
        (DAY, 3, 1),
        (HOUR, 1, None),
        (timedelta(0), 3, None),
    ],
)
def test_each_warning_is_due_once(left: timedelta, warned: int | None, due: int | None) -> None:
    assert warning_due(NOW + left, NOW, warned) == due


def test_the_headers_are_written_as_the_standards_say() -> None:
    assert deprecation_header(datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC)) == "@59"
    assert sunset_header(datetime(2018, 11, 11, 23, 59, 59, tzinfo=UTC)) == (
        "Sun, 11 Nov 2018 23:59:59 GMT"
    )
