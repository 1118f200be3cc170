"""Takes back what an import did to collections, as far as they still are as it left them."""

from datetime import timedelta
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.collections.events import members_changed
from galleria.commerce.collections.model.undoing import way_back
from galleria.commerce.collections.repository import collections as repository
from galleria.commerce.collections.repository import filled, members
from galleria.commerce.collections.repository.members import Row
from galleria.engines.context import Context
from galleria.engines.sql import Transaction

AT_ONCE = 5_000
# Longer than an import can be undone.
KEPT_FOR = timedelta(days=60)


async def undo_filled(tx: Transaction, work_id: UUID, most: int = AT_ONCE) -> int | None:
    """How many of the next places the work gave or took are as before; None when there are no more.

    What has been looked at is forgotten in the same commit, so it is done once, however often this
    is called. A collection that is gone or has a rule by now is left alone.
    """
    found = await filled.filled_members(tx, work_id, most)
    if not found:
        return None
    live = await repository.lock_for_members(tx, sorted({each.collection_id for each in found}))
    there = await catalog.existing_products(tx, [each.product_id for each in found])
    present = {
        (each.collection_id, each.product_id)
        for each in await members.memberships(tx, sorted(there))
        if each.is_live
    }
    open_ones = [e for e in found if e.collection_id in live and e.product_id in there]
    way = way_back(open_ones, present)
    out = [Row(each.collection_id, live[each.collection_id], each.product_id) for each in way.out]
    back = [
        Row(each.collection_id, live[each.collection_id], each.product_id, each.position_before)
        for each in way.back
        if each.position_before is not None
    ]
    if out or back:
        await members.write_members(tx, out, back)
        changed = {row.product_id for row in (*out, *back)}
        tx.publish(*members_changed(sorted(changed), "filled"))
    await filled.forget_filled(tx, work_id, found)
    return len(out) + len(back)


async def forget_fillings(ctx: Context) -> None:
    """What can no longer be undone is forgotten."""
    forgotten = AT_ONCE
    while forgotten == AT_ONCE:
        async with ctx.transaction() as tx:
            forgotten = await filled.forget_old_filled(tx, ctx.now - KEPT_FOR, AT_ONCE)
