"""Whether the window shows what it should, for whoever looks the house over; and mending it."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce import catalog, pricing
from galleria.commerce.catalog import ProductFilter
from galleria.commerce.listings.repository import places, rows
from galleria.commerce.listings.service.filling import recount_shared, refresh
from galleria.commerce.listings.service.reading import listed_among, listed_ids
from galleria.engines.context import Context
from galleria.platform import tenants

_ON_SALE = ProductFilter(status="active")
_FIRST = UUID(int=0)


async def lacking_listings(
    ctx: Context, after: UUID, limit: int
) -> tuple[list[UUID], int, UUID | None]:
    """Of the next products on sale those with a price that no window shows.

    With them how many were looked at, and the last of them: go on there, until it is None.
    """
    ids = await catalog.product_ids_matching(ctx, _ON_SALE, after, limit)
    shown = await listed_among(ctx, ids)
    lacking = await _to_be_shown(ctx, [each for each in ids if each not in shown])
    return sorted(lacking), len(ids), ids[-1] if len(ids) == limit else None


async def surplus_listings(
    ctx: Context, after: UUID, limit: int
) -> tuple[list[UUID], int, UUID | None]:
    """Of the next products that are shown those that should not be; else as `lacking_listings`."""
    ids = await listed_ids(ctx, after, limit)
    wanted = await _to_be_shown(ctx, ids)
    surplus = [each for each in ids if each not in wanted]
    return surplus, len(ids), ids[-1] if len(ids) == limit else None


async def _to_be_shown(ctx: Context, product_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the products that are on sale and have a price in a channel."""
    if not product_ids:
        return set()
    on_sale = await catalog.product_ids_matching(
        ctx, _ON_SALE, _FIRST, len(product_ids), among=product_ids
    )
    variants = await catalog.variant_ids_by_product(ctx, on_sale)
    every = dict.fromkeys((each for ids in variants.values() for each in ids), 1)
    priced: set[UUID] = set()
    for channel in await tenants.list_channels(ctx):
        place = (channel.channel_id, channel.currency)
        priced |= (await pricing.prices_for(ctx, every, *place, at=ctx.now)).keys()
    return {each for each in on_sale if not priced.isdisjoint(variants.get(each, ()))}


async def differing_counts(ctx: Context) -> int:
    """How many counts of categories and collections are not those of the listings."""
    return await places.count_differing(ctx)


async def make_listings_anew(ctx: Context, product_ids: Sequence[UUID]) -> None:
    """The window shows these products as they are now, and does not show what it should not."""
    async with ctx.transaction() as tx:
        await refresh(tx, product_ids)


async def count_places_anew(ctx: Context) -> None:
    """The counts of categories and collections are those of the listings."""
    async with ctx.transaction() as tx:
        await rows.lock_window(tx)
        await places.count_anew(tx)
        await recount_shared(tx)
