"""The history of things over HTTP, for reading only."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires
from galleria.platform.changes.errors import HistoryNotFound
from galleria.platform.changes.model.changes import ChangeView
from galleria.platform.changes.service import reading

SubjectKind = Annotated[str, PathParameter(max_length=40, pattern=r"^[a-z][a-z0-9_]*$(?!\n)")]
SubjectId = Annotated[str, PathParameter(min_length=1, max_length=200)]


@get(
    "/admin/v1/changes/{subject_kind:str}/{subject_id:str}",
    operation_id="ListChanges",
    tags=["changes"],
    guards=[requires("audit:read")],
    responses=problems(HistoryNotFound, InvalidCursor),
)
async def list_changes(
    ctx: NamedDependency[Context],
    subject_kind: SubjectKind,
    subject_id: SubjectId,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[ChangeView]:
    """What happened to one thing, newest first, with what differs before and after.

    A page may hold fewer than `limit`, even none, and still have a next one: each looks through a
    bounded share of the shop's bulk work.
    """
    return await reading.known_history_of(ctx, subject_kind, subject_id, cursor, limit)


ROUTES = [list_changes]
