"""Imports held up and taken back over HTTP."""

from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from galleria.commerce.imports import service
from galleria.commerce.imports.errors import (
    ImportNotFound,
    ImportNotPaused,
    ImportNotUndoable,
)
from galleria.commerce.imports.model.runs import UndoRemark
from galleria.commerce.imports.schemas import ImportView
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires

TAGS = ["imports"]


@post(
    "/admin/v1/imports/{run_id:uuid}/pause",
    operation_id="PauseImport",
    tags=TAGS,
    guards=[requires("imports:write")],
    responses=problems(ImportNotFound, ImportNotPaused),
    status_code=200,
)
async def pause_import(ctx: NamedDependency[Context], run_id: FromPath[UUID]) -> ImportView:
    """Take nothing more in until it is resumed; other imports may go on. Safe to repeat."""
    return ImportView.of(await service.pause_import(ctx, run_id))


@post(
    "/admin/v1/imports/{run_id:uuid}/resume",
    operation_id="ResumeImport",
    tags=TAGS,
    guards=[requires("imports:write")],
    responses=problems(ImportNotFound, ImportNotPaused),
    status_code=200,
)
async def resume_import(ctx: NamedDependency[Context], run_id: FromPath[UUID]) -> ImportView:
    """Go on with a paused import where it stood, when its turn comes. Safe to repeat."""
    return ImportView.of(await service.resume_import(ctx, run_id))


@post(
    "/admin/v1/imports/{run_id:uuid}/undo",
    operation_id="UndoImport",
    tags=TAGS,
    guards=[requires("imports:write")],
    responses=problems(ImportNotFound, ImportNotUndoable),
    status_code=202,
)
async def undo_import(ctx: NamedDependency[Context], run_id: FromPath[UUID]) -> ImportView:
    """Take an import back, as far as nobody ordered or edited what it brought. Safe to repeat.

    Only imports of products that ended in the last 30 days. To have it again, import the file
    again.
    """
    return ImportView.of(await service.start_undo(ctx, run_id))


@get(
    "/admin/v1/imports/{run_id:uuid}/undo/remarks",
    operation_id="ListUndoRemarks",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(ImportNotFound, InvalidCursor),
)
async def list_undo_remarks(
    ctx: NamedDependency[Context],
    run_id: FromPath[UUID],
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[UndoRemark]:
    """What stayed as it is when the import was undone, and why: the first 10,000 are kept."""
    return await service.list_undo_remarks(ctx, run_id, cursor, limit)


@get(
    "/admin/v1/imports/{run_id:uuid}/undo/remarks.csv",
    operation_id="DownloadUndoRemarks",
    tags=TAGS,
    guards=[requires("imports:read")],
    responses=problems(ImportNotFound),
    media_type="text/csv",
)
async def download_undo_remarks(ctx: NamedDependency[Context], run_id: FromPath[UUID]) -> Stream:
    """What stayed as it is, as CSV."""
    rows = await service.undo_remarks_as_csv(ctx, run_id)
    headers = {"content-disposition": f'attachment; filename="undo-{run_id}.csv"'}
    return Stream(rows, media_type="text/csv; charset=utf-8", headers=headers)


ROUTES = [pause_import, resume_import, undo_import, list_undo_remarks, download_undo_remarks]
