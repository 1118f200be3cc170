"""Imports: asked for, watched, held up, taken back, and what they found."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from galleria.commerce import imports
from galleria.commerce.imports import (
    Change,
    ImportFinished,
    ImportNotPaused,
    ImportNotUndoable,
    Run,
)
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor

Verb: TypeAlias = Callable[[Context, UUID], Awaitable[Run]]
PAGE = 20
_OF_VARIANT = re.compile(r"variants\[(.*)\](?:\.([a-z_]+))?", re.DOTALL)
PROBLEMS_A_PAGE = 50
CHANGES_A_PAGE = 50


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
    return await show_all(desk, forms.empty(publish="file"))


async def show_all(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    """The list, with the form as it was sent."""
    cursor = desk.question("cursor", 4_000) or None
    page = await imports.list_runs(desk.ctx, cursor, PAGE)
    return desk.show(
        "imports/list.html",
        status,
        section="runs",
        page=page,
        form=form,
        is_first=cursor is None,
        progress_of=progress_of,
    )


@get("/s/{slug:str}/imports/{run_id:uuid}", scope="imports:read")
async def show_import(desk: NamedDependency[Desk], run_id: FromPath[UUID]) -> Response[bytes]:
    """One import: how far it is, what it did, and what was wrong."""
    return await _show(desk, run_id, forms.empty())


class Told(msgspec.Struct, frozen=True):
    """A difference, its path in parts: which field, and of which variant or property."""

    field: str
    of: str
    before: str
    after: str


def told_of(change: Change) -> list[Told]:
    """What would change of a product, for the words of the page.

    The field of a variant that comes or goes as a whole is `variant`.
    """
    found = []
    for each in change.differences:
        match = _OF_VARIANT.fullmatch(each.path)
        if match is not None:
            field, of = match[2] or "variant", match[1]
        else:
            head, _, tail = each.path.partition(".")
            field, of = head, tail
        found.append(Told(field, of, each.before, each.after))
    return found


class Seen(msgspec.Struct, frozen=True):
    """Which part of the report is looked at."""

    code: str | None
    only_refusals: bool
    outcome: str | None

    @property
    def query(self) -> str:
        """As an address asks for it, to be gone on with."""
        asked = {"code": self.code, "only": "refused" if self.only_refusals else None}
        asked["what"] = self.outcome
        said = {name: text for name, text in asked.items() if text}
        return "?" + (urlencode(said) + "&" if said else "")


def _asked(desk: Desk, run: Run) -> Seen:
    code, what = desk.question("code", 60), desk.question("what", 20)
    return Seen(
        code=code if code in run.problem_codes else None,
        only_refusals=desk.question("only", 20) == "refused",
        outcome=what if what in ("created", "changed") else None,
    )


async def _show(desk: Desk, run_id: UUID, form: Form[Any], status: int = 200) -> Response[bytes]:
    run = await imports.get_run(desk.ctx, run_id)
    seen = _asked(desk, run)
    cursor = desk.question("problems", 4_000) or None
    changes_cursor = desk.question("changes", 4_000) or None
    left_cursor = desk.question("left", 4_000) or None
    left = None
    try:
        if run.undo_phase is not None:
            left = await imports.list_undo_remarks(desk.ctx, run_id, left_cursor, PROBLEMS_A_PAGE)
        problems = await imports.list_problems(
            desk.ctx,
            run_id,
            cursor,
            PROBLEMS_A_PAGE,
            code=seen.code,
            only_refusals=seen.only_refusals,
        )
        changes = None
        if run.is_dry_run:
            changes = await imports.list_changes(
                desk.ctx, run_id, changes_cursor, CHANGES_A_PAGE, outcome=seen.outcome
            )
    except InvalidCursor:
        return desk.go(desk.at(f"/imports/{run_id}"))
    return desk.show(
        "imports/run.html",
        status,
        run=run,
        progress=progress_of(run),
        pictures=(await imports.pictures_of(desk.ctx, [run]))[run_id],
        found=problems,
        seen=seen,
        told_of=told_of,
        codes=sorted(run.problem_codes.items(), key=lambda each: (-each[1], each[0])),
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
    try:
        begun = await imports.repeat_import(desk.ctx, run_id)
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
    return download(rows, "text/csv; charset=utf-8", f"undo-{run_id}.csv")


@get("/s/{slug:str}/imports/{run_id:uuid}/problems.csv", scope="imports:read")
async def download_problems(desk: NamedDependency[Desk], run_id: FromPath[UUID]) -> Stream:
    """The problems as a table for a spreadsheet."""
    rows = await imports.problems_as_csv(desk.ctx, run_id)
    return download(rows, "text/csv; charset=utf-8", f"problems-{run_id}.csv")


def download(content: Any, media_type: str, name: str) -> Stream:
    """A file under this name."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Stream(content, media_type=media_type, headers=headers)


ROUTES = [
    show_imports,
    show_import,
    show_progress,
    start_import,
    cancel_import,
    pause_import,
    resume_import,
    undo_import,
    download_left,
    download_problems,
]
