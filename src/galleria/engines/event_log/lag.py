"""How far the log is behind: what a person asks for first when shops show old prices."""

import asyncio
import math
from datetime import datetime

import msgspec

from galleria.engines.sql.database import Database
from galleria.engines.sql.failures import LOST_CONNECTION, DatabaseUnavailable
from galleria.foundation.telemetry import metrics

SHOWN_WITHIN_S = 2.0  # whoever collects figures gives up after ten (Prometheus' own default)
_lag_s = metrics.gauge("galleria_event_lag_seconds", "Age of the oldest event not handed out")
_parked = metrics.gauge("galleria_events_parked", "Events that are tried again or wait behind one")
_dead = metrics.gauge("galleria_events_dead", "Events given up until a person looks at them")

_OLDEST = """
SELECT occurred_at FROM event_log.outbox
WHERE (log_epoch, xact_id, sequence) > (
    (SELECT log_epoch FROM event_log.frontier),
    (SELECT xact_id FROM event_log.frontier),
    (SELECT sequence FROM event_log.frontier)
)  -- not a join with the frontier: that reads the whole log
ORDER BY log_epoch, xact_id, sequence LIMIT 1
"""
_OLDEST_OF_SHOP = """
SELECT min(waiting.occurred_at) FROM (
    (SELECT occurred_at FROM event_log.outbox
     WHERE tenant_id = $1 AND (log_epoch, xact_id, sequence) > (
         (SELECT log_epoch FROM event_log.frontier),
         (SELECT xact_id FROM event_log.frontier),
         (SELECT sequence FROM event_log.frontier)
     )
     ORDER BY log_epoch, xact_id, sequence LIMIT 1)
    UNION ALL
    SELECT occurred_at FROM event_log.dead_letter WHERE tenant_id = $1 AND handler = $2
) AS waiting
"""
_PARKED = """
SELECT count(*) FILTER (WHERE NOT is_dead) AS parked, count(*) FILTER (WHERE is_dead) AS dead
FROM event_log.dead_letter
"""


class Lag(msgspec.Struct, frozen=True):
    """How far behind the relay is: age of the oldest event not handed out, 0 when none waits."""

    lag_s: float
    parked: int
    dead: int


async def measure_lag(database: Database, now: datetime) -> Lag:
    """The cell's lag and its parked and dead events."""
    async with database.relay() as connection:
        oldest = await connection.fetchval(_OLDEST)
        counts = await connection.fetchrow(_PARKED)
    assert counts is not None, "an aggregate has one row"
    lag_s = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
    return Lag(lag_s, counts["parked"], counts["dead"])


async def measure_lag_of(database: Database, tenant_id: int, handler: str, now: datetime) -> float:
    """How old, in seconds, the oldest event of a shop is that a handler may still be owed; 0 when
    there is none.

    Parked events of the handler count, dead ones too. While another handler is held up, events that
    this one has taken count as well: it is never less than the truth.
    """
    async with database.relay() as connection:
        oldest = await connection.fetchval(_OLDEST_OF_SHOP, tenant_id, handler)
    return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())


async def show_lag(database: Database, now: datetime) -> None:
    """The gauges of this process say what `measure_lag` does, or NaN when nobody can tell.

    The figures of the process itself are still wanted when its database does not answer.
    """
    try:
        async with asyncio.timeout(SHOWN_WITHIN_S):
            lag = await measure_lag(database, now)
    except (DatabaseUnavailable, *LOST_CONNECTION, TimeoutError):
        lag = None
    _lag_s.set(math.nan if lag is None else lag.lag_s)
    _parked.set(math.nan if lag is None else lag.parked)
    _dead.set(math.nan if lag is None else lag.dead)
