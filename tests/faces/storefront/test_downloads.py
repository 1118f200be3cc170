"""Digital goods in the shop: bought without an address, fetched from the order's page."""

import re
from uuid import UUID

import httpx
import pytest

from galleria.commerce import downloads
from galleria.commerce.downloads import NewDigitalGood
from galleria.foundation.ids import new_id
from tests.faces.gateway.door import Door, ShopScene, open_shop_scene
from tests.faces.storefront.test_pages import field, open_page, put_into_basket

BOOK = b"%PDF-1.7 " + b"x" * 5_000


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    """A shop of the test's own: its goods are changed."""
    return await open_shop_scene(door)


async def bought(shopper: httpx.AsyncClient, shop: ShopScene, variant_id: UUID) -> str:
    """The page of an order of this variant, bought as a browser does."""
    await put_into_basket(shopper, shop, variant_id=str(variant_id))
    page = await open_page(shopper, "/checkout")
    assert "shipping_line1" not in page
    assert 'name="shipping_method"' not in page
    sent = {
        "form_token": field(page, "form_token"),
        "attempt": str(new_id()),
        "total_minor": field(page, "total_minor"),
        "email": "ana@example.com",
        "card": "tok_approve",
    }
    answer = await shopper.post("/checkout", data=sent, headers={"origin": f"http://{shop.host}"})
    assert answer.status_code == 303, answer.text
    return await open_page(shopper, answer.headers["location"])


async def test_a_file_is_bought_without_an_address_and_fetched(shop: ShopScene) -> None:
    variant_id = UUID(shop.variant_ids[0])
    await downloads.set_good(shop.ctx, variant_id, NewDigitalGood(max_downloads=3))
    await downloads.add_file(shop.ctx, variant_id, "Blue book.pdf", BOOK)
    async with shop.shopper() as shopper:
        page = await bought(shopper, shop, variant_id)
        assert "Blue book.pdf" in page
        assert "3 downloads left" in page
        assert "Where it goes" not in page
        link = re.search(r'href="(/store/v1/downloads/[^"]+)"', page)
        assert link is not None
        answer = await shopper.get(link[1])
        assert (answer.status_code, answer.content) == (200, BOOK)
        part = await shopper.get(link[1], headers={"range": "bytes=9-"})
        assert (part.status_code, part.content) == (206, BOOK[9:])


async def test_a_licence_stands_on_the_page_of_its_order(shop: ShopScene) -> None:
    variant_id = UUID(shop.variant_ids[1])
    await downloads.set_good(shop.ctx, variant_id, NewDigitalGood(kind="licences"))
    await downloads.add_licences(shop.ctx, variant_id, ["ABCD-<1>"])
    async with shop.shopper() as shopper:
        page = await bought(shopper, shop, variant_id)
        assert "<code>ABCD-&lt;1&gt;</code>" in page
