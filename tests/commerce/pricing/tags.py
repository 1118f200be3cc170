"""Shops, lists and prices for the tests of the pricing."""

from datetime import datetime, timedelta
from uuid import UUID

from galleria.commerce import catalog, pricing
from galleria.commerce.pricing import NewPriceList, PriceListRow, PriceRow
from galleria.engines.context import Context
from galleria.platform import tenants
from tests.commerce.catalog.wares import simple
from tests.commerce.selling import open_shop


async def new_shop(ctx: Context) -> tuple[Context, UUID]:
    """A shop in euros and its channel."""
    _, shop = await open_shop(ctx)
    return shop, (await tenants.channel_of(shop)).channel_id


async def variants(ctx: Context, count: int, prefix: str = "mug") -> list[UUID]:
    """The ids of new variants, each of a product of its own, in order."""
    async with ctx.transaction() as tx:
        merged = await catalog.merge_products(
            tx, [simple(f"{prefix}-{number}") for number in range(count)]
        )
    return [made.variant_ids[0] for made in merged]


async def merge(ctx: Context, *rows: PriceRow | PriceListRow) -> pricing.PricesMerged:
    """The rows merged in a transaction of their own."""
    async with ctx.transaction() as tx:
        return await pricing.merge_prices(tx, rows)


async def new_list(ctx: Context, code: str, kind: str = "sale", **fields: object) -> int:
    """The number of a new list."""
    wanted = NewPriceList(code=code, name=code, kind=kind, **fields)  # type: ignore[arg-type]
    return (await pricing.create_list(ctx, wanted)).price_list_id


def at(ctx: Context, instant: datetime) -> Context:
    """The same tenant and actor at another instant."""
    return Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale, instant)


def later(ctx: Context, **span: float) -> Context:
    """The same tenant and actor, `span` (as for timedelta) later."""
    return at(ctx, ctx.now + timedelta(**span))


async def amounts(
    ctx: Context, channel_id: UUID, variant_ids: list[UUID], quantity: int = 1, *groups: UUID
) -> list[int | None]:
    """What each variant costs now, None where it costs nothing."""
    found = await pricing.prices_for(
        ctx,
        dict.fromkeys(variant_ids, quantity),
        channel_id,
        "EUR",
        at=ctx.now,
        customer_group_ids=groups,
    )
    return [found[each].amount_minor if each in found else None for each in variant_ids]
