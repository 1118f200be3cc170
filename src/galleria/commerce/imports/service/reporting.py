"""Imports in lists, with their problems and what a dry run saw."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar
from uuid import UUID

from galleria.commerce import pictures
from galleria.commerce.imports.errors import ImportNotFound
from galleria.commerce.imports.model.runs import Change, Problem, Run, UndoRemark
from galleria.commerce.imports.repository import reports
from galleria.commerce.imports.repository import runs as repository
from galleria.commerce.pictures import Counts
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.pagination import CursorKey, InvalidCursor, Page

NEWEST = UUID(int=2**128 - 1)  # above every id there will be
T = TypeVar("T")

CSV_COLUMNS = ("line", "column", "code", "reason", "remedy", "excerpt")
REMARK_COLUMNS = ("handle", "path", "code", "reason")
_ROWS_AT_ONCE = 1_000
# What a spreadsheet takes for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def get_run(reader: Reader, run_id: UUID) -> Run:
    """The import.

    Raises:
        ImportNotFound: this shop has no such import.
    """
    run = await repository.find_run(reader, run_id)
    if run is None:
        raise ImportNotFound(f"no import {run_id}")
    return run


async def list_runs(ctx: Context, cursor: str | None = None, limit: int = 50) -> Page[Run]:
    """A page of imports, newest first.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    scope = "imports.runs"
    before = NEWEST if cursor is None else UUID(str(key_of(ctx, cursor, scope, str)))
    found = await repository.runs_before(ctx, before, limit + 1)
    last = str(found[limit - 1].run_id) if len(found) > limit else None
    return page_of(ctx, scope, found[:limit], last)


async def list_problems(
    ctx: Context,
    run_id: UUID,
    cursor: str | None = None,
    limit: int = 50,
    *,
    code: str | None = None,
    only_refusals: bool = False,
) -> Page[Problem]:
    """A page of an import's problems, in the order of the file; of one code, or refusals only.

    Raises:
        ImportNotFound: this shop has no such import.
        InvalidCursor: the cursor is not one of this list.
    """
    await get_run(ctx, run_id)
    scope = f"imports.problems:{run_id}:{code}:{only_refusals}"
    after = 0 if cursor is None else int(key_of(ctx, cursor, scope, int) or 0)
    found = await reports.problems_after(ctx, run_id, after, limit + 1, code, only_refusals)
    last = found[limit - 1].number if len(found) > limit else None
    return page_of(ctx, scope, found[:limit], last)


async def pictures_of(reader: Reader, runs: Sequence[Run]) -> dict[UUID, Counts]:
    """How far the pictures are that these imports were the first to name, by import."""
    return await pictures.counts_of_imports(reader, [run.run_id for run in runs])


async def list_changes(
    ctx: Context,
    run_id: UUID,
    cursor: str | None = None,
    limit: int = 50,
    *,
    outcome: str | None = None,
) -> Page[Change]:
    """A page of what a dry run would create and change, or one of both: its first thousand.

    Raises:
        ImportNotFound: this shop has no such import.
        InvalidCursor: the cursor is not one of this list.
    """
    await get_run(ctx, run_id)
    scope = f"imports.changes:{run_id}:{outcome}"
    after = 0 if cursor is None else int(key_of(ctx, cursor, scope, int) or 0)
    found = await reports.changes_after(ctx, run_id, after, limit + 1, outcome)
    last = found[limit - 1].number if len(found) > limit else None
    return page_of(ctx, scope, found[:limit], last)


async def list_undo_remarks(
    ctx: Context, run_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[UndoRemark]:
    """A page of what stayed when an import was undone: the first 10,000 are kept.

    Raises:
        ImportNotFound: this shop has no such import.
        InvalidCursor: the cursor is not one of this list.
    """
    await get_run(ctx, run_id)
    scope = f"imports.undo_remarks:{run_id}"
    after = 0 if cursor is None else int(key_of(ctx, cursor, scope, int) or 0)
    found = await reports.remarks_after(ctx, run_id, after, limit + 1)
    last = found[limit - 1].number if len(found) > limit else None
    return page_of(ctx, scope, found[:limit], last)


def key_of(ctx: Context, cursor: str, scope: str, kind: type) -> CursorKey:
    """The one key a cursor of this list holds.

    Raises:
        InvalidCursor: it is none.
    """
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    if len(keys) != 1 or not isinstance(keys[0], kind):
        raise InvalidCursor("this cursor is not one of this list")
    return keys[0]


def page_of(ctx: Context, scope: str, items: list[T], last: CursorKey) -> Page[T]:
    """A page; with `last`, the key of its last item, there is a next one."""
    if last is None:
        return Page(items=items)
    cursors = ctx.engines.cursors
    return Page(items=items, next_cursor=cursors.encode(ctx.tenant.tenant_id, scope, [last]))


async def problems_as_csv(ctx: Context, run_id: UUID) -> AsyncIterator[bytes]:
    """The kept problems as CSV in UTF-8 with a byte order mark, as spreadsheets like it.

    Raises:
        ImportNotFound: this shop has no such import; raised before the first bytes.
    """
    await get_run(ctx, run_id)

    async def rows() -> AsyncIterator[bytes]:
        yield b"\xef\xbb\xbf" + _csv([CSV_COLUMNS])
        after = 0
        while found := await reports.problems_after(ctx, run_id, after, _ROWS_AT_ONCE):
            after = found[-1].number
            yield _csv([_cells(each) for each in found])

    return rows()


async def undo_remarks_as_csv(ctx: Context, run_id: UUID) -> AsyncIterator[bytes]:
    """What stayed when an import was undone, as `problems_as_csv` tells problems.

    Raises:
        ImportNotFound: this shop has no such import; raised before the first bytes.
    """
    await get_run(ctx, run_id)

    async def rows() -> AsyncIterator[bytes]:
        yield b"\xef\xbb\xbf" + _csv([REMARK_COLUMNS])
        after = 0
        while found := await reports.remarks_after(ctx, run_id, after, _ROWS_AT_ONCE):
            after = found[-1].number
            yield _csv([(_text(r.handle), _text(r.path), r.code, _text(r.reason)) for r in found])

    return rows()


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cells(each: Problem) -> tuple[str, ...]:
    texts = (each.column, each.code, each.reason, each.remedy, each.excerpt)
    return (str(each.line), *map(_text, texts))


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
