"""Keeping pictures, and finding them again."""

import hashlib
from uuid import UUID

from galleria.content.images import model, repository
from galleria.content.images.errors import ImageNotFound, NotAnImage
from galleria.content.images.events import ImageStored
from galleria.content.images.model import Image
from galleria.engines.blob import BlobKey
from galleria.engines.context import Context
from galleria.foundation.errors import TooLarge
from galleria.foundation.ids import new_id


async def store_image(ctx: Context, content: bytes) -> Image:
    """The picture is kept; the same bytes twice are one picture.

    Raises:
        NotAnImage: the bytes are no PNG, JPEG, GIF, WebP or AVIF.
        TooLarge: more than 20 MB.
    """
    content_type = model.content_type_of(content)
    if content_type is None:
        raise NotAnImage("send a PNG, JPEG, GIF, WebP or AVIF file")
    return await _store(ctx, content, content_type)


async def store_drawing(ctx: Context, svg: bytes) -> Image:
    """An SVG the house itself drew is kept. Never one that somebody sent: it can hold script."""
    return await _store(ctx, svg, model.SVG)


async def get_image(ctx: Context, media_id: UUID) -> Image:
    """What is known of a picture.

    Raises:
        ImageNotFound: this shop has none with this id.
    """
    image = await repository.get_image(ctx, media_id)
    if image is None:
        raise ImageNotFound(f"no image {media_id}")
    return image


async def read_image(ctx: Context, image: Image) -> bytes:
    """The bytes of the original."""
    key = BlobKey(ctx.tenant.tenant_id, model.blob_path(image.sha256))
    return await ctx.engines.blob.read(key)


async def _store(ctx: Context, content: bytes, content_type: str) -> Image:
    if len(content) > model.MOST_BYTES:
        raise TooLarge(f"an image has at most {model.MOST_BYTES} bytes")
    digest = hashlib.sha256(content).hexdigest()
    key = BlobKey(ctx.tenant.tenant_id, model.blob_path(digest))
    # The bytes first: a row without its file would show a broken picture.
    await ctx.engines.blob.put(key, content, content_type)
    image = Image(new_id(), content_type, len(content), digest, ctx.now)
    async with ctx.transaction() as tx:
        kept = await repository.add_image(tx, image)
        if kept.media_id == image.media_id and content_type != model.SVG:
            tx.publish(ImageStored(media_id=kept.media_id))
    return kept
