"""Making listings anew that no event speaks of, after a new way to keep them."""

from galleria.commerce import catalog
from galleria.commerce.listings.repository import places
from galleria.commerce.listings.service.filling import refresh
from galleria.engines.context import Context


async def renew_step(ctx: Context, limit: int) -> int:
    """The next products of a shop whose listings wait to be made anew have theirs; how many.

    What was made stays made when this is broken off. 0 when the shop has nothing waiting, or
    somebody else is at it.
    """
    async with ctx.transaction() as tx:
        after = await places.stale_after(tx)
        if after is None:
            return 0
        ids = await catalog.product_ids_after(tx, after, limit)
        await refresh(tx, ids)
        await places.made_anew(tx, ids[-1] if ids else None)
    return len(ids)
