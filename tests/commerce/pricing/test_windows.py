"""Sales that begin and end by the clock are announced, once each, in pieces, after any break."""

from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.commerce.pricing import PriceListChanges, PriceListRow, PriceRow, update_list
from galleria.commerce.pricing.service import windows
from galleria.commerce.pricing.service.windows import announce_windows
from galleria.engines.context import Context
from tests.commerce.pricing.tags import later, merge, new_list, new_shop, variants


async def announced(ctx: Context, after: int) -> list[set[UUID]]:
    """The variants of each event about prices of the shop, from the n-th on."""
    rows = await ctx.read(
        "SELECT payload FROM event_log.outbox WHERE tenant_id = $1"
        " AND tag = 'pricing.prices_changed.v1' ORDER BY sequence"
    )
    told = [msgspec.json.decode(row["payload"]) for row in rows]
    return [{UUID(each) for each in event["variant_ids"]} for event in told][after:]


async def test_a_sale_is_announced_when_it_begins_and_when_it_ends(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    mug, cup = await variants(shop, 2)
    sale = await new_list(
        shop,
        "summer",
        valid_from=shop.now + timedelta(hours=1),
        valid_until=shop.now + timedelta(hours=2),
    )
    await merge(
        shop,
        PriceRow(mug, channel, "EUR", 1000),
        PriceRow(cup, channel, "EUR", 1000),
        PriceListRow(mug, sale, 800),
    )
    told = len(await announced(shop, 0))
    assert await announce_windows(later(shop, minutes=59)) == 0
    assert await announced(shop, told) == []
    assert await announce_windows(later(shop, hours=1)) == 1
    assert await announce_windows(later(shop, hours=1.5)) == 0
    assert await announce_windows(later(shop, hours=2)) == 1
    assert await announce_windows(later(shop, hours=99)) == 0
    assert await announced(shop, told) == [{mug}, {mug}]


async def test_a_sale_that_was_missed_altogether_is_announced_all_the_same(ctx: Context) -> None:
    shop, channel = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    sale = await new_list(
        shop,
        "summer",
        valid_from=shop.now + timedelta(hours=1),
        valid_until=shop.now + timedelta(hours=2),
    )
    await merge(shop, PriceRow(mug, channel, "EUR", 1000), PriceListRow(mug, sale, 800))
    assert await announce_windows(later(shop, hours=3)) == 2
    assert await announce_windows(later(shop, hours=4)) == 0


async def test_an_edit_of_a_list_is_announced_at_once(ctx: Context) -> None:
    shop, _ = await new_shop(ctx)
    (mug,) = await variants(shop, 1)
    sale = await new_list(shop, "summer")
    await merge(shop, PriceListRow(mug, sale, 800))
    await update_list(shop, sale, PriceListChanges(name="Summer!"))
    assert await announce_windows(shop) == 0, "a name changes no price"
    await update_list(shop, sale, PriceListChanges(is_active=False))
    assert await announce_windows(shop) == 1


async def test_an_announcement_goes_on_where_it_was_broken_off(ctx: Context) -> None:
    shop, _ = await new_shop(ctx)
    wares = await variants(shop, 30)
    sale = await new_list(shop, "summer", valid_from=shop.now + timedelta(hours=1))
    other = await new_list(shop, "winter")
    await merge(shop, *(PriceListRow(each, other, 900) for each in wares))
    await merge(shop, *(PriceListRow(each, sale, 800) for each in wares[::3]))
    told = len(await announced(shop, 0))
    begun = later(shop, hours=1)
    steps = 0
    while await broken_off(begun):
        steps += 1
    assert steps >= 3, "it took several steps"
    seen = await announced(shop, told)
    assert set().union(*seen) == set(wares[::3])
    assert await announce_windows(begun) == 0


async def broken_off(ctx: Context) -> bool:
    """One step of the announcement is done, as if somebody were killed after it."""
    return await windows._announce_step(ctx, 10) is not None
