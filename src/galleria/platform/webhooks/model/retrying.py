"""When something is tried again, and when somebody who fails is left alone.

The pauses are those that Standard Webhooks suggests: ten tries within some three days.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

PAUSES_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
MOST_TRIES = len(PAUSES_S) + 1
JITTER = 0.2  # of a pause, either way: those that failed together do not come back together
LONGEST_ASKED_S = 86_400  # by Retry-After
GONE = 410

OPENS_AFTER = 5  # failures in a row
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 900.0  # so that somebody who is well again waits a quarter of an hour at most

Fate = Literal["delivered", "again", "failed"]


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How an endpoint did lately. `failing_since` is its first failure after its last success;
    before `open_until` nothing is sent to it.
    """

    failures_in_row: int = 0
    trips: int = 0
    failing_since: datetime | None = None
    open_until: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_error: str | None = None

    @property
    def is_tripped(self) -> bool:
        """True when one try at a time decides whether it is well again."""
        return self.failures_in_row >= OPENS_AFTER

    def is_open(self, now: datetime) -> bool:
        """True while nothing is sent."""
        return self.open_until is not None and now < self.open_until


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a try: the answer's status, or a code that says why there was none."""

    status: int | None
    error: str | None = None
    retry_after_s: int | None = None

    @property
    def is_success(self) -> bool:
        """True when it was taken: any status from 200 to 299."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def reason(self) -> str | None:
        """Why it was not taken, None when it was."""
        if self.is_success:
            return None
        return self.error or f"status {self.status}"


def fate_of(outcome: Outcome, tries: int) -> Fate:
    """What becomes of a delivery after its `tries`-th try came out so."""
    if outcome.is_success:
        return "delivered"
    return "failed" if outcome.status == GONE or tries >= MOST_TRIES else "again"


def pause_s(outcome: Outcome, tries: int, luck: float) -> float:
    """Seconds until the next try after `tries` >= 1 of them failed; `luck` is from 0 to 1.

    What the receiver asked for by Retry-After is the least, up to a day.
    """
    assert 1 <= tries < MOST_TRIES, "there is a next try"
    pause = PAUSES_S[tries - 1] * (1 + JITTER * (2 * luck - 1))
    return max(pause, min(outcome.retry_after_s or 0, LONGEST_ASKED_S))


def after(health: Health, outcome: Outcome, now: datetime, luck: float) -> Health:
    """The endpoint's health after one more try."""
    if outcome.is_success:
        return msgspec.structs.replace(
            health,
            failures_in_row=0,
            trips=0,
            failing_since=None,
            open_until=None,
            last_success_at=now,
        )
    failures = health.failures_in_row + 1
    # Several may fail on their way at once: while it is left alone that is one more reason to.
    trips = health.trips
    left_alone_s = 0.0
    if failures >= OPENS_AFTER and not health.is_open(now):
        pause = min(FIRST_PAUSE_S * 2.0**trips, LONGEST_PAUSE_S)
        left_alone_s = pause * (1 + JITTER * (2 * luck - 1))
        trips += 1
    if outcome.status in (429, 503) and outcome.retry_after_s:
        left_alone_s = max(left_alone_s, min(outcome.retry_after_s, LONGEST_PAUSE_S))
    until = health.open_until
    if left_alone_s:
        wanted = now + timedelta(seconds=left_alone_s)
        until = wanted if until is None else max(until, wanted)
    return msgspec.structs.replace(
        health,
        failures_in_row=failures,
        trips=trips,
        failing_since=health.failing_since or now,
        open_until=until,
        last_failure_at=now,
        last_error=(outcome.reason or "")[:500],
    )
