"""What time it is: the wall clock in production, a clock you wind by hand in tests."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant, always with the time zone UTC."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's wall clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class AheadClock:
    """A clock that is ahead of another one."""

    def __init__(self, base: Clock, ahead: timedelta) -> None:
        """Be `ahead` of `base`, by zero or more."""
        assert ahead >= timedelta(0), "time does not go back"
        self.base = base
        self._ahead = ahead

    def now(self) -> datetime:
        """The other clock's instant and as much more, in UTC."""
        return self.base.now() + self._ahead


class ManualClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, at: datetime) -> None:
        """Set the clock to `at`, an aware instant in any time zone."""
        assert at.tzinfo is not None, "an instant needs a time zone"
        self._now = at.astimezone(UTC)

    def now(self) -> datetime:
        """The instant the clock was last set or wound to, in UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Wind the clock forward by `seconds` >= 0."""
        assert seconds >= 0, "time does not go back"
        self._now += timedelta(seconds=seconds)
