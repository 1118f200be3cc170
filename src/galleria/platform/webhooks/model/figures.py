"""How an endpoint does, in figures: how much arrived, how long it took, how much waits."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

# Upper ends of the classes in which tries are counted by how long they took; the last has none.
LATENCIES_MS = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
CLASSES = len(LATENCIES_MS) + 1


class HourOfTries(msgspec.Struct, frozen=True, kw_only=True):
    """The tries of one hour, counted."""

    hour_at: datetime
    succeeded_count: int
    failed_count: int
    latencies: list[int]


class EndpointStats(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of an endpoint over some hours. Rates are 0 to 1, None without a try; latencies are
    the upper ends of classes. `backlog_age_s` is the age of the oldest that waits, 0 for none."""

    endpoint_id: UUID
    hours: int
    succeeded_count: int
    failed_count: int
    success_rate: float | None
    latency_ms_p50: int | None
    latency_ms_p99: int | None
    backlog_age_s: float
    by_hour: list[HourOfTries]


def class_of(latency_ms: int) -> int:
    """The number of the class that a latency is counted in."""
    return bisect_left(LATENCIES_MS, latency_ms)


def quantile(latencies: Sequence[int], share: float) -> int | None:
    """The upper end of the class in which this share of the tries has ended; None without any."""
    total = sum(latencies)
    counted = 0
    for end, count in zip((*LATENCIES_MS, 30_000), latencies, strict=True):
        counted += count
        if total and counted >= share * total:
            return end
    return None


def stats_of(
    endpoint_id: UUID, hours: int, rows: Sequence[HourOfTries], backlog_age_s: float
) -> EndpointStats:
    """The figures of these hours together."""
    succeeded = sum(row.succeeded_count for row in rows)
    failed = sum(row.failed_count for row in rows)
    latencies = [sum(row.latencies[place] for row in rows) for place in range(CLASSES)]
    return EndpointStats(
        endpoint_id=endpoint_id,
        hours=hours,
        succeeded_count=succeeded,
        failed_count=failed,
        success_rate=succeeded / (succeeded + failed) if succeeded + failed else None,
        latency_ms_p50=quantile(latencies, 0.5),
        latency_ms_p99=quantile(latencies, 0.99),
        backlog_age_s=backlog_age_s,
        by_hour=list(rows),
    )
