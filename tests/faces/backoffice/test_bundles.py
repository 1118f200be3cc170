"""Bundles in the back office: put together by hand, shown with what is wrong, taken apart."""

from galleria.commerce import assortment, catalog
from galleria.commerce.catalog import ProductTree
from galleria.engines.context import Context
from tests.commerce.orders.buying import buy
from tests.commerce.selling import mug, put_on_sale
from tests.faces.backoffice.conftest import SignedIn


async def test_a_bundle_is_put_together_shown_and_taken_apart(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue, white = (each.variant_id for each in a_mug.variants)
    mia = await at_work(shop)
    place = f"/products/{a_mug.product_id}/bundles"
    page = await mia.get(place)
    assert "Put a bundle together" in page.text
    for typed, told in (
        ("", "Please fill this in."),
        ("2 x NOBODY", "There is no such variant. Look at the SKU."),
        ("mug-w", "A bundle cannot contain itself."),
    ):
        refused = await mia.submit(page, place, variant_id=str(white), components=typed)
        assert (refused.status, told in refused.text) == (422, True), typed
    sent = {"components": "2 x mug-b", "pricing": "components", "percent": "12,5"}
    page = await mia.submit(page, place, variant_id=str(white), **sent)
    view = await assortment.get_bundle(shop, white)
    assert [(each.variant_id, each.quantity) for each in view.components] == [(blue, 2)]
    assert (view.pricing, view.discount_bp) == ("components", 1250)
    assert "One of the bundle can be sold." in page.text
    assert "2 x mug-b" in page.text and "12.50" in page.text

    order = await buy(shop, (white, 1))
    assert "2 \u00d7 Stoneware Mug" in (await mia.get(f"/orders/{order.order_id}")).text

    page = await mia.get(place)
    await mia.submit(page, f"{place}/remove")
    assert await assortment.list_bundles(shop, a_mug.product_id) == []


async def test_a_bundle_says_that_a_component_is_archived(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    (other,) = await put_on_sale(shop, mug("frame"))
    assert other.product_id is not None
    part = assortment.NewComponent(variant_id=other.variant_ids[0])
    wanted = assortment.NewBundle(components=[part])
    await assortment.set_bundle(shop, a_mug.variants[1].variant_id, wanted)
    await catalog.archive_product(shop, other.product_id)
    page = await (await at_work(shop)).get(f"/products/{a_mug.product_id}/bundles")
    assert "A component is archived: the bundle cannot be sold." in page.text
