"""Announces prices that begin or cease to count because time has passed, or a list was edited.

Each list knows the next instant at which it has something to announce and how far that has come,
so nothing is scanned while nothing is due, and whoever is interrupted goes on where the last
commit left it. To announce a price twice is harmless.
"""

from uuid import UUID

from galleria.commerce.pricing.events import prices_changed
from galleria.commerce.pricing.model.lists import next_boundary
from galleria.commerce.pricing.repository import lists
from galleria.engines.context import Context

# More than all prices one variant can have, so that each look gets beyond one; and some 20 ms.
ROWS_A_STEP = 20_000
_FIRST = UUID(int=0)


async def announce_windows(ctx: Context, rows_a_step: int = ROWS_A_STEP) -> int:
    """All prices whose list began or ceased to count have been announced; how many variants.

    Safe to repeat and to run at several places. One read when nothing is due.
    """
    if not await lists.is_any_due(ctx, ctx.now):
        return 0
    announced = 0
    while True:
        step = await _announce_step(ctx, rows_a_step)
        if step is None:
            return announced
        announced += step


async def _announce_step(ctx: Context, rows_a_step: int) -> int | None:
    async with ctx.transaction() as tx:
        due = await lists.lock_due_list(tx, ctx.now)
        if due is None:
            return None
        number = due.price_list.price_list_id
        start = due.announced_variant_id or _FIRST
        named, last = await lists.variants_with_prices(tx, number, start, rows_a_step)
        tx.publish(*prices_changed(named))
        if last is None:
            await lists.set_boundary(tx, number, next_boundary(due.price_list, due.boundary_at))
        else:
            await lists.save_announced(tx, number, last)
    return len(named)
