"""The doctor looks into the books of the shops, names what disagrees, and mends what it can."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from galleria.app.books import Seen, look_into_books
from galleria.commerce import catalog, inventory, listings, pricing
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import tenants
from tests.commerce.selling import elsewhere, mug, open_shop, put_on_sale, show

WELL = {
    *("stock ledger", "variants", "stock", "prices"),
    *("listings lacking", "listings too many", "place counts"),
}


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    """A shop that shows what it sells."""
    _, ctx = await open_shop(house_ctx)
    await put_on_sale(ctx, mug(), mug("bowl"), mug("cup", category_paths=[["Cups"], ["Kitchen"]]))
    await show(ctx)
    return ctx


@pytest.fixture
async def owner(shop: Context) -> AsyncIterator[Any]:
    """Who may do to tables what no code does."""
    connection = await shop.engines.sql.home.connect_owner()
    yield connection
    await connection.close()


async def looked(ctx: Context, **wanted: Any) -> dict[str, Seen]:
    """What is wrong in this shop, by the name of the look; other tests leave shops of their own."""
    found: dict[str, Seen] = {}
    async for seen in look_into_books(ctx.engines, look_s=60, **wanted):
        assert seen.is_whole
        if ctx.tenant.slug in seen.shops:
            found[seen.name] = seen
    return found


async def test_a_shop_in_order_has_nothing_wrong(shop: Context) -> None:
    assert await looked(shop) == {}
    names = [seen.name async for seen in look_into_books(shop.engines)]
    assert set(names) == WELL and len(names) == len(WELL)


async def test_a_look_without_time_says_what_it_left_out(shop: Context) -> None:
    async for seen in look_into_books(shop.engines, look_s=0):
        assert not seen.is_whole
        assert "no time for the rest" in seen.told


async def test_goods_that_came_from_nowhere_are_named_and_not_explained_away(
    shop: Context, owner: Any
) -> None:
    await owner.execute(
        "UPDATE inventory.stock SET on_hand = on_hand + 1 WHERE tenant_id = $1 AND on_hand > 0",
        shop.tenant.tenant_id,
    )
    for mends in (True, False):
        (seen,) = (await looked(shop, mends=mends)).values()
        assert (seen.name, seen.is_well) == ("stock ledger", False)
        assert "count these shelves" in seen.remedy


async def test_variants_stock_and_prices_of_nothing_are_found_and_forgotten(
    shop: Context, owner: Any
) -> None:
    tenant_id = shop.tenant.tenant_id
    ids = await catalog.product_ids_after(shop, UUID(int=0), 1)
    await owner.execute("DELETE FROM catalog.product WHERE tenant_id = $1 AND product_id = $2",
        tenant_id, ids[0])  # fmt: skip
    await owner.execute(
        "INSERT INTO inventory.stock SELECT (jsonb_populate_record(s, $2)).*"
        " FROM inventory.stock AS s WHERE tenant_id = $1 LIMIT 1",
        tenant_id,
        {"variant_id": str(new_id()), "on_hand": 0, "opening": 0},
    )
    found = await looked(shop)
    assert found.keys() == {"variants", "stock", "listings too many"}
    assert all("--mend" in seen.remedy for seen in found.values())
    assert found["variants"].fault_count == 2

    mended = await looked(shop, mends=True)
    assert all(seen.is_well and not seen.remedy for seen in mended.values())
    assert await looked(shop) == {}, "stock and prices of the variants went as well"
    left = (await inventory.list_stock(shop, limit=100)).items
    assert {level.variant_id for level in left} <= set(await _variants(shop))
    assert await pricing.priced_variants(shop, UUID(int=0), 100) == await _variants(shop)


async def _variants(ctx: Context) -> list[UUID]:
    ids = await catalog.product_ids_after(ctx, UUID(int=0), 100)
    found = await catalog.variant_ids_by_product(ctx, ids)
    return sorted(each for variants in found.values() for each in variants)


async def test_what_the_window_lacks_or_shows_too_long_is_put_right(
    shop: Context, owner: Any
) -> None:
    tenant_id = shop.tenant.tenant_id
    first, second, _ = await catalog.product_ids_after(shop, UUID(int=0), 3)
    await owner.execute(
        "DELETE FROM listings.listing WHERE tenant_id = $1 AND product_id = $2", tenant_id, first
    )
    await owner.execute(
        "UPDATE catalog.product SET status = 'archived' WHERE tenant_id = $1 AND product_id = $2",
        tenant_id,
        second,
    )
    found = await looked(shop)
    assert found.keys() == {"listings lacking", "listings too many", "place counts"}
    await looked(shop, mends=True)
    assert await looked(shop) == {}
    assert second not in await listings.listed_ids(shop, UUID(int=0), 100)
    assert first in await listings.listed_ids(shop, UUID(int=0), 100)


async def test_counts_of_categories_are_made_anew_from_what_is_shown(
    shop: Context, owner: Any
) -> None:
    before = [each.product_count for each in await listings.categories_of(elsewhere(shop))]
    await owner.execute(
        "UPDATE listings.place_count SET products = products + 7 WHERE tenant_id = $1",
        shop.tenant.tenant_id,
    )
    assert (await looked(shop)).keys() == {"place counts"}
    await looked(shop, mends=True)
    after = [each.product_count for each in await listings.categories_of(elsewhere(shop))]
    assert after == before == [1, 3, 2]


async def test_closed_shops_are_left_alone(shop: Context, house_ctx: Context, owner: Any) -> None:
    await owner.execute(
        "UPDATE listings.place_count SET products = 7 WHERE tenant_id = $1", shop.tenant.tenant_id
    )
    await tenants.close_shop(house_ctx, shop.tenant.slug)
    assert await looked(shop) == {}
