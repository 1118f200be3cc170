"""Pictures over HTTP: anyone may look, a key may add."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from galleria.content.images.errors import ImageNotFound, NotAnImage
from galleria.content.images.model import MOST_BYTES, MOST_WIDTH, Image, Wish
from galleria.content.images.service import rendering, storing
from galleria.engines.context import Context
from galleria.engines.imaging import ImageNotRenderable, ImagingBusy
from galleria.foundation.routing import problems, requires, unchanged

# A drawing opened by itself must not run anything, whatever is in it.
_DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_FOR_EVER = "public, max-age=31536000, immutable"
# The original in place of a rendition that cannot be made just now.
_FOR_NOW = "public, max-age=60"


@get(
    "/media/{media_id:uuid}",
    operation_id="ShowImage",
    tags=["images"],
    responses={304: unchanged(), **problems(ImageNotFound, ImageNotRenderable, ImagingBusy)},
    media_type="image/*",
)
async def show_image(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    media_id: FromPath[UUID],
    width: Annotated[int | None, QueryParameter(name="w", ge=1, le=MOST_WIDTH)] = None,
    format_name: Annotated[Literal["webp", "jpeg"] | None, QueryParameter(name="fm")] = None,
) -> Response[bytes]:
    """The picture itself, or with `w` a rendition that is about so many pixels wide.

    `w` is answered by the next step of 80, 160, 320, 480, 640, 960, 1280, 1600, 1920 and 2560
    pixels, and no picture is made larger than it came. `fm` says the format; without it `Accept`
    decides. What lies at an address never changes, so it may be kept for ever.
    """
    wish = Wish(width=width, format_name=format_name, accept=request.headers.get("accept", ""))
    known_etag = request.headers.get("if-none-match", "")
    shown = await rendering.show_image(ctx, media_id, wish, known_etag)
    headers = {
        "etag": shown.etag,
        "cache-control": _FOR_EVER if shown.is_lasting else _FOR_NOW,
        "content-security-policy": _DRAWING_POLICY,
    }
    if shown.is_negotiated:
        headers["vary"] = "accept"
    if shown.etag == known_etag:
        return Response(b"", status_code=304, headers=headers)
    return Response(shown.content, media_type=shown.content_type, headers=headers)


@post(
    "/admin/v1/images",
    operation_id="AddImage",
    tags=["images"],
    guards=[requires("products:write")],
    responses=problems(NotAnImage),
    request_max_body_size=MOST_BYTES,
    raw_body="image/*",
)
async def add_image(ctx: NamedDependency[Context], request: Request[Any, Any, Any]) -> Image:
    """Keep the picture sent as the body. The same bytes twice are one picture."""
    return await storing.store_image(ctx, await request.body())


ROUTES = [show_image, add_image]
