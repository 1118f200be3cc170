"""Bundles in the shop: what is in them stands on every page that shows one."""

from uuid import UUID

import pytest

from galleria.commerce import assortment, catalog
from tests.faces.gateway.door import Door, ShopScene, open_shop_scene
from tests.faces.storefront.test_pages import field, open_page


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    """A shop of the test's own: its goods are changed."""
    return await open_shop_scene(door)


async def bundled(shop: ShopScene) -> str:
    """The second variant of the shop's mug is two of the first."""
    first, second = (UUID(each) for each in shop.variant_ids[:2])
    parts = [assortment.NewComponent(variant_id=first, quantity=2)]
    wanted = assortment.NewBundle(components=parts)
    await assortment.set_bundle(shop.ctx, second, wanted)
    await shop.door.relay()
    return str(second)


async def test_pages_show_what_is_in_a_bundle(shop: ShopScene) -> None:
    variant_id = await bundled(shop)
    async with shop.shopper() as shopper:
        page = await open_page(shopper, f"/products/{shop.handle}?variant={variant_id}")
        assert "In this set" in page
        assert f'data-set="{variant_id}">' in page
        sent = {"form_token": field(page, "form_token"), "variant_id": variant_id, "quantity": "1"}
        origin = {"origin": f"http://{shop.host}"}
        added = await shopper.post("/cart/lines", data=sent, headers=origin)
        assert added.status_code == 303
        for path in ("/cart", "/checkout"):
            assert '<ul class="contents"><li>2 \u00d7 Stoneware Mug' in await open_page(
                shopper, path
            )
        view = await catalog.get_variant(shop.ctx, UUID(shop.variant_ids[0]))
        elsewhere = await open_page(shopper, f"/products/{shop.handle}")
        assert "hidden" in elsewhere.split("data-set=")[1].split(">")[0]
        # What a set contains cannot be archived apart from it here: both are one product.
        await catalog.archive_product(shop.ctx, view.product_id)
        assert "No longer for sale." in await open_page(shopper, "/cart")
