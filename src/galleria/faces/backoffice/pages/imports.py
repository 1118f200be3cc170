"""Product files in and out: sent, looked through, taken in, held up, taken back."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from galleria.commerce import imports
from galleria.commerce.imports import ImportFinished, ImportNotPaused, ImportNotUndoable, Run
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.products.exporting import products_as_csv
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor

Verb: TypeAlias = Callable[[Context, UUID], Awaitable[Run]]
PAGE = 20
PROBLEMS_A_PAGE = 50
CHANGES_A_PAGE = 50
# How products that the file says nothing about go in.
PUBLISH: dict[str, bool | None] = {"file": None, "yes": True, "no": False}


class Progress(msgspec.Struct, frozen=True):
    """What the page asks for while an import runs. `share` is 0 to 1."""

    state: str
    has_ended: bool
    share: float
    product_count: int
    created_count: int
    changed_count: int
    unchanged_count: int
    refused_count: int
    problem_count: int
    undo_removed_count: int
    undo_reverted_count: int
    undo_kept_count: int


def progress_of(run: Run) -> Progress:
    """How far an import is."""
    names = [name for name in Progress.__struct_fields__ if name != "share"]
    return Progress(**{name: getattr(run, name) for name in names}, share=round(run.share, 4))


@get("/s/{slug:str}/imports", scope="imports:read")
async def show_imports(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The form for a file, and all imports so far."""
    return await _show_all(desk, forms.empty(publish="file"))


