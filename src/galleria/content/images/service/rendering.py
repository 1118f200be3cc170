"""Showing pictures in the size and format that whoever looks can use."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from galleria.content.images import model, repository
from galleria.content.images.model import Image, ImageFile, ImagesSettings, Shown, Wish
from galleria.content.images.service.storing import get_image, read_image
from galleria.engines.blob import BlobInfo, BlobKey, BlobNotFound
from galleria.engines.context import Context
from galleria.engines.imaging import ImageNotRenderable, ImagingBusy

# A picture that cannot be drawn is not tried again for so long: a try may take seconds.
REMEMBERED_S = 600.0
_LOOKS_AT_ONCE = 16


async def show_image(ctx: Context, media_id: UUID, wish: Wish, known_etag: str = "") -> Shown:
    """The picture as wished; without content when `known_etag` names what would be shown.

    A rendition that is not there yet is made and kept. Of what cannot be made smaller the original
    is shown instead, unless a format was asked for.

    Raises:
        ImageNotFound: this shop has none with this id.
        ImageNotRenderable: the picture is broken, too large, or a drawing, and a format was asked
            for.
        ImagingBusy: too many renditions are being made, and a format was asked for.
    """
    image = await get_image(ctx, media_id)
    if wish.is_of_original:
        return await _original(ctx, image, known_etag, is_lasting=True, is_negotiated=False)
    is_negotiated = wish.format_name is None
    try:
        return await _rendition(ctx, image, wish, known_etag)
    except (ImageNotRenderable, ImagingBusy):
        if not is_negotiated:
            raise
    # A drawing is as sharp in any width. What else is shown in its place may be mended.
    is_lasting = image.content_type == model.SVG
    return await _original(ctx, image, known_etag, is_lasting, is_negotiated)


async def warm_images(ctx: Context, media_ids: Sequence[UUID]) -> None:
    """The common widths of these pictures are made, as far as they can be made now."""
    settings = ctx.engines.settings_of(ImagesSettings)
    formats = (model.WEBP, model.AVIF) if settings.avif else (model.WEBP,)
    for media_id in media_ids if settings.warm else ():
        image = await get_image(ctx, media_id)
        try:
            for width in model.WARMED:
                for format_name in formats:
                    if await _kept(ctx, image, width, format_name) is None:
                        await _make(ctx, image, width, format_name)
        except (ImageNotRenderable, ImagingBusy):
            continue  # it is made when somebody asks, or shown as it is


async def files_of(
    ctx: Context, media_ids: Sequence[UUID], width: int | None
) -> dict[UUID, ImageFile]:
    """What lies there of each of these pictures, for whoever takes it along: the WebP rendition of
    this width where it was made before, else the original. Nothing is drawn; what is no picture of
    the shop is left out. Costs a look into the file store each."""
    asking = asyncio.Semaphore(_LOOKS_AT_ONCE)

    async def look(image: Image) -> ImageFile:
        async with asking:
            return await _file_of(ctx, image, width)

    found = await repository.get_images(ctx, media_ids)
    files = await asyncio.gather(*(look(each) for each in found))
    return {image.media_id: each for image, each in zip(found, files, strict=True)}


async def _file_of(ctx: Context, image: Image, width: int | None) -> ImageFile:
    if width is not None and image.content_type != model.SVG:
        step = Wish(width=width).step
        info = await _kept(ctx, image, step, model.WEBP)
        if info is not None:
            return ImageFile(
                query=f"w={step}&fm={model.WEBP}",
                content_type=info.content_type,
                sha256=info.sha256,
                size_bytes=info.size_bytes,
            )
    return ImageFile(
        query="",
        content_type=image.content_type,
        sha256=image.sha256,
        size_bytes=image.size_bytes,
    )


async def _rendition(ctx: Context, image: Image, wish: Wish, known_etag: str) -> Shown:
    if image.content_type == model.SVG:
        raise ImageNotRenderable("a drawing is as sharp in any width; ask for it as it is")
    format_name, info = await _best(ctx, image, wish)
    etag = _etag_of(info.sha256)
    content = b""
    if etag != known_etag:
        content = await ctx.engines.blob.read(_key(ctx, image, wish.step, format_name))
    return Shown(
        content=content,
        content_type=info.content_type,
        etag=etag,
        is_lasting=True,
        is_negotiated=wish.format_name is None,
    )


async def _best(ctx: Context, image: Image, wish: Wish) -> tuple[str, BlobInfo]:
    """The best format that is there already, else the one that is quickly made."""
    *if_made, last = model.formats_of(wish)
    if ctx.engines.settings_of(ImagesSettings).avif:
        for each in if_made:
            if (info := await _kept(ctx, image, wish.step, each)) is not None:
                return each, info
    info = await _kept(ctx, image, wish.step, last)
    return last, info or await _make(ctx, image, wish.step, last)


async def _original(
    ctx: Context, image: Image, known_etag: str, is_lasting: bool, is_negotiated: bool
) -> Shown:
    etag = _etag_of(image.sha256)
    return Shown(
        content=b"" if etag == known_etag else await read_image(ctx, image),
        content_type=image.content_type,
        etag=etag,
        is_lasting=is_lasting,
        is_negotiated=is_negotiated,
    )


async def _kept(ctx: Context, image: Image, width: int, format_name: str) -> BlobInfo | None:
    try:
        return await ctx.engines.blob.info(_key(ctx, image, width, format_name))
    except BlobNotFound:
        return None


async def _make(ctx: Context, image: Image, width: int, format_name: str) -> BlobInfo:
    """The rendition is drawn and kept, once for all who ask for it meanwhile."""
    engines, key = ctx.engines, _key(ctx, image, width, format_name)
    place = (ctx.tenant.tenant_id, "unrenderable image", image.sha256)
    if (reason := engines.nearby.get(place)) is not None:
        raise ImageNotRenderable(reason)

    async def make() -> BlobInfo:
        drawn = await engines.imaging.draw(
            key.tenant_id, lambda: read_image(ctx, image), width, format_name
        )
        return await engines.blob.put(key, drawn, f"image/{format_name}")

    generation = engines.nearby.generation(key.tenant_id)
    try:
        return await engines.imaging.once(key, make)
    except ImageNotRenderable as error:
        engines.nearby.keep(place, error.detail, REMEMBERED_S, generation)
        raise


def _key(ctx: Context, image: Image, width: int, format_name: str) -> BlobKey:
    path = model.rendition_path(image.sha256, width, format_name)
    return BlobKey(ctx.tenant.tenant_id, path)


def _etag_of(sha256: str) -> str:
    return f'"{sha256[:32]}"'
