"""Pictures over HTTP: what a browser is sent, may keep, and is spared."""

import re
from collections.abc import AsyncIterator

import pytest

from galleria.commerce.catalog import MediaDraft
from galleria.content import images
from tests import pictures
from tests.commerce.selling import mug, put_on_sale
from tests.faces.gateway.conftest import door, shop
from tests.faces.gateway.door import PROBLEM, Client, ShopScene

__all__ = ["door", "shop"]
FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture
async def browser(shop: ShopScene) -> AsyncIterator[Client]:
    async with shop.shopper(accept="image/avif,image/webp,*/*;q=0.8") as browser:
        yield browser


@pytest.fixture(scope="session")
async def address(shop: ShopScene) -> str:
    return f"/media/{(await images.store_image(shop.ctx, pictures.telling_jpeg())).media_id}"


async def test_a_phone_is_sent_no_more_than_its_width(browser: Client, address: str) -> None:
    whole = await browser.get(address)
    small = await browser.get(f"{address}?w=300")
    assert (whole.headers["content-type"], "vary" in whole.headers) == ("image/jpeg", False)
    assert (small.headers["content-type"], small.headers["vary"]) == ("image/webp", "accept")
    assert small.headers["cache-control"] == whole.headers["cache-control"] == FOR_EVER
    assert small.headers["etag"] != whole.headers["etag"]
    assert pictures.looked_at(small.content).width == 320
    # The same step of the ladder, so the same bytes.
    assert (await browser.get(f"{address}?w=319")).headers["etag"] == small.headers["etag"]


async def test_the_format_may_be_named(browser: Client, address: str) -> None:
    named = await browser.get(f"{address}?w=80&fm=jpeg")
    assert (named.headers["content-type"], "vary" in named.headers) == ("image/jpeg", False)
    old = await browser.get(f"{address}?w=80", headers={"accept": "image/png,*/*"})
    assert old.headers["content-type"] == "image/jpeg"
    wide = await browser.get(f"{address}?fm=webp")
    assert pictures.looked_at(wide.content).width == 600


async def test_what_a_browser_has_is_not_sent_again(browser: Client, address: str) -> None:
    first = await browser.get(f"{address}?w=160")
    again = await browser.get(f"{address}?w=160", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (again.headers["vary"], again.headers["cache-control"]) == ("accept", FOR_EVER)


@pytest.mark.parametrize("query", ["w=0", "w=4097", "w=wide", "w=-1", "fm=svg", "fm=avif"])
async def test_what_is_no_width_and_no_format_is_refused(
    browser: Client, address: str, query: str
) -> None:
    answer = await browser.get(f"{address}?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)


async def test_a_broken_picture_is_shown_as_it_came_for_a_while(
    browser: Client, shop: ShopScene
) -> None:
    broken = pictures.noisy_jpeg()[:30_000]
    media_id = (await images.store_image(shop.ctx, broken)).media_id
    shown = await browser.get(f"/media/{media_id}?w=320")
    assert (shown.content, shown.headers["cache-control"]) == (broken, "public, max-age=60")
    asked = await browser.get(f"/media/{media_id}?w=320&fm=webp")
    assert (asked.status_code, asked.json()["code"]) == (422, "image_not_renderable")


async def test_pages_offer_pictures_in_widths_of_the_ladder(
    browser: Client, shop: ShopScene
) -> None:
    image = await images.store_image(shop.ctx, pictures.jpeg())
    other = await images.store_image(shop.ctx, pictures.webp())
    media = [MediaDraft(media_id=each.media_id, alt="A jug") for each in (image, other)]
    await put_on_sale(shop.ctx, mug("pictured", media=media, stock=3))
    await shop.door.relay()
    original = f"/media/{image.media_id}"
    for path in ("/", "/search?q=pictured", "/products/pictured"):
        answer = await browser.get(path)
        page = answer.text
        assert answer.status_code == 200, (path, page)
        assert f'src="{original}"' not in page, path
        offered = re.findall(rf"{original}\?w=(\d+) (\d+)w", page)
        assert len(offered) >= 5, path
        assert all(width == said and int(width) in images.LADDER for width, said in offered)
        assert (await browser.get(f"{original}?w={offered[0][0]}")).status_code == 200
    phone = {"galleria-profile": "mobile"}
    card = (await browser.get("/store/v1/products/pictured", headers=phone)).json()["images"][0]
    assert (card["url"], card["widths"]) == (f"{original}?w=320", [320, 640])
    assert pictures.looked_at((await browser.get(card["url"])).content).width == 320


async def test_a_variants_own_picture_need_not_be_one_of_the_products(
    browser: Client, shop: ShopScene
) -> None:
    """As when the product gets new pictures, and the variant keeps its old one."""
    own, new = [
        await images.store_image(shop.ctx, make()) for make in (pictures.avif, pictures.deep_png)
    ]
    media = [MediaDraft(media_id=own.media_id, alt="A jug")]
    (made,) = await put_on_sale(shop.ctx, mug("repictured", media=media, stock=3))
    async with shop.clerk() as clerk:
        one = f"/admin/v1/variants/{made.variant_ids[0]}"
        await clerk.json("PATCH", one, json={"media_id": str(own.media_id)})
        anew = {"media": [{"media_id": str(new.media_id), "alt": "Another"}]}
        await clerk.json("PATCH", f"/admin/v1/products/{made.product_id}", json=anew)
    await shop.door.relay()
    answer = await browser.get("/products/repictured")
    assert answer.status_code == 200
    assert f'data-main="/media/{own.media_id}"' in answer.text
    assert 'alt="Stoneware Mug"' in answer.text
