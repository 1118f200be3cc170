"""Pictures over HTTP: anyone may look, a key may add."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.content.images import service
from galleria.content.images.errors import ImageNotFound, NotAnImage
from galleria.content.images.model import MOST_BYTES, Image
from galleria.engines.context import Context
from galleria.foundation.routing import problems, requires, unchanged

# A drawing opened by itself must not run anything, whatever is in it.
_DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@get(
    "/media/{media_id:uuid}",
    operation_id="ShowImage",
    tags=["images"],
    responses={304: unchanged(), **problems(ImageNotFound)},
    media_type="image/*",
)
async def show_image(
    ctx: NamedDependency[Context], request: Request[Any, Any, Any], media_id: FromPath[UUID]
) -> Response[bytes]:
    """The picture itself. Its bytes never change, so it may be kept for ever."""
    image = await service.get_image(ctx, media_id)
    headers = {
        "etag": f'"{image.sha256[:32]}"',
        "cache-control": "public, max-age=31536000, immutable",
        "content-security-policy": _DRAWING_POLICY,
    }
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(b"", status_code=304, headers=headers)
    content = await service.read_image(ctx, image)
    return Response(content, media_type=image.content_type, headers=headers)


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
    return await service.store_image(ctx, await request.body())


ROUTES = [show_image, add_image]
