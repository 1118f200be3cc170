"""The diary over HTTP, for reading only."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import problems, requires
from galleria.platform.audit import service
from galleria.platform.audit.model import Entry

# Bounds of query parameters stand in the marker: Litestar does not read msgspec's own.
Cursor = Annotated[str | None, QueryParameter(max_length=4_096)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Subject = Annotated[str | None, QueryParameter(name="filter[subject]", max_length=250)]


@get(
    "/admin/v1/audit",
    operation_id="ListAuditEntries",
    tags=["audit"],
    guards=[requires("audit:read")],
    responses=problems(InvalidCursor),
)
async def list_entries(
    ctx: NamedDependency[Context],
    cursor: Cursor = None,
    limit: Limit = 50,
    subject: Subject = None,
) -> Page[Entry]:
    """Who did what in this shop, newest first."""
    return await service.list_entries(ctx, cursor, limit, subject)


ROUTES = [list_entries]
