"""Counts who uses which key, in memory, and writes it down in sets; and tells it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform.access.model.guarding import Caller
from galleria.platform.access.model.usage import KEPT_DAYS, DayOfUse, KeyUses, pattern_of
from galleria.platform.access.repository import keys as key_rows
from galleria.platform.access.repository import usage as repository
from galleria.platform.access.service.keys import get_key

LIST_SCOPE = "access.key_uses"
FORGOTTEN_AT_ONCE = 5_000  # some 50 ms
_START = (date.max, "", "", "")


def note_use(ctx: Context, key_id: UUID, caller: Caller) -> None:
    """The use is counted, and written down within a second or two; nobody waits for it."""
    uses = ctx.engines.notebook.gather(ctx, write_uses, key_id, lambda: KeyUses(key_id))
    if uses is not None:
        uses.add(pattern_of(caller), ctx.now)


async def write_uses(ctx: Context, noted: Sequence[KeyUses]) -> None:
    """The uses are in the table, and each key says when it was last used."""
    rows = [
        (each.key_id, day, pattern, use)
        for each in noted
        for (day, pattern), use in each.by_pattern.items()
    ]
    last: dict[UUID, datetime] = {}
    for key_id, _, _, use in rows:
        last[key_id] = max(last.get(key_id, use.last_used_at), use.last_used_at)
    async with ctx.transaction() as tx:
        await repository.add_uses(tx, rows)
        await key_rows.note_last_use(tx, last)


async def list_uses(
    ctx: Context, key_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[DayOfUse]:
    """Who has used a key, day by day, the newest first; `limit` is 1 to 100. Kept for 90 days.

    Raises:
        KeyNotFound: this shop has no such key.
        InvalidCursor: the cursor is not one of this list of this key.
    """
    await get_key(ctx, key_id)
    cursors, tenant_id = ctx.engines.cursors, ctx.tenant.tenant_id
    scope = f"{LIST_SCOPE}.{key_id}"
    after = _START if cursor is None else _place(cursors.decode(cursor, tenant_id, scope))
    found = await repository.days_after(ctx, key_id, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found, next_cursor=None)
    last = found[limit - 1]
    place = [last.used_on.isoformat(), last.client, last.agent, last.route]
    return Page(items=found[:limit], next_cursor=cursors.encode(tenant_id, scope, place))


async def forget_old_uses(ctx: Context, at_once: int = FORGOTTEN_AT_ONCE) -> None:
    """Nothing is known of who used keys more than 90 days ago, `at_once` rows a commit."""
    before = (ctx.now - timedelta(days=KEPT_DAYS)).date()
    gone = at_once
    while gone == at_once:
        async with ctx.transaction() as tx:
            gone = await repository.forget_before(tx, before, at_once)


def _place(said: Sequence[object]) -> tuple[date, str, str, str]:
    try:
        day, client, agent, route = (str(each) for each in said)
        return date.fromisoformat(day), client, agent, route
    except ValueError:
        raise InvalidCursor("this cursor is not one of this list") from None
