"""How soon after its commit a change can be found: counted in stretches of time, and read off them.

What is counted is products of changes: one that changed twice counts twice. As with any histogram
a percentile is known to within its bucket, here a quarter of itself.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import accumulate
from math import ceil
from typing import Literal, TypeAlias

import msgspec

LISTENER = "search.listings_changed"  # who puts changes into the index, by its name in the log
# The index's port promises that readers see a commit at most so much later.
SEEN_WITHIN_MS = 200.0
_SHORTEST_MS = 250.0
_STEP = 1.25
# Upper bounds: 250 ms and each a quarter more, 44 of them up to an hour; what took longer is in a
# bucket of its own. Rows name buckets by number, so these never change.
BOUNDS_MS = tuple(_SHORTEST_MS * _STEP**place for place in range(44))
_EACH_SHOWN = 3
SHOWN_BOUNDS_MS = BOUNDS_MS[::_EACH_SHOWN]  # of the operator's figure, where each bucket is a line

IndexState: TypeAlias = Literal["whole", "remade", "silent"]


class Found(msgspec.Struct, frozen=True):
    """So many changed products could be found `took_ms` after their commit, 200 at least."""

    found_at: datetime
    took_ms: float
    change_count: int


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """The changes of a day that took about as long; `bucket` is the place of their upper bound."""

    found_on: date
    bucket: int
    change_count: int
    took_ms_sum: float
    took_ms_max: float


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """After how many milliseconds 50, 90 and 99 of 100 changes could be found, and all of them."""

    change_count: int
    mean_ms: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    slowest_ms: float


class DaySpread(Spread, frozen=True, kw_only=True):
    """The changes that could first be found on a day (UTC)."""

    found_on: date


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """How soon changes of a shop could be found.

    Times are from a change's commit until the index has it on the disk, and the 0.2 s more after
    which every reader looks; of changes that are handled together, from the first one's commit.

    Args:
        overall: None when nothing has changed.
        days: those with changes, the latest first.
        lag_s: how old the oldest event of the shop is that may still have to reach the index.
        index_state: "remade" while the index lacks something and is made anew, "silent" when it
            cannot be asked.
    """

    overall: Spread | None
    days: list[DaySpread]
    lag_s: float
    index_state: IndexState


def bucket_of(took_ms: float) -> int:
    """The place of the least bound that is not below it, or the one behind the last bound."""
    return bisect_left(BOUNDS_MS, took_ms)


def counted(found: Iterable[Found]) -> list[Bucket]:
    """All of them by day and bucket, in that order."""
    return _merged(
        Bucket(
            found_on=each.found_at.date(),
            bucket=bucket_of(each.took_ms),
            change_count=each.change_count,
            took_ms_sum=each.took_ms * each.change_count,
            took_ms_max=each.took_ms,
        )
        for each in found
    )


def _merged(buckets: Iterable[Bucket]) -> list[Bucket]:
    """One of each day and number, in that order."""
    known: dict[tuple[date, int], Bucket] = {}
    for each in buckets:
        key = (each.found_on, each.bucket)
        before = known.get(key)
        known[key] = each if before is None else _together(before, each)
    return [known[key] for key in sorted(known)]


def _together(one: Bucket, other: Bucket) -> Bucket:
    return msgspec.structs.replace(
        one,
        change_count=one.change_count + other.change_count,
        took_ms_sum=one.took_ms_sum + other.took_ms_sum,
        took_ms_max=max(one.took_ms_max, other.took_ms_max),
    )


def spread_of(buckets: Sequence[Bucket]) -> Spread:
    """What the buckets say of at least one change, whatever the days."""
    day = buckets[0].found_on
    ordered = _merged(msgspec.structs.replace(each, found_on=day) for each in buckets)
    upto = list(accumulate(each.change_count for each in ordered))
    p50, p90, p99 = (_percentile(ordered, upto, of_100) for of_100 in (50, 90, 99))
    return Spread(
        change_count=upto[-1],
        mean_ms=sum(each.took_ms_sum for each in ordered) / upto[-1],
        p50_ms=p50,
        p90_ms=p90,
        p99_ms=p99,
        slowest_ms=ordered[-1].took_ms_max,
    )


def _percentile(ordered: Sequence[Bucket], upto: Sequence[int], of_100: int) -> float:
    """The least time within which so many of a hundred were found, taken as evenly spread between
    the bounds of their bucket and no longer than its longest."""
    rank = ceil(upto[-1] * of_100 / 100)
    at = bisect_left(upto, rank)
    bucket, before = ordered[at], upto[at] - ordered[at].change_count
    lowest = BOUNDS_MS[bucket.bucket - 1] if bucket.bucket else SEEN_WITHIN_MS
    return lowest + (bucket.took_ms_max - lowest) * (rank - before) / bucket.change_count


def shown_counts(buckets: Iterable[Bucket]) -> list[int]:
    """How many changes lie between each two of the shown bounds, the last ones beyond them all."""
    counts = [0] * (len(SHOWN_BOUNDS_MS) + 1)
    for each in buckets:
        counts[ceil(each.bucket / _EACH_SHOWN)] += each.change_count
    return counts


def by_day(buckets: Sequence[Bucket]) -> list[DaySpread]:
    """What the buckets say of each day, the latest first."""
    days = sorted({each.found_on for each in buckets}, reverse=True)
    return [
        DaySpread(
            found_on=day,
            **msgspec.structs.asdict(spread_of([each for each in buckets if each.found_on == day])),
        )
        for day in days
    ]
