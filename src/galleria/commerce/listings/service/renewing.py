"""Making listings anew that no event speaks of: after a new way to keep them, or a new label."""

from collections.abc import Collection
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.listings.model import packed
from galleria.commerce.listings.model.packed import Stored
from galleria.commerce.listings.repository import places, reading
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


async def ids_showing(
    ctx: Context, codes: Collection[str], after: UUID, limit: int
) -> tuple[list[UUID], UUID | None]:
    """Which of the next shown products show one of these attributes, and the last one looked at.

    None for the last one when there are no more.
    """
    windows = [row["window_id"] for row in await places.all_windows(ctx)]
    ids = await reading.listed_ids(ctx, windows, after, limit)
    if not ids:
        return [], None
    showing: dict[UUID, None] = {}
    for row in await reading.rows_of(ctx, windows, ids):
        stored = Stored(row["product_id"], row["published_at"], "EUR")
        detail = packed.unpack_detail(stored, row["document"]).detail
        if any(each.code in codes for each in detail.attributes):
            showing[stored.product_id] = None
    return list(showing), ids[-1]
