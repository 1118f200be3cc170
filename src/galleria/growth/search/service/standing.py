"""How products stand in the shop: counted as they sell, told to whoever writes the index."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from galleria.commerce import pricing
from galleria.commerce.listings import Detail
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.growth.search.documents import Standing, margin_of
from galleria.growth.search.events import MAX_IDS, standing_changed
from galleria.growth.search.model.demand import (
    LEAST_TOP,
    SALES_KEPT,
    SETTLED_AFTER,
    Sale,
    countable,
)
from galleria.growth.search.repository import demand as repository

FORGOTTEN_AT_ONCE = 5_000
CLICKS_AT_ONCE = timedelta(days=1)  # some time's clicks are counted in one commit


async def standings_of(reader: Reader, details: Sequence[Detail]) -> list[Standing]:
    """How each of these products stands, with all its variants, in its channel.

    Two statements, whatever their number.
    """
    popularity = await repository.popularity_of(reader, list({d.product_id for d in details}))
    variants = {each.variant_id for detail in details for each in detail.variants}
    costs = await pricing.costs_of(reader, list(variants))
    return [
        Standing(popularity.get(each.product_id, 0.0), margin_of(each, costs)) for each in details
    ]


async def count_orders(tx: Transaction, sales: list[Sale], taken_back: Sequence[UUID]) -> None:
    """What was bought is wanted more, once; what came of the orders `taken_back` counts no longer.

    Two statements, whatever their number. Safe to repeat. Orders are known before they are taken
    back.
    """
    counted = countable(sales, tx.now)
    await repository.lock(tx)
    if counted:
        await repository.add_sales(tx, counted)
    if taken_back:
        await repository.take_back(tx, taken_back)


async def forget_products(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """What exists no more is wanted by nobody, and no measure for others."""
    await repository.lock(tx)
    await repository.forget_products(tx, product_ids)


async def refresh_standing(ctx: Context, at_once: int = MAX_IDS) -> None:
    """Clicks so far are counted, and whoever writes the index is told which products are noticeably
    more or less popular than it knows.

    A commit for each `at_once` of them, so that the index is not given a whole shop at once. A
    product is as popular as the logarithm of its units over that of the units of the best one: a
    single sale moves few, and a killed pass is gone on with by the next.
    """
    await _count_clicks(ctx)
    top = max(await repository.top_score(ctx, ctx.now), LEAST_TOP)
    after = UUID(int=0)
    # Looked for without the lock: a look through all that is wanted would hold up who counts.
    while moving := await repository.due(ctx, ctx.now, top, after, at_once):
        async with ctx.transaction() as tx:
            await repository.lock(tx)
            await repository.move(tx, top, moving)
            tx.publish(standing_changed(moving))
        after = moving[-1]


async def _count_clicks(ctx: Context) -> None:
    settled = ctx.now - SETTLED_AFTER
    while True:
        async with ctx.transaction() as tx:
            await repository.lock(tx)
            since = await repository.clicks_counted_to(tx)
            if since is None or since >= settled:
                return
            await repository.add_clicks(tx, since, min(settled, since + CLICKS_AT_ONCE))


async def forget_old_demand(ctx: Context, at_once: int = FORGOTTEN_AT_ONCE) -> None:
    """Sales of long ago are forgotten, and products that nobody has wanted for long."""
    before, gone = ctx.now - SALES_KEPT, at_once
    while gone == at_once:
        async with ctx.transaction() as tx:
            gone = await repository.forget_sales(tx, before, at_once)
    while unwanted := await repository.unwanted(ctx, ctx.now, at_once):
        async with ctx.transaction() as tx:
            await repository.lock(tx)
            await repository.forget_unwanted(tx, unwanted)
