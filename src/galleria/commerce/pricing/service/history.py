"""What was charged before, and the lowest of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from galleria.commerce.pricing.model.history import (
    LAWFUL_DAYS,
    applied_stretches,
    lowest_between,
)
from galleria.commerce.pricing.model.prices import PriceChange
from galleria.commerce.pricing.repository import history, lists
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.pagination import CursorKey, InvalidCursor, Page


async def lowest_in_days(
    reader: Reader,
    variant_ids: Sequence[UUID],
    channel_id: UUID,
    currency: str,
    days: int = LAWFUL_DAYS,
    *,
    before: datetime | Mapping[UUID, datetime],
) -> dict[UUID, int]:
    """The lowest amount everybody was asked for one piece, in the days before a reduction.

    A variant that cost nothing then, since it was not for sale, is missing. Three statements.

    Args:
        reader: whose prices.
        variant_ids: of which variants.
        channel_id: where.
        currency: in what.
        days: how long before the reduction, 1 or more.
        before: the start of the reduction, one for all or one for each variant.
    """
    span = timedelta(days=days)
    starts = {
        each: (before if isinstance(before, datetime) else before[each]) - span
        for each in variant_ids
    }
    if not starts:
        return {}
    earliest = min(starts.values())
    public = {
        each.price_list_id: each
        for each in await lists.lists_for_everybody(reader, channel_id, currency)
    }
    terms = await lists.past_terms(reader, list(public), earliest)
    stretches = await history.stretches_of(reader, variant_ids, list(public), earliest)
    found = {}
    for variant_id, start in starts.items():
        own = stretches.get(variant_id, ())
        applied = [
            each
            for number, price_list in public.items()
            for each in applied_stretches(
                price_list,
                terms.get(number, ()),
                [stretch for stretch in own if stretch.price_list_id == number],
            )
        ]
        lowest = lowest_between(applied, start, start + span)
        if lowest is not None:
            found[variant_id] = lowest
    return found


async def list_price_changes(
    ctx: Context, variant_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[PriceChange]:
    """A page of what a variant cost before, the latest to begin first.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    tenant_id, cursors = ctx.tenant.tenant_id, ctx.engines.cursors
    scope = f"pricing.changes:{variant_id}"
    before = None
    if cursor is not None:
        before = _place_of(cursors.decode(cursor, tenant_id, scope))
    found = await history.page_of_changes(ctx, variant_id, before, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = found[limit - 1]
    keys: list[CursorKey] = [last.since.isoformat(), last.price_list_id, last.min_quantity]
    return Page(items=found[:limit], next_cursor=cursors.encode(tenant_id, scope, keys))


def _place_of(keys: Sequence[CursorKey]) -> tuple[datetime, int, int]:
    try:
        since, number, tier = keys
        return datetime.fromisoformat(str(since)), int(number or 0), int(tier or 0)
    except ValueError:
        raise InvalidCursor("this cursor is not one of this list") from None
