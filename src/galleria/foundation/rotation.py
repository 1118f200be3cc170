"""How a credential is replaced while nobody notices: for a while the old and the new one both open.

Rules without a store or a clock, for whatever is replaced this way: keys, secrets of webhooks,
credentials of connectors. Whoever keeps a credential keeps its `Life`, asks `state_at` at each use,
and so lets it end at its exact instant, whatever else is late.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal, TypeAlias

import msgspec

MOST_GRACE = timedelta(days=90)
WARNED_DAYS = (14, 3, 1)

State: TypeAlias = Literal["active", "grace", "grace_ended", "expired", "revoked"]
Verdict: TypeAlias = Literal["safe", "old_in_use", "new_not_used"]


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """When a credential ends, by whichever way comes first; all None: never."""

    expires_at: datetime | None = None
    grace_ends_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """The instant from which it opens nothing, None for never."""
        known = [each for each in (self.expires_at, self.grace_ends_at, self.revoked_at) if each]
        return min(known, default=None)


def state_at(life: Life, now: datetime) -> State:
    """What the credential is at this instant: it opens while `active` or in `grace`.

    What somebody did is said before what time did: a revoked one is revoked, expired or not, and
    also for a machine whose clock is behind that of whoever revoked it.
    """
    if life.revoked_at is not None:
        return "revoked"
    if life.grace_ends_at is not None and life.grace_ends_at <= now:
        return "grace_ended"
    if life.expires_at is not None and life.expires_at <= now:
        return "expired"
    return "active" if life.grace_ends_at is None else "grace"


def opens_at(life: Life, now: datetime) -> bool:
    """True until the very instant at which it ends."""
    return state_at(life, now) in {"active", "grace"}


def grace_end(life: Life, now: datetime, grace: timedelta) -> datetime:
    """When the old credential ends that is replaced now: never later than it would have anyway.

    A window ends on a whole second, since that is what headers can say; none at all ends now.

    Args:
        life: the old one's, which opens now.
        now: when it is replaced.
        grace: for how long both open, zero to MOST_GRACE.
    """
    assert opens_at(life, now), "only what opens is replaced"
    assert timedelta(0) <= grace <= MOST_GRACE, "callers have checked the window"
    wanted = now + grace
    if grace and wanted.microsecond:
        wanted = wanted.replace(microsecond=0) + timedelta(seconds=1)
    return min([wanted, *(each for each in (life.ends_at,) if each)])


def same_span(made_at: datetime, life: Life, now: datetime) -> datetime | None:
    """When the new credential expires that is to live as long as the old one was meant to."""
    return None if life.expires_at is None else now + (life.expires_at - made_at)


def is_browned_out(percent: int, draw: float) -> bool:
    """Whether this use is refused to show what the end will be like.

    Args:
        percent: of the uses of a credential in grace, 0 to 100.
        draw: uniform in [0, 1), one a use.
    """
    return draw * 100 < percent


def verdict(
    old_used_at: datetime | None,
    new_used_at: datetime | None,
    replaced_at: datetime,
    now: datetime,
    quiet: timedelta,
) -> Verdict:
    """Whether the old credential can be ended, judged by what was used when.

    Safe when nobody has used the old one for `quiet` while the new one was: without a use of the
    new one silence may only mean that the program sleeps.
    """
    if old_used_at is not None and old_used_at > now - quiet:
        return "old_in_use"
    if new_used_at is None or new_used_at < max(replaced_at, now - quiet):
        return "new_not_used"
    return "safe"


def warning_due(
    ends_at: datetime, now: datetime, warned_days: int | None, days: Sequence[int] = WARNED_DAYS
) -> int | None:
    """The warning that is due now: how many days before the end it belongs to; None for none.

    Args:
        ends_at: when the credential ends.
        now: the present.
        warned_days: the last warning that was given for this end, None for none.
        days: before the end, when to warn.
    """
    if ends_at <= now:
        return None
    reached = [each for each in days if ends_at - now <= timedelta(days=each)]
    if not reached or (warned_days is not None and warned_days <= min(reached)):
        return None
    return min(reached)


def deprecation_header(replaced_at: datetime) -> str:
    """The value of `Deprecation` for a credential in grace. Source: RFC 9745."""
    return f"@{int(replaced_at.timestamp())}"


def sunset_header(ends_at: datetime) -> str:
    """The value of `Sunset`, an HTTP date. Source: RFC 8594."""
    return format_datetime(ends_at.astimezone(UTC), usegmt=True)
