"""Products that come and go by the clock, and old addresses that lead to where things are."""

from datetime import timedelta
from typing import Any

import pytest

from galleria.commerce import catalog
from galleria.commerce.catalog import InvalidProduct, NewCategory, ProductChanges, ProductTree
from galleria.content import redirects
from galleria.engines.context import Context
from galleria.platform import audit
from tests.commerce.catalog.wares import made, merge, simple
from tests.platform.conftest import later


async def scheduled(ctx: Context, handle: str, **hours: float) -> ProductTree:
    """A product with these times, in hours from now."""
    product_id = await made(ctx, simple(handle))
    times: dict[str, Any] = {
        name: ctx.now + timedelta(hours=count) for name, count in hours.items()
    }
    return await catalog.update_product(ctx, product_id, ProductChanges(**times))


async def status_of(ctx: Context, product: ProductTree) -> str:
    return (await catalog.get_product(ctx, product.product_id)).status


async def test_a_product_comes_and_goes_at_its_times(ctx: Context) -> None:
    mug = await scheduled(ctx, "mug", publish_at=1, unpublish_at=3)
    cup = await scheduled(ctx, "cup")
    assert mug.publish_at == ctx.now + timedelta(hours=1)
    assert await catalog.apply_schedule(ctx) == 0
    assert await catalog.apply_schedule(later(ctx, hours=1)) == 1
    on_sale = await catalog.get_product(ctx, mug.product_id)
    assert (on_sale.status, on_sale.publish_at) == ("active", None)
    assert on_sale.published_at == ctx.now + timedelta(hours=1)
    assert await catalog.apply_schedule(later(ctx, hours=1)) == 0
    assert await catalog.apply_schedule(later(ctx, hours=4)) == 1
    assert await status_of(ctx, mug) == "draft"
    assert await status_of(ctx, cup) == "draft"
    assert await catalog.count_products(ctx) == {"draft": 2, "active": 0, "archived": 0}
    told = (await audit.list_entries(ctx)).items
    assert sum(each.action == "products.schedule_applied" for each in told) == 2


async def test_of_two_times_that_have_passed_the_later_counts(ctx: Context) -> None:
    gone = await scheduled(ctx, "gone", publish_at=1, unpublish_at=2)
    back = await scheduled(ctx, "back", publish_at=2, unpublish_at=1)
    await catalog.publish_product(ctx, gone.product_id)
    await catalog.update_product(
        ctx, gone.product_id, ProductChanges(publish_at=ctx.now + timedelta(hours=1))
    )
    assert await catalog.apply_schedule(later(ctx, hours=9)) == 2
    assert (await status_of(ctx, gone), await status_of(ctx, back)) == ("draft", "active")
    with pytest.raises(InvalidProduct) as refusal:
        await scheduled(ctx, "both", publish_at=1, unpublish_at=1)
    assert [error.code for error in refusal.value.errors] == ["invalid_schedule"]


async def test_what_is_done_by_hand_needs_no_clock(ctx: Context) -> None:
    mug = await scheduled(ctx, "mug", publish_at=1, unpublish_at=2)
    published = await catalog.publish_product(ctx, mug.product_id)
    assert (published.publish_at, published.unpublish_at) == (None, mug.unpublish_at)
    archived = await catalog.archive_product(ctx, mug.product_id)
    assert archived.unpublish_at is None


async def test_an_archived_product_stays_in_the_archive(ctx: Context) -> None:
    mug = await scheduled(ctx, "mug")
    await catalog.archive_product(ctx, mug.product_id)
    when = ProductChanges(publish_at=ctx.now)
    await catalog.update_product(ctx, mug.product_id, when)
    assert await catalog.apply_schedule(later(ctx, hours=1)) == 1
    after = await catalog.get_product(ctx, mug.product_id)
    assert (after.status, after.publish_at) == ("archived", None)


async def test_a_merge_leaves_the_times_as_they_are(ctx: Context) -> None:
    mug = await scheduled(ctx, "mug", publish_at=1)
    await merge(ctx, simple("mug", brand="New"))
    assert (await catalog.get_product(ctx, mug.product_id)).publish_at == mug.publish_at


async def way_from(ctx: Context, path: str) -> Any:
    found = await redirects.resolve(ctx, path)
    return found and (found.target_kind, found.target_id or found.to)


async def test_an_old_address_leads_to_the_product(ctx: Context) -> None:
    product_id = await made(ctx, simple("mug", external_ref="erp-1"))
    await catalog.update_product(ctx, product_id, ProductChanges(handle="cup"))
    assert await way_from(ctx, "/products/mug") == ("product", product_id)
    await merge(ctx, simple("beaker", external_ref="erp-1"))
    assert await way_from(ctx, "/products/cup") == ("product", product_id)
    await catalog.update_product(ctx, product_id, ProductChanges(handle="mug"))
    assert await way_from(ctx, "/products/mug") is None
    assert await way_from(ctx, "/products/beaker") == ("product", product_id)


async def test_an_old_address_leads_to_a_category_that_moved_and_those_inside(
    ctx: Context,
) -> None:
    top = await catalog.create_category(ctx, NewCategory(name="Prints"))
    inner = await catalog.create_category(ctx, NewCategory(name="A3", parent_id=top.category_id))
    other = await catalog.create_category(ctx, NewCategory(name="Art"))
    changes = catalog.CategoryChanges(parent_id=other.category_id)
    await catalog.update_category(ctx, top.category_id, changes)
    assert await way_from(ctx, "/categories/prints") == ("category", top.category_id)
    assert await way_from(ctx, "/categories/prints/a3") == ("category", inner.category_id)


async def test_a_removed_product_may_lead_somewhere_else(ctx: Context) -> None:
    product_id = await made(ctx, simple("mug"))
    with pytest.raises(redirects.InvalidRedirect):
        await catalog.delete_product(ctx, product_id, redirect_to="javascript:alert(1)")
    await catalog.delete_product(ctx, product_id, redirect_to="/categories/cups")
    assert await way_from(ctx, "/products/mug") == ("path", "/categories/cups")
