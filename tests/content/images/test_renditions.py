"""Pictures are shown as wide as they are asked for, in steps, and kept; none is lost over it."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from galleria.content import images
from galleria.content.images import Image, ImagesSettings, ImageStored, Wish
from galleria.content.images.jobs import ENQUEUES
from galleria.content.images.model import LADDER, WARMED, formats_of, rendition_path
from galleria.engines.blob import BlobKey
from galleria.engines.context import Context
from galleria.engines.imaging import ImageNotRenderable, Imaging, ImagingBusy
from galleria.engines.jobs.queue import subscription_of
from galleria.foundation.events import Envelope
from tests import pictures

BROWSER = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
OLD = "image/png,image/*;q=0.8,*/*;q=0.5"


async def blobs_of(ctx: Context) -> list[str]:
    page = await ctx.engines.blob.list(ctx.tenant.tenant_id)
    return [key.path.rpartition("/")[2] for key in page.keys]


def with_settings(ctx: Context, settings: ImagesSettings) -> Context:
    engines = replace(ctx.engines, room_settings={ImagesSettings: settings})
    return Context(engines, ctx.tenant, ctx.actor, ctx.request_id)


class Counting(Imaging):
    """Notes what it is asked to draw; `is_tired`, it draws nothing."""

    def __init__(self, is_tired: bool = False) -> None:
        super().__init__()
        self.is_tired = is_tired
        self.drawn: list[int] = []

    async def draw(
        self,
        tenant_id: int,
        read: Callable[[], Awaitable[bytes]],
        width: int,
        format_name: str,
    ) -> bytes:
        self.drawn.append(width)
        if self.is_tired:
            raise ImagingBusy("not today")
        return await super().draw(tenant_id, read, width, format_name)

    def serving(self, ctx: Context) -> Context:
        """The same shop of a house that has this one."""
        engines = replace(ctx.engines, imaging=self)
        return Context(engines, ctx.tenant, ctx.actor, ctx.request_id)


@pytest.mark.parametrize(
    ("width", "step"), [(1, 80), (80, 80), (81, 160), (640, 640), (641, 960), (4096, 2560)]
)
def test_any_width_is_answered_by_the_next_step(width: int, step: int) -> None:
    assert Wish(width=width).step == step
    assert Wish(format_name="webp").step == LADDER[-1]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (BROWSER, ("avif", "webp")),
        (OLD, ("jpeg",)),
        ("", ("jpeg",)),
        ("*/*", ("jpeg",)),
        ("IMAGE/WEBP ; q=0.2", ("webp",)),
        ("image/webp;q=0, image/avif;q=0.000", ("jpeg",)),
        ("image/avif", ("avif", "jpeg")),
    ],
)
def test_the_format_is_one_that_the_browser_reads(accept: str, expected: tuple[str, ...]) -> None:
    assert formats_of(Wish(width=80, accept=accept)) == expected
    assert formats_of(Wish(width=80, format_name="jpeg", accept=accept)) == ("jpeg",)


async def test_the_width_asked_for_is_made_once_and_kept(ctx: Context) -> None:
    image = await images.store_image(ctx, pictures.noisy_jpeg())
    shown = await images.show_image(ctx, image.media_id, Wish(width=300, accept=BROWSER))

    assert shown.content_type == "image/webp"
    assert (shown.is_lasting, shown.is_negotiated) == (True, True)
    assert pictures.looked_at(shown.content).width == 320
    assert len(shown.content) < image.size_bytes / 3
    assert await blobs_of(ctx) == [image.sha256, "320.webp"]

    # Drawn anew it would not be this.
    key = BlobKey(ctx.tenant.tenant_id, rendition_path(image.sha256, 320, "webp"))
    await ctx.engines.blob.put(key, b"kept", "image/webp")
    again = await images.show_image(ctx, image.media_id, Wish(width=320, accept=BROWSER))
    assert again.content == b"kept"
    assert again.etag != shown.etag


async def test_who_has_it_is_told_so_without_its_bytes(ctx: Context) -> None:
    image = await images.store_image(ctx, pictures.jpeg())
    wish = Wish(width=160, format_name="jpeg")
    shown = await images.show_image(ctx, image.media_id, wish)
    assert shown.content and not shown.is_negotiated
    known = await images.show_image(ctx, image.media_id, wish, shown.etag)
    assert (known.etag, known.content) == (shown.etag, b"")


async def test_many_who_ask_for_it_at_once_have_it_drawn_once(ctx: Context) -> None:
    image = await images.store_image(ctx, pictures.jpeg())
    counting = Counting()
    one = counting.serving(ctx)
    wishes = [Wish(width=each, accept=BROWSER) for each in range(161, 321, 8)]
    shown = await asyncio.gather(*(images.show_image(one, image.media_id, w) for w in wishes))
    await counting.close()
    assert counting.drawn == [320]
    assert len({each.etag for each in shown}) == 1


@pytest.mark.parametrize("broken", [pictures.noisy_jpeg()[:30_000], pictures.huge_png()])
async def test_of_what_cannot_be_made_smaller_the_original_is_shown(
    ctx: Context, broken: bytes
) -> None:
    image = await images.store_image(ctx, broken)
    shown = await images.show_image(ctx, image.media_id, Wish(width=320, accept=BROWSER))
    assert shown.content == broken
    assert (shown.content_type, shown.is_lasting) == (image.content_type, False)
    with pytest.raises(ImageNotRenderable):
        await images.show_image(ctx, image.media_id, Wish(width=320, format_name="webp"))
    assert await blobs_of(ctx) == [image.sha256]


async def test_what_cannot_be_drawn_is_not_tried_at_each_request(ctx: Context) -> None:
    counting = Counting()
    shop = counting.serving(ctx)
    image = await images.store_image(shop, pictures.noisy_jpeg()[:30_000])
    await images.show_image(shop, image.media_id, Wish(width=320))
    assert (await images.show_image(shop, image.media_id, Wish(width=80))).content
    with pytest.raises(ImageNotRenderable):
        await images.show_image(shop, image.media_id, Wish(width=80, format_name="webp"))
    await counting.close()
    assert counting.drawn == [320]


async def test_in_a_rush_the_original_is_better_than_nothing(ctx: Context) -> None:
    tired, content = Counting(is_tired=True).serving(ctx), pictures.jpeg()
    image = await images.store_image(tired, content)
    shown = await images.show_image(tired, image.media_id, Wish(width=320, accept=BROWSER))
    assert (shown.content, shown.is_lasting) == (content, False)
    with pytest.raises(ImagingBusy):
        await images.show_image(tired, image.media_id, Wish(width=320, format_name="webp"))


async def test_a_drawing_of_the_house_is_as_sharp_in_any_width(ctx: Context) -> None:
    image = await images.store_drawing(ctx, SVG)
    shown = await images.show_image(ctx, image.media_id, Wish(width=320, accept=BROWSER))
    assert (shown.content, shown.is_lasting) == (SVG, True)
    with pytest.raises(ImageNotRenderable):
        await images.show_image(ctx, image.media_id, Wish(format_name="webp"))


async def test_avif_is_shown_where_it_was_made_and_never_made_while_somebody_waits(
    ctx: Context,
) -> None:
    image = await images.store_image(ctx, pictures.jpeg())
    thorough = with_settings(ctx, ImagesSettings(avif=True))
    wish = Wish(width=320, accept=BROWSER)
    assert (await images.show_image(thorough, image.media_id, wish)).content_type == "image/webp"
    await images.warm_images(thorough, [image.media_id])
    assert (await images.show_image(thorough, image.media_id, wish)).content_type == "image/avif"
    old = Wish(width=320, accept=OLD)
    assert (await images.show_image(thorough, image.media_id, old)).content_type == "image/jpeg"
    # Switched off again, nobody looks for it.
    assert (await images.show_image(ctx, image.media_id, wish)).content_type == "image/webp"


async def test_common_widths_are_made_in_the_background_and_broken_ones_passed_by(
    ctx: Context,
) -> None:
    counting = Counting()
    shop = counting.serving(ctx)
    broken = await images.store_image(ctx, pictures.noisy_jpeg()[:30_000])
    image = await images.store_image(ctx, pictures.jpeg())
    for _ in range(2):  # a job may be repeated
        await images.warm_images(shop, [broken.media_id, image.media_id])
    await counting.close()
    assert counting.drawn == [WARMED[0], *WARMED]
    made = {f"{width}.webp" for width in WARMED}
    assert set(await blobs_of(ctx)) == {broken.sha256, image.sha256, *made}
    other = await images.store_image(ctx, pictures.webp())
    await images.warm_images(with_settings(ctx, ImagesSettings(warm=False)), [other.media_id])
    assert len(await blobs_of(ctx)) == 3 + len(made)


async def test_a_new_picture_is_told_of_once(
    ctx: Context, drain: Callable[..., Awaitable[int]]
) -> None:
    rule = ENQUEUES[0]
    assert rule.tag == ImageStored.TAG
    told: list[UUID] = []

    def note(event: Envelope[Any]) -> None:
        if event.tenant_id == ctx.tenant.tenant_id:
            told.append(event.payload.media_id)

    noting = replace(rule, make=note)
    image: Image = await images.store_image(ctx, pictures.jpeg())
    await images.store_image(ctx, pictures.jpeg())
    await images.store_drawing(ctx, b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    await drain(subscription_of(noting))
    assert told == [image.media_id]


async def test_what_lies_there_to_be_taken_along_is_told_without_drawing(
    ctx: Context, another_ctx: Context
) -> None:
    imaging = Counting()
    shop = imaging.serving(ctx)
    small = await images.store_image(shop, pictures.jpeg())
    fresh = await images.store_image(shop, pictures.jpeg(800))
    drawing = await images.store_drawing(shop, SVG)
    foreign = await images.store_image(another_ctx, pictures.jpeg(700))
    await images.show_image(shop, small.media_id, Wish(width=600, format_name="webp"))
    asked = [each.media_id for each in (small, fresh, drawing, foreign)]
    files = await images.files_of(shop, asked, 600)
    assert set(files) == set(asked[:3]), "another shop's is none of this one's"
    assert [files[each].query for each in asked[:3]] == ["w=640&fm=webp", "", ""]
    for media_id, file in files.items():
        wish = Wish(width=640, format_name="webp") if file.query else Wish()
        shown = await images.show_image(shop, media_id, wish)
        assert (hashlib.sha256(shown.content).hexdigest(), len(shown.content)) == (
            file.sha256,
            file.size_bytes,
        )
        assert shown.content_type == file.content_type
    whole = await images.files_of(shop, [small.media_id], None)
    assert whole[small.media_id].sha256 == small.sha256
    assert imaging.drawn == [640], "for whoever asked, before"


async def test_renditions_go_with_the_shop(ctx: Context) -> None:
    image = await images.store_image(ctx, pictures.jpeg())
    await images.show_image(ctx, image.media_id, Wish(width=80))
    assert await ctx.engines.blob.delete_tenant(ctx.tenant.tenant_id) == 2
    assert await blobs_of(ctx) == []
