"""Product files over HTTP, for the back office and for programs."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream

from galleria.commerce.catalog import ProductFilter
from galleria.commerce.imports import service
from galleria.commerce.imports.errors import (
    ExportNotFound,
    ExportNotReady,
    FileNotFound,
    ImportFinished,
    ImportNotFound,
    MappingNotFound,
    NobodyTakesIt,
    UnreadableFile,
)
from galleria.commerce.imports.model.mappings import TableReading
from galleria.commerce.imports.model.runs import Change, Problem, StoredFile
from galleria.commerce.imports.schemas import (
    ExportView,
    ImportView,
    LookAtFile,
    RepeatImport,
    StartExport,
    StartImport,
)
from galleria.commerce.imports.service import FileLook
from galleria.engines.blob import BlobTooLarge
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.http import ShortText
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires, within

TAGS = ["imports"]


@post(
    "/admin/v1/imports/files",
    operation_id="SendProductFile",
    tags=TAGS,
    guards=[requires("imports:write")],
    responses=problems(BlobTooLarge),
    # The gateway counts the bytes; they are streamed to the file store.
    request_max_body_size=None,
    raw_body="application/octet-stream",
)
async def send_file(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    name: Annotated[str, within(QueryParameter, ShortText)] = "products",
) -> StoredFile:
    """Keep the body, whatever its type, as a product file to be imported. At most 20 GB."""
    return await service.accept_file(ctx, name, request.stream())


@post(
    "/admin/v1/imports/look",
    operation_id="LookAtProductFile",
    tags=TAGS,
    guards=[requires("imports:write")],
    responses=problems(InvalidInput, FileNotFound, UnreadableFile),
    status_code=200,
)
async def look_at_file(ctx: NamedDependency[Context], data: JSONBody[LookAtFile]) -> FileLook:
    """See what a file is, how it begins, and what comes of its first rows. Writes nothing."""
    reading = TableReading(delimiter=data.delimiter, encoding=data.encoding)
    return await service.look_at_file(ctx, data.file_id, data.document, reading)


@post(
    "/admin/v1/imports",
    operation_id="StartImport",
    tags=TAGS,
    guards=[requires("imports:write")],
    responses=problems(InvalidInput, FileNotFound, MappingNotFound, UnreadableFile, NobodyTakesIt),
    status_code=202,
)
async def start_import(ctx: NamedDependency[Context], data: JSONBody[StartImport]) -> ImportView:
    """Import a file sent before; the answer comes at once, the work is done by a worker."""
    run = await service.start_import(
        ctx,
        data.file_id,
        is_dry_run=data.is_dry_run,
        publish=data.publish,
        keeps=data.keeps,
        format=data.format,
    )
    return ImportView.of(run)


@get(
    "/admin/v1/imports",
    operation_id="ListImports",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(InvalidCursor),
)
async def list_imports(
    ctx: NamedDependency[Context], cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[ImportView]:
    """Imports, newest first."""
    page = await service.list_runs(ctx, cursor, limit)
    counts = await service.pictures_of(ctx, page.items)
    items = [ImportView.of(run, counts[run.run_id]) for run in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


@get(
    "/admin/v1/imports/{run_id:uuid}",
    operation_id="GetImport",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(ImportNotFound),
)
async def get_import(ctx: NamedDependency[Context], run_id: FromPath[UUID]) -> ImportView:
    """One import and how far it is."""
    run = await service.get_run(ctx, run_id)
    return ImportView.of(run, (await service.pictures_of(ctx, [run]))[run_id])


@get(
    "/admin/v1/imports/{run_id:uuid}/problems",
    operation_id="ListImportProblems",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(ImportNotFound, InvalidCursor),
)
async def list_problems(
    ctx: NamedDependency[Context],
    run_id: FromPath[UUID],
    code: Annotated[str | None, QueryParameter(name="filter[code]", max_length=60)] = None,
    only_refusals: Annotated[bool, QueryParameter(name="filter[is_refusal]")] = False,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Problem]:
    """What was wrong in the file, in its order: the first 10,000 are kept, all are counted."""
    return await service.list_problems(
        ctx, run_id, cursor, limit, code=code, only_refusals=only_refusals
    )


@get(
    "/admin/v1/imports/{run_id:uuid}/problems.csv",
    operation_id="DownloadImportProblems",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(ImportNotFound),
    media_type="text/csv",
)
async def download_problems(ctx: NamedDependency[Context], run_id: FromPath[UUID]) -> Stream:
    """The kept problems as CSV."""
    rows = await service.problems_as_csv(ctx, run_id)
    headers = {"content-disposition": f'attachment; filename="problems-{run_id}.csv"'}
    return Stream(rows, media_type="text/csv; charset=utf-8", headers=headers)


@get(
    "/admin/v1/imports/{run_id:uuid}/changes",
    operation_id="ListImportChanges",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(ImportNotFound, InvalidCursor),
)
async def list_changes(
    ctx: NamedDependency[Context],
    run_id: FromPath[UUID],
    outcome: Annotated[
        Literal["created", "changed"] | None, QueryParameter(name="filter[outcome]")
    ] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Change]:
    """What a dry run would create and change: its first thousand products."""
    return await service.list_changes(ctx, run_id, cursor, limit, outcome=outcome)


@post(
    "/admin/v1/imports/{run_id:uuid}/repeat",
    operation_id="RepeatImport",
    tags=TAGS,
    guards=[requires("imports:write")],
    responses=problems(ImportNotFound, FileNotFound, UnreadableFile, NobodyTakesIt),
    status_code=202,
)
async def repeat_import(
    ctx: NamedDependency[Context], run_id: FromPath[UUID], data: JSONBody[RepeatImport]
) -> ImportView:
    """Import the same file with the same wishes: what was looked through, as it was seen."""
    run = await service.repeat_import(ctx, run_id, is_dry_run=data.is_dry_run)
    return ImportView.of(run)


@post(
    "/admin/v1/imports/{run_id:uuid}/cancel",
    operation_id="CancelImport",
    tags=TAGS,
    guards=[requires("imports:write")],
    responses=problems(ImportNotFound, ImportFinished),
    status_code=200,
)
async def cancel_import(ctx: NamedDependency[Context], run_id: FromPath[UUID]) -> ImportView:
    """Take nothing more in; what went in before stays. Safe to repeat."""
    return ImportView.of(await service.cancel_import(ctx, run_id))


@post(
    "/admin/v1/exports",
    operation_id="StartExport",
    tags=TAGS,
    guards=[requires("imports:write")],
    responses=problems(InvalidInput),
    status_code=202,
)
async def start_export(ctx: NamedDependency[Context], data: JSONBody[StartExport]) -> ExportView:
    """Write products with prices and stock to a file; a worker does it."""
    wanted = ProductFilter(status=data.status, category_id=data.category_id, brand=data.brand)
    export = await service.start_export(
        ctx, format=data.format, is_packed=data.is_packed, wanted=wanted
    )
    return ExportView.of(export)


@get(
    "/admin/v1/exports",
    operation_id="ListExports",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(InvalidCursor),
)
async def list_exports(
    ctx: NamedDependency[Context], cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[ExportView]:
    """Exports, newest first."""
    page = await service.list_exports(ctx, cursor, limit)
    return Page(items=[ExportView.of(each) for each in page.items], next_cursor=page.next_cursor)


@get(
    "/admin/v1/exports/{export_id:uuid}",
    operation_id="GetExport",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(ExportNotFound),
)
async def get_export(ctx: NamedDependency[Context], export_id: FromPath[UUID]) -> ExportView:
    """One export; when it is done, `file` says where to fetch it."""
    return ExportView.of(await service.get_export(ctx, export_id))


@get(
    "/admin/v1/exports/{export_id:uuid}/file",
    operation_id="DownloadExport",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(ExportNotFound, ExportNotReady),
    media_type="application/octet-stream",
)
async def download_export(
    ctx: NamedDependency[Context], export_id: FromPath[UUID]
) -> Response[Any]:
    """The file of a finished export: product lines or a table, packed or not."""
    export, stream = await service.open_export(ctx, export_id)
    name = f"{ctx.tenant.slug}-{export_id}.{export.format}{'.gz' if export.is_packed else ''}"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "content-length": str(stream.size_bytes),
    }
    return Stream(aiter(stream), media_type=stream.info.content_type, headers=headers)


ROUTES = [
    send_file,
    look_at_file,
    repeat_import,
    start_import,
    list_imports,
    get_import,
    list_problems,
    download_problems,
    list_changes,
    cancel_import,
    start_export,
    list_exports,
    get_export,
    download_export,
]
