"""A picture is kept once, shown as what it is, and only to its own shop."""

import pytest

from galleria.content import images
from galleria.content.images import ImageNotFound, NotAnImage
from galleria.content.images.model import MOST_BYTES, content_type_of
from galleria.engines.context import Context
from galleria.foundation.errors import TooLarge

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
WEBP = b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 40
AVIF = b"\0\0\0\x1cftypavif" + b"\0" * 40


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg"),
        (b"GIF89a" + b"\0" * 20, "image/gif"),
        (WEBP, "image/webp"),
        (AVIF, "image/avif"),
        (b"RIFF\x24\0\0\0WAVEfmt ", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<!doctype html>", None),
        (b"", None),
    ],
)
def test_the_bytes_say_what_they_are(content: bytes, expected: str | None) -> None:
    assert content_type_of(content) == expected


async def test_a_picture_comes_back_as_it_was_sent(ctx: Context) -> None:
    stored = await images.store_image(ctx, PNG)
    found = await images.get_image(ctx, stored.media_id)
    assert found == stored
    assert (found.content_type, found.size_bytes) == ("image/png", len(PNG))
    assert await images.read_image(ctx, found) == PNG


async def test_the_same_bytes_twice_are_one_picture(ctx: Context) -> None:
    first = await images.store_image(ctx, PNG)
    assert (await images.store_image(ctx, PNG)).media_id == first.media_id
    assert (await images.store_image(ctx, WEBP)).media_id != first.media_id


async def test_what_could_run_is_refused_and_what_we_drew_is_kept(ctx: Context) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    with pytest.raises(NotAnImage):
        await images.store_image(ctx, svg)
    assert (await images.store_drawing(ctx, svg)).content_type == "image/svg+xml"


async def test_a_picture_that_is_too_large_is_refused(ctx: Context) -> None:
    with pytest.raises(TooLarge):
        await images.store_image(ctx, PNG + b"\0" * MOST_BYTES)


async def test_another_shop_neither_sees_nor_shares_it(ctx: Context, another_ctx: Context) -> None:
    stored = await images.store_image(ctx, PNG)
    with pytest.raises(ImageNotFound):
        await images.get_image(another_ctx, stored.media_id)
    assert (await images.store_image(another_ctx, PNG)).media_id != stored.media_id
