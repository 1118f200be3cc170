"""Files for whoever has a link to them."""

from typing import Annotated, Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, HeaderParameter
from litestar.response import Stream

from galleria.commerce.downloads.errors import (
    DownloadExpired,
    DownloadLimitReached,
    DownloadLinkExpired,
    DownloadNotFound,
    DownloadRevoked,
)
from galleria.commerce.downloads.model import BYTES
from galleria.commerce.downloads.service import fetching
from galleria.commerce.downloads.service.fetching import Fetched
from galleria.engines.blob import BlobRangeNotSatisfiable
from galleria.engines.context import Context
from galleria.foundation.routing import problems

_WHOLE, _PARTIAL = 200, 206


@get(
    "/store/v1/downloads/{link:str}",
    operation_id="FetchDownload",
    tags=["checkout"],
    responses={
        _PARTIAL: ResponseSpec(
            data_container=bytes,
            generate_examples=False,
            description="The part of the file that `Range` asks for.",
            media_type=BYTES,
        ),
        **problems(
            DownloadNotFound,
            DownloadLinkExpired,
            DownloadRevoked,
            DownloadExpired,
            DownloadLimitReached,
            BlobRangeNotSatisfiable,
        ),
    },
    media_type=BYTES,
)
async def fetch_download(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    link: FromPath[str],
    if_range: Annotated[str | None, HeaderParameter(name="If-Range")] = None,
) -> Response[Any]:
    """A file that was bought, by the link of an order. With `Range` a part of it (206): a download
    that broke off is gone on with and not counted again within the hour.
    """
    fetched = await fetching.fetch(ctx, link, request.headers.get("range"), if_range)
    if fetched.stream is None:
        raise BlobRangeNotSatisfiable(f"the file has {fetched.file.size_bytes} bytes")
    status = _WHOLE if fetched.part is None else _PARTIAL
    return Stream(
        aiter(fetched.stream),
        status_code=status,
        media_type=fetched.file.content_type,
        headers=_headers(fetched),
    )


def _headers(fetched: Fetched) -> dict[str, str]:
    file, part, stream = fetched.file, fetched.part, fetched.stream
    assert stream is not None, "what is behind the end was refused"
    plain = file.name.encode("ascii", "replace").decode().replace("?", "_")
    headers = {
        # The route names what is documented, which would win otherwise.
        "content-type": file.content_type,
        "accept-ranges": "bytes",
        "cache-control": "private, no-store",
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''"
        + quote(file.name, safe=""),
        "content-length": str(stream.size_bytes),
        # Whatever the file is, no browser takes it for a page of the shop.
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        "etag": fetching.etag_of(file),
    }
    if part is not None:
        last = part.first + stream.size_bytes - 1
        headers["content-range"] = f"bytes {part.first}-{last}/{file.size_bytes}"
    return headers


ROUTES = [fetch_download]
