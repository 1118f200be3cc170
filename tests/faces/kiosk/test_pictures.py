"""What a kiosk fetches to show pictures without a network, how it knows them, and what it drops."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import catalog
from galleria.commerce.catalog import MediaDraft, ProductChanges
from galleria.content import images
from galleria.content.images import Image
from galleria.faces import profiles
from galleria.faces.profiles import BUILT_IN
from tests import pictures
from tests.commerce.selling import mug, put_on_sale
from tests.faces.gateway.door import Client
from tests.faces.kiosk.conftest import KioskScene, kiosk_key
from tests.faces.kiosk.device import Device, NotGenuine
from tests.faces.kiosk.test_sales import away

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'


async def showing(scene: KioskScene, handle: str, *shown: Image) -> str:
    """A product on sale that shows these pictures; its id."""
    media = [MediaDraft(media_id=each.media_id, alt=handle) for each in shown]
    (made,) = await put_on_sale(scene.ctx, mug(handle, media=media))
    await scene.shop.door.relay()
    return str(made.product_id)


async def photo(scene: KioskScene, width: int = 900) -> Image:
    """A photograph that was just sent."""
    return await images.store_image(scene.ctx, pictures.jpeg(width))


def addresses(device: Device, product_id: str) -> list[str]:
    """Where the product says its pictures are."""
    return [each["url"] for each in device.products[product_id]["images"]]


async def test_a_kiosk_fetches_each_picture_once_and_knows_it_by_its_digest(
    scene: KioskScene,
) -> None:
    drawn, fresh = await photo(scene), await photo(scene, 800)
    await images.warm_images(scene.ctx, [drawn.media_id])
    drawing = await images.store_drawing(scene.ctx, SVG)
    tea = await showing(scene, "tea", drawn, fresh)
    cup = await showing(scene, "cup", drawn, drawing)
    async with scene.client() as client:
        device = await away(scene, client)
        assert await device.fetch_pictures(client) == 3
        assert await device.fetch_pictures(client) == 0
    first, second = addresses(device, tea)
    assert first == f"/media/{drawn.media_id}?w=640"
    small = device.picture(tea, first)
    assert small.startswith(b"RIFF") and small != pictures.jpeg(), "drawn before, in its width"
    assert device.picture(tea, second) == pictures.jpeg(800), "not drawn yet: as it was sent"
    assert device.picture(cup, addresses(device, cup)[0]) == small
    assert device.picture(cup, addresses(device, cup)[1]) == SVG
    total = 2 * len(small) + len(pictures.jpeg(800)) + len(SVG)
    assert (device.manifest["picture_count"], device.manifest["picture_bytes"]) == (4, total)


async def test_a_picture_that_came_later_is_told_with_its_product_and_one_that_went_is_dropped(
    scene: KioskScene,
) -> None:
    old, new = await photo(scene), await photo(scene, 700)
    tea = await showing(scene, "tea", old)
    async with scene.client() as client:
        device = await away(scene, client)
        assert await device.fetch_pictures(client) == 1
        changes = ProductChanges(media=[MediaDraft(media_id=new.media_id)])
        await catalog.update_product(scene.ctx, UUID(tea), changes)
        await scene.shop.door.relay()
        assert await device.catch_up(client)
        assert await device.fetch_pictures(client) == 1
        assert [*device.pictures.values()] == [pictures.jpeg(700)]
        await catalog.archive_product(scene.ctx, UUID(tea))
        await scene.shop.door.relay()
        assert await device.catch_up(client)
        assert await device.fetch_pictures(client) == 0
    assert device.pictures == {}


async def test_a_picture_that_is_another_one_is_not_taken(scene: KioskScene) -> None:
    await showing(scene, "tea", await photo(scene))
    other = await photo(scene, 700)

    class Swapped:
        """A line on which somebody answers with another picture."""

        def __init__(self, client: Client) -> None:
            self._client = client

        async def get(self, url: str) -> Any:
            return await self._client.get(f"/media/{other.media_id}")

    async with scene.client() as client:
        device = await away(scene, client)
        with pytest.raises(NotGenuine, match="is another one"):
            await device.fetch_pictures(Swapped(client))  # type: ignore[arg-type]
    assert device.pictures == {}


async def test_a_profile_that_tells_of_no_pictures_has_none_to_fetch(scene: KioskScene) -> None:
    await showing(scene, "tea", await photo(scene))
    draft = msgspec.structs.replace(
        BUILT_IN["kiosk"].draft, code="words", left_out=("product.images", "variant.image_url")
    )
    await profiles.put_profile(scene.ctx, draft)
    async with scene.shop.clerk(await kiosk_key(scene.shop, profile="words")) as client:
        device = await away(scene, client)
        assert device.manifest["picture_count"] == device.manifest["picture_bytes"] == 0
        assert await device.fetch_pictures(client) == 0
