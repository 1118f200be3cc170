"""Notes how soon changes could be found, and tells it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from galleria.engines.context import HOUSE, Context
from galleria.engines.event_log import measure_lag_of
from galleria.engines.search_index import SearchUnavailable
from galleria.engines.sql.failures import DatabaseUnavailable
from galleria.foundation.telemetry import metrics
from galleria.growth.search.model.freshness import (
    LISTENER,
    SEEN_WITHIN_MS,
    SHOWN_BOUNDS_MS,
    Found,
    Freshness,
    IndexState,
    by_day,
    counted,
    shown_counts,
    spread_of,
)
from galleria.growth.search.model.noting import KEPT_DAYS, days_before
from galleria.growth.search.repository import freshness as repository

SHOWN_WITHIN_S = 2.0  # as the log's lag: whoever collects figures gives up after ten
_freshness_s = metrics.shown_histogram(
    "galleria_search_freshness_seconds",
    "Time from a change's commit until it can be found, by product, of all shops, today (UTC)",
    [bound / 1000 for bound in SHOWN_BOUNDS_MS],
)


def note_found(ctx: Context, changes: Sequence[tuple[datetime, int]]) -> None:
    """Changes that the index has just committed are noted, each with when it was committed in the
    shop and how many products it names."""
    found_at = ctx.wall_clock.now()
    found = [
        Found(found_at, _took_ms(changed_at, found_at), count)
        for changed_at, count in changes
        if count
    ]
    if found:
        ctx.engines.notebook.note(ctx, write_found, found)
        # The operator asks for all shops at once, and of any process.
        ctx.engines.notebook.note(ctx.for_tenant(HOUSE), write_found, found)


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


async def show_freshness(ctx: Context) -> None:
    """The histogram of this process says how soon changes of all shops could be found today.

    It stays as it is while the database does not answer.
    """
    with suppress(DatabaseUnavailable, TimeoutError):
        async with asyncio.timeout(SHOWN_WITHIN_S):
            buckets = await repository.of_days(
                ctx.for_tenant(HOUSE), ctx.now.date(), ctx.now.date()
            )
        total_ms = sum(each.took_ms_sum for each in buckets)
        _freshness_s.show(shown_counts(buckets), total_ms / 1000)


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
