"""Digital goods for the merchant's people: terms, files, licences, and who fetched what."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from galleria.commerce.catalog import VariantNotFound
from galleria.commerce.downloads.errors import (
    DigitalGoodNotFound,
    DownloadFileNotFound,
    DownloadNotFound,
    InvalidDigitalGood,
    TooManyFiles,
)
from galleria.commerce.downloads.model import DownloadFile, Fetch
from galleria.commerce.downloads.schemas import (
    DigitalGoodView,
    LicencesBrought,
    NewDigitalGood,
    NewLicences,
    OrderDownload,
)
from galleria.commerce.downloads.service import goods, granting, licensing
from galleria.engines.blob import BlobTooLarge
from galleria.engines.context import Context
from galleria.foundation.http import ShortText
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires, within

TAGS = ["downloads"]


@get(
    "/admin/v1/variants/{variant_id:uuid}/digital-good",
    operation_id="GetDigitalGood",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(DigitalGoodNotFound),
)
async def get_good(ctx: NamedDependency[Context], variant_id: FromPath[UUID]) -> DigitalGoodView:
    """On which terms the variant is had without being sent, and its files."""
    return await goods.get_good(ctx, variant_id)


@put(
    "/admin/v1/variants/{variant_id:uuid}/digital-good",
    operation_id="SetDigitalGood",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(VariantNotFound, InvalidDigitalGood),
)
async def set_good(
    ctx: NamedDependency[Context], variant_id: FromPath[UUID], data: JSONBody[NewDigitalGood]
) -> DigitalGoodView:
    """Sell the variant without a parcel: by files to fetch, or by licences from a pool.

    It is not shipped from here on, and an order of nothing else needs no address.
    """
    return await goods.set_good(ctx, variant_id, data)


@delete(
    "/admin/v1/variants/{variant_id:uuid}/digital-good",
    operation_id="RemoveDigitalGood",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(DigitalGoodNotFound),
)
async def remove_good(ctx: NamedDependency[Context], variant_id: FromPath[UUID]) -> None:
    """The variant is shipped again; what was bought can be fetched on."""
    await goods.remove_good(ctx, variant_id)


@post(
    "/admin/v1/download-files",
    operation_id="SendDownloadFile",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(DigitalGoodNotFound, DownloadFileNotFound, TooManyFiles, BlobTooLarge),
    # The gateway counts the bytes; they are streamed to the file store.
    request_max_body_size=None,
    raw_body="application/octet-stream",
)
async def send_file(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    variant_id: Annotated[UUID, QueryParameter()],
    name: Annotated[str, within(QueryParameter, ShortText)] = "download",
    replaces: Annotated[UUID | None, QueryParameter()] = None,
) -> DownloadFile:
    """Keep the body as a file that is sold with the variant, at most 10 GB.

    With `replaces` it takes the place of another file of the variant; buyers of that one get the
    new one, unless the terms say that they keep what they bought.
    """
    return await goods.add_file(ctx, variant_id, name, request.stream(), replaces=replaces)


@delete(
    "/admin/v1/download-files/{download_file_id:uuid}",
    operation_id="RetireDownloadFile",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(DownloadFileNotFound),
)
async def retire_file(ctx: NamedDependency[Context], download_file_id: FromPath[UUID]) -> None:
    """The file is sold no longer; who bought it can fetch it on."""
    await goods.retire_file(ctx, download_file_id)


@post(
    "/admin/v1/variants/{variant_id:uuid}/licences",
    operation_id="AddLicences",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(DigitalGoodNotFound),
)
async def add_licences(
    ctx: NamedDependency[Context], variant_id: FromPath[UUID], data: JSONBody[NewLicences]
) -> LicencesBrought:
    """Bring licences into the variant's pool, up to 5,000 at once. Safe to repeat: each is there
    once. They are kept encrypted, and each piece sold gets one.
    """
    return await licensing.add_licences(ctx, variant_id, data.licences)


@get(
    "/admin/v1/downloads/{grant_id:uuid}/fetches",
    operation_id="ListFetches",
    tags=TAGS,
    guards=[requires("orders:read")],
    responses=problems(DownloadNotFound, InvalidCursor),
)
async def list_fetches(
    ctx: NamedDependency[Context],
    grant_id: FromPath[UUID],
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Fetch]:
    """When the file was downloaded, newest first."""
    return await granting.list_fetches(ctx, grant_id, cursor, limit)


@post(
    "/admin/v1/downloads/{grant_id:uuid}/revoke",
    operation_id="RevokeDownload",
    tags=TAGS,
    guards=[requires("orders:write")],
    responses=problems(DownloadNotFound),
    status_code=200,
)
async def revoke(ctx: NamedDependency[Context], grant_id: FromPath[UUID]) -> OrderDownload:
    """The buyer cannot fetch the file any more, whatever link they have."""
    return await granting.revoke(ctx, grant_id)


@post(
    "/admin/v1/downloads/{grant_id:uuid}/renew",
    operation_id="RenewDownload",
    tags=TAGS,
    guards=[requires("orders:write")],
    responses=problems(DownloadNotFound),
    status_code=200,
)
async def renew(ctx: NamedDependency[Context], grant_id: FromPath[UUID]) -> OrderDownload:
    """The buyer can fetch the file as often and as long as if it had just been bought."""
    return await granting.renew(ctx, grant_id)


ROUTES = [
    get_good,
    set_good,
    remove_good,
    send_file,
    retire_file,
    add_licences,
    list_fetches,
    revoke,
    renew,
]
