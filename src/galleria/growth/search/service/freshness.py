"""Notes how soon changes could be found, and tells it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from galleria.engines.context import Context
from galleria.engines.event_log import measure_lag_of
from galleria.engines.search_index import SearchUnavailable
from galleria.foundation.telemetry import metrics
from galleria.growth.search.model.freshness import (
    LISTENER,
    SEEN_WITHIN_MS,
    Found,
    Freshness,
    IndexState,
    by_day,
    counted,
    spread_of,
)
from galleria.growth.search.model.noting import KEPT_DAYS, days_before
from galleria.growth.search.repository import freshness as repository

# From what a calm worker needs to an hour of standing still.
_BUCKETS_S = (0.3, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60, 300, 900, 3600)
_freshness_s = metrics.histogram(
    "galleria_search_freshness_seconds",
    "Time from a change's commit until it can be found; one for each event of up to 500 products.",
    buckets=_BUCKETS_S,
)


def note_found(ctx: Context, changes: Sequence[tuple[datetime, int]]) -> None:
    """Changes that the index has just committed are noted, each with when it was committed in the
    shop and how many products it names."""
    found_at = ctx.engines.clock.now()
    found = [
        Found(found_at, _took_ms(changed_at, found_at), count)
        for changed_at, count in changes
        if count
    ]
    for each in found:
        _freshness_s.observe(each.took_ms / 1000)
    if found:
        ctx.engines.notebook.note(ctx, write_found, found)


def _took_ms(changed_at: datetime, found_at: datetime) -> float:
    # Two machines' clocks may differ.
    return max(0.0, (found_at - changed_at) / timedelta(milliseconds=1)) + SEEN_WITHIN_MS


async def write_found(ctx: Context, notes: Sequence[Sequence[Found]]) -> None:
    """The changes are counted in the table."""
    async with ctx.transaction() as tx:
        await repository.add(tx, counted(each for found in notes for each in found))


async def freshness(ctx: Context, days: int = 7) -> Freshness:
    """How soon changes of the last 1 to 90 days (UTC) could be found, and how it stands now."""
    first, last = days_before(days, ctx.now)
    buckets = await repository.of_days(ctx, first.date(), last.date())
    tenant_id = ctx.tenant.tenant_id
    database = ctx.engines.sql.database_of(tenant_id)
    return Freshness(
        overall=spread_of(buckets) if buckets else None,
        days=by_day(buckets),
        lag_s=await measure_lag_of(database, tenant_id, LISTENER, ctx.now),
        index_state=await _index_state(ctx),
    )


async def _index_state(ctx: Context) -> IndexState:
    try:
        status = await ctx.engines.search.status()
    except SearchUnavailable:
        return "silent"
    return "remade" if status.needs_rebuild else "whole"


async def forget_old(ctx: Context) -> None:
    """Nothing is known of changes that were found more than 90 days ago."""
    async with ctx.transaction() as tx:
        await repository.forget(tx, (ctx.now - timedelta(days=KEPT_DAYS)).date())