async def _show_all(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    page = await imports.list_runs(desk.ctx, cursor, PAGE)
    return desk.show(
        "imports/list.html",
        status,
        page=page,
        form=form,
        is_first=cursor is None,
        progress_of=progress_of,
    )


# Under an address of its own, so that the gateway lets more through than a form has.
@post(
    "/uploads/{slug:str}/imports",
    scope="imports:write",
    streams=True,
    request_max_body_size=None,
)
async def send_file(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The file is kept, and an import or a look through it has begun."""
    upload = await desk.upload()
    form: Form[Any] = Form(values=dict(upload.fields), many={}, errors={})
    try:
        async for name, content in upload.files():
            file = await imports.accept_file(desk.ctx, name, content)
            run = await imports.start_import(
                desk.ctx,
                file.file_id,
                is_dry_run="preview" in upload.fields,
                publish=PUBLISH.get(upload.fields.get("publish", "file")),
                keeps_stock="keeps_stock" in upload.fields,
            )
            return desk.go(desk.at(f"/imports/{run.run_id}"))
        raise forms.refused("file", "file_needed")
    except GalleriaError as error:
        forms.refuse(form, error)
        form.errors.setdefault("file", form.message)
        return await _show_all(desk, form, error.status)


@get("/s/{slug:str}/imports/{run_id:uuid}", scope="imports:read")
async def show_import(desk: NamedDependency[Desk], run_id: FromPath[UUID]) -> Response[bytes]:
    """One import: how far it is, what it did, and what was wrong."""
    return await _show(desk, run_id, forms.empty())


async def _show(desk: Desk, run_id: UUID, form: Form[Any], status: int = 200) -> Response[bytes]:
    run = await imports.get_run(desk.ctx, run_id)
    cursor = desk.question("problems", 4_000) or None
    changes_cursor = desk.question("changes", 4_000) or None
    left_cursor = desk.question("left", 4_000) or None
    left = None
    try:
        if run.undo_phase is not None:
            left = await imports.list_undo_remarks(desk.ctx, run_id, left_cursor, PROBLEMS_A_PAGE)
        problems = await imports.list_problems(desk.ctx, run_id, cursor, PROBLEMS_A_PAGE)
        changes = None
        if run.is_dry_run:
            changes = await imports.list_changes(desk.ctx, run_id, changes_cursor, CHANGES_A_PAGE)
    except InvalidCursor:
        return desk.go(desk.at(f"/imports/{run_id}"))
    return desk.show(
        "imports/run.html",
        status,
        run=run,
        progress=progress_of(run),
        pictures=(await imports.pictures_of(desk.ctx, [run]))[run_id],
        found=problems,
        changes=changes,
        left=left,
        is_undoable=run.is_undoable(desk.ctx.now),
        form=form,
        is_first=cursor is None and changes_cursor is None and left_cursor is None,
    )


@get("/s/{slug:str}/imports/{run_id:uuid}/progress.json", scope="imports:read")
async def show_progress(desk: NamedDependency[Desk], run_id: FromPath[UUID]) -> Response[bytes]:
    """How far an import is, for the script that moves the bar."""
    run = await imports.get_run(desk.ctx, run_id)
    return Response(
        msgspec.json.encode(progress_of(run)),
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


@post("/s/{slug:str}/imports/{run_id:uuid}/start", scope="imports:write")
async def start_import(desk: NamedDependency[Desk], run_id: FromPath[UUID]) -> Response[bytes]:
    """The file that was looked through goes in, with the same wishes."""
    run = await imports.get_run(desk.ctx, run_id)
    try:
        begun = await imports.start_import(
            desk.ctx,
            run.file_id,
            is_dry_run=False,
            publish=run.publish,
            keeps_stock=run.keeps_stock,
        )
    except GalleriaError as error:
        forms.refuse(desk.form, error)
        return await _show(desk, run_id, desk.form, error.status)
    return desk.go(desk.at(f"/imports/{begun.run_id}"))


@post("/s/{slug:str}/imports/{run_id:uuid}/cancel", scope="imports:write")
async def cancel_import(desk: NamedDependency[Desk], run_id: FromPath[UUID]) -> Response[bytes]:
    """Nothing more goes in; what went in before stays."""
    try:
        await imports.cancel_import(desk.ctx, run_id)
    except ImportFinished as error:
        forms.refuse(desk.form, error)
        return await _show(desk, run_id, desk.form, error.status)
    return desk.go(desk.at(f"/imports/{run_id}"), Notice("import_cancelled"))


@post("/s/{slug:str}/imports/{run_id:uuid}/pause", scope="imports:write")
async def pause_import(desk: NamedDependency[Desk], run_id: FromPath[UUID]) -> Response[bytes]:
    """Nothing more goes in until somebody resumes it."""
    return await _turn(desk, run_id, imports.pause_import, "import_paused")


@post("/s/{slug:str}/imports/{run_id:uuid}/resume", scope="imports:write")
async def resume_import(desk: NamedDependency[Desk], run_id: FromPath[UUID]) -> Response[bytes]:
    """It goes on where it stood."""
    return await _turn(desk, run_id, imports.resume_import, "import_resumed")


@post("/s/{slug:str}/imports/{run_id:uuid}/undo", scope="imports:write")
async def undo_import(desk: NamedDependency[Desk], run_id: FromPath[UUID]) -> Response[bytes]:
    """What it brought goes again, as far as nobody built on it."""
    return await _turn(desk, run_id, imports.start_undo, "import_undo")


async def _turn(desk: Desk, run_id: UUID, verb: Verb, notice: str) -> Response[bytes]:
    try:
        await verb(desk.ctx, run_id)
    except (ImportNotPaused, ImportNotUndoable) as error:
        forms.refuse(desk.form, error)
        return await _show(desk, run_id, desk.form, error.status)
    return desk.go(desk.at(f"/imports/{run_id}"), Notice(notice))


@get("/s/{slug:str}/imports/{run_id:uuid}/left.csv", scope="imports:read")
async def download_left(desk: NamedDependency[Desk], run_id: FromPath[UUID]) -> Stream:
    """What stayed when it was undone, as a table for a spreadsheet."""
    rows = await imports.undo_remarks_as_csv(desk.ctx, run_id)
    return _download(rows, "text/csv; charset=utf-8", f"undo-{run_id}.csv")


@get("/s/{slug:str}/imports/{run_id:uuid}/problems.csv", scope="imports:read")
async def download_problems(desk: NamedDependency[Desk], run_id: FromPath[UUID]) -> Stream:
    """The problems as a table for a spreadsheet."""
    rows = await imports.problems_as_csv(desk.ctx, run_id)
    return _download(rows, "text/csv; charset=utf-8", f"problems-{run_id}.csv")


@get("/s/{slug:str}/export/products.jsonl", scope="imports:read")
async def export_lines(desk: NamedDependency[Desk]) -> Stream:
    """All products as product lines: complete, and read back by an import."""
    name = f"{desk.shop.slug}-products.jsonl"
    return _download(imports.export_shop(desk.ctx), "application/jsonl", name)


@get("/s/{slug:str}/export/products.csv", scope="imports:read")
async def export_table(desk: NamedDependency[Desk]) -> Stream:
    """All products as a table for spreadsheets, one line for each variant."""
    name = f"{desk.shop.slug}-products.csv"
    return _download(products_as_csv(desk.ctx), "text/csv; charset=utf-8", name)


def _download(content: Any, media_type: str, name: str) -> Stream:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Stream(content, media_type=media_type, headers=headers)


ROUTES = [
    show_imports,
    send_file,
    show_import,
    show_progress,
    start_import,
    cancel_import,
    pause_import,
    resume_import,
    undo_import,
    download_left,
    download_problems,
    export_lines,
    export_table,
]
