"""Redirects over HTTP: kept by the back office, asked for by whoever draws the shop's pages."""

from typing import Annotated, Any

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from litestar.response import Stream

from galleria.content.redirects.errors import (
    InvalidRedirect,
    RedirectExists,
    RedirectLoop,
    RedirectNotFound,
)
from galleria.content.redirects.model.redirects import RedirectView, Way, view_of, way_of
from galleria.content.redirects.schemas import (
    NewRedirect,
    OldPath,
    RedirectChanges,
    RedirectsToRemove,
)
from galleria.content.redirects.service import reading, writing
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import LimitQuery, problems, requires, within

TAGS = ["redirects"]
# Answers may be kept by whatever stands between for some seconds, as those about products are.
KEEP = {"cache-control": "public, max-age=0, s-maxage=5, stale-while-revalidate=5"}
# A path of 2,000 bytes is the key of this list.
Cursor = Annotated[str | None, QueryParameter(max_length=4_096)]
Prefix = Annotated[str, QueryParameter(name="filter[prefix]", max_length=2_000)]
PathQuery = Annotated[str, within(QueryParameter, OldPath, "path")]


@get(
    "/admin/v1/redirects",
    operation_id="ListRedirects",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
)
async def list_redirects(
    ctx: NamedDependency[Context],
    prefix: Prefix = "",
    cursor: Cursor = None,
    limit: LimitQuery = 50,
) -> Page[RedirectView]:
    """Redirects by their old addresses; `filter[prefix]` is how those begin."""
    page = await reading.list_redirects(ctx, prefix, cursor, limit)
    return Page([view_of(each) for each in page.items], page.next_cursor)


@post(
    "/admin/v1/redirects",
    operation_id="CreateRedirect",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidInput, InvalidRedirect, RedirectExists, RedirectLoop),
)
async def create_redirect(
    ctx: NamedDependency[Context], data: JSONBody[NewRedirect]
) -> RedirectView:
    """Let an old address lead on. What led to it leads to the new end as well."""
    return view_of(await writing.create_redirect(ctx, data.draft()))


@patch(
    "/admin/v1/redirects",
    operation_id="ChangeRedirect",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidInput, InvalidRedirect, RedirectNotFound, RedirectLoop),
)
async def change_redirect(
    ctx: NamedDependency[Context], path: PathQuery, data: JSONBody[RedirectChanges]
) -> RedirectView:
    """Change what is named of the redirect from `path` and nothing else."""
    return view_of(await writing.change_redirect(ctx, path, data))


@delete(
    "/admin/v1/redirects",
    operation_id="RemoveRedirect",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidRedirect),
)
async def remove_redirect(ctx: NamedDependency[Context], path: PathQuery) -> None:
    """Let the old address `path` lead nowhere any more. Safe to repeat."""
    await writing.remove_redirects(ctx, [path])


@post(
    "/admin/v1/redirects/remove",
    operation_id="RemoveRedirects",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidInput, InvalidRedirect),
    status_code=204,
)
async def remove_redirects(
    ctx: NamedDependency[Context], data: JSONBody[RedirectsToRemove]
) -> None:
    """Let up to 500 old addresses lead nowhere any more, all or none. Safe to repeat."""
    await writing.remove_redirects(ctx, data.paths)


@get(
    "/admin/v1/redirects.csv",
    operation_id="ExportRedirects",
    tags=TAGS,
    guards=[requires("products:read")],
    media_type="text/csv",
)
async def export_redirects(ctx: NamedDependency[Context]) -> Response[Any]:
    """All redirects as a table, sent while it is read."""
    name = f"{ctx.tenant.slug}-redirects.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    rows = reading.export_redirects(ctx)
    return Stream(rows, media_type="text/csv; charset=utf-8", headers=headers)


@get(
    "/store/v1/redirects",
    operation_id="FindRedirect",
    tags=["storefront"],
    responses=problems(RedirectNotFound),
)
async def find_redirect(ctx: NamedDependency[Context], path: PathQuery) -> Response[Way]:
    """Where an old address leads: ask when a page is not found.

    `to` is an address; without one, `target_kind` and `target_id` name a thing, whose address is
    that of its page now.
    """
    ctx.note_shown("redirects")
    return Response(way_of(await reading.get_redirect(ctx, path)), headers=KEEP)


ROUTES = [
    list_redirects,
    create_redirect,
    change_redirect,
    remove_redirect,
    remove_redirects,
    export_redirects,
    find_redirect,
]
