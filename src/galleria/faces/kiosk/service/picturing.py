"""Which files a kiosk fetches to show products without a network."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from galleria.content import images
from galleria.engines.context import Context
from galleria.faces.kiosk.model.packs import Picture
from galleria.faces.profiles import Profile


async def pictures_of(
    ctx: Context, profile: Profile, told: Sequence[dict[str, Any]]
) -> list[list[Picture]]:
    """The files that each of these products shows, as the profile tells of them; each file of a
    product once, in the profile's first width where it was drawn before."""
    addresses = [dict.fromkeys(_addresses(product)) for product in told]
    media_ids = {_media_id(each): None for some in addresses for each in some}
    if not media_ids:
        return [[] for _ in told]
    width = next(iter(profile.images.widths), None)
    files = await images.files_of(ctx, list(media_ids), width)
    return [
        [
            _picture(address, files[_media_id(address)])
            for address in some
            if _media_id(address) in files
        ]
        for some in addresses
    ]


def _addresses(product: dict[str, Any]) -> Iterator[str]:
    for image in product.get("images") or ():
        yield image["url"]
    for variant in product["variants"]:
        if variant.get("image_url"):
            yield variant["image_url"]


def _media_id(address: str) -> UUID:
    return UUID(_without_query(address).rpartition("/")[2])


def _without_query(address: str) -> str:
    return address.partition("?")[0]


def _picture(address: str, file: images.ImageFile) -> Picture:
    query = f"?{file.query}" if file.query else ""
    return Picture(
        shown_as=address,
        url=_without_query(address) + query,
        content_type=file.content_type,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
    )
