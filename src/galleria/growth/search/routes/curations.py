"""Curations over HTTP: kept and tried out by the back office."""

from uuid import UUID

import msgspec
from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from galleria.commerce import listings
from galleria.engines.context import Context
from galleria.engines.search_index import (
    InvalidSearchQuery,
    SearchOverloaded,
    SearchTimeout,
    SearchUnavailable,
)
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires
from galleria.growth.search.errors import CurationNotFound, InvalidCuration, TooManyCurations
from galleria.growth.search.model.curations import Curation
from galleria.growth.search.model.questions import Question
from galleria.growth.search.routes.storefront import SearchPage
from galleria.growth.search.schemas import NewCuration, PreviewQuestion
from galleria.growth.search.service import curations, previewing
from galleria.platform.tenants import ChannelNotFound

TAGS = ["search"]


class PreviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """Two answers as they go over the wire."""

    today: SearchPage
    then: SearchPage


@get(
    "/admin/v1/search/curations",
    operation_id="ListCurations",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
)
async def list_curations(
    ctx: NamedDependency[Context], cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[Curation]:
    """Curations, those that come first first."""
    return await curations.list_curations(ctx, cursor, limit)


@post(
    "/admin/v1/search/curations",
    operation_id="CreateCuration",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidInput, InvalidCuration, TooManyCurations),
)
async def create_curation(ctx: NamedDependency[Context], data: JSONBody[NewCuration]) -> Curation:
    """Pin, hide, lift or sink products where some questions are asked, or lead elsewhere."""
    return await curations.create_curation(ctx, data.draft())


@post(
    "/admin/v1/search/curations/preview",
    operation_id="PreviewCuration",
    tags=TAGS,
    guards=[requires("products:read")],
    status_code=200,
    responses={
        200: ResponseSpec(PreviewPage, generate_examples=False),
        **problems(
            *(InvalidInput, InvalidCuration, InvalidSearchQuery, ChannelNotFound),
            *(SearchOverloaded, SearchTimeout, SearchUnavailable),
        ),
    },
)
async def preview_curation(
    ctx: NamedDependency[Context], data: JSONBody[PreviewQuestion]
) -> Response[bytes]:
    """Today's answer to a question beside the one that the curation would make of it."""
    window = await listings.window_of(ctx)
    question = Question(
        words=data.words,
        category=data.category,
        collection=data.collection,
        with_facets=False,
    )
    found = await previewing.preview(ctx, window, question, data.curation.draft(), data.curation_id)
    return Response(msgspec.json.encode(found), media_type="application/json")


@get(
    "/admin/v1/search/curations/{curation_id:uuid}",
    operation_id="GetCuration",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(CurationNotFound),
)
async def get_curation(ctx: NamedDependency[Context], curation_id: FromPath[UUID]) -> Curation:
    """One curation."""
    return await curations.get_curation(ctx, curation_id)


@put(
    "/admin/v1/search/curations/{curation_id:uuid}",
    operation_id="ReplaceCuration",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidInput, InvalidCuration, CurationNotFound),
)
async def replace_curation(
    ctx: NamedDependency[Context], curation_id: FromPath[UUID], data: JSONBody[NewCuration]
) -> Curation:
    """Say a curation anew, all of it. Safe to repeat."""
    return await curations.replace_curation(ctx, curation_id, data.draft())


@delete(
    "/admin/v1/search/curations/{curation_id:uuid}",
    operation_id="RemoveCuration",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(CurationNotFound),
)
async def remove_curation(ctx: NamedDependency[Context], curation_id: FromPath[UUID]) -> None:
    """Let it hold no more."""
    await curations.remove_curation(ctx, curation_id)


ROUTES = [
    list_curations,
    create_curation,
    preview_curation,
    get_curation,
    replace_curation,
    remove_curation,
]
