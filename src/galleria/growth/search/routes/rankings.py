"""Rankings over HTTP: kept and tried out by the back office."""

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
from galleria.foundation.pagination import Page
from galleria.foundation.routing import problems, requires
from galleria.growth.search.errors import (
    InvalidRanking,
    RankingNameTaken,
    RankingNotFound,
    TooManyRankings,
)
from galleria.growth.search.model.questions import Question
from galleria.growth.search.model.rankings import RankingProfile
from galleria.growth.search.routes.storefront import SearchPage
from galleria.growth.search.schemas import (
    DefaultRanking,
    NewRanking,
    RankingChanges,
    RankingQuestion,
)
from galleria.growth.search.service import comparing, rankings
from galleria.growth.search.service.comparing import Placed
from galleria.platform.tenants import ChannelNotFound

TAGS = ["search"]


class RankingPreviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """Two answers as they go over the wire, and how products came to their places."""

    today: SearchPage
    then: SearchPage
    moves: list[Placed]


@get(
    "/admin/v1/search/rankings",
    operation_id="ListRankings",
    tags=TAGS,
    guards=[requires("products:read")],
)
async def list_rankings(ctx: NamedDependency[Context]) -> Page[RankingProfile]:
    """All rankings that the shop keeps, by name: twenty at most. Without a default among them the
    built-in one, "standard", holds."""
    return Page(items=await rankings.list_rankings(ctx))


@post(
    "/admin/v1/search/rankings",
    operation_id="CreateRanking",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidInput, InvalidRanking, RankingNameTaken, TooManyRankings),
)
async def create_ranking(
    ctx: NamedDependency[Context], data: JSONBody[NewRanking]
) -> RankingProfile:
    """Say what the order of answers is made of; it holds once it is made the default."""
    return await rankings.create_ranking(ctx, data.draft())


@put(
    "/admin/v1/search/rankings/default",
    operation_id="SetDefaultRanking",
    tags=TAGS,
    guards=[requires("products:write")],
    status_code=204,
    responses=problems(InvalidInput, RankingNotFound),
)
async def set_default_ranking(
    ctx: NamedDependency[Context], data: JSONBody[DefaultRanking]
) -> None:
    """Let the ranking of this name hold for all shoppers; "standard" is the built-in one."""
    await rankings.make_default(ctx, data.name)


@post(
    "/admin/v1/search/rankings/preview",
    operation_id="PreviewRanking",
    tags=TAGS,
    guards=[requires("products:read")],
    status_code=200,
    responses={
        200: ResponseSpec(RankingPreviewPage, generate_examples=False),
        **problems(
            *(InvalidInput, InvalidRanking, RankingNotFound, InvalidSearchQuery, ChannelNotFound),
            *(SearchOverloaded, SearchTimeout, SearchUnavailable),
        ),
    },
)
async def preview_ranking(
    ctx: NamedDependency[Context], data: JSONBody[RankingQuestion]
) -> Response[bytes]:
    """Today's answer to a question beside the one by these weights, and where products stood."""
    window = await listings.window_of(ctx)
    question = Question(
        words=data.words,
        category=data.category,
        collection=data.collection,
        ranking=data.instead_of,
        with_facets=False,
    )
    found = await comparing.preview_ranking(ctx, window, question, data.weights.draft())
    return Response(msgspec.json.encode(found), media_type="application/json")


@get(
    "/admin/v1/search/rankings/{ranking_name:str}",
    operation_id="GetRanking",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(RankingNotFound),
)
async def get_ranking(ctx: NamedDependency[Context], ranking_name: FromPath[str]) -> RankingProfile:
    """One ranking."""
    return await rankings.get_ranking(ctx, ranking_name)


@put(
    "/admin/v1/search/rankings/{ranking_name:str}",
    operation_id="ReplaceRanking",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidInput, InvalidRanking, RankingNotFound),
)
async def replace_ranking(
    ctx: NamedDependency[Context], ranking_name: FromPath[str], data: JSONBody[RankingChanges]
) -> RankingProfile:
    """Say anew what a ranking is made of, all of it. Safe to repeat."""
    return await rankings.replace_ranking(ctx, ranking_name, data.weights.draft())


@delete(
    "/admin/v1/search/rankings/{ranking_name:str}",
    operation_id="RemoveRanking",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(RankingNotFound),
)
async def remove_ranking(ctx: NamedDependency[Context], ranking_name: FromPath[str]) -> None:
    """Let it be gone; when it was the default, the built-in one holds again."""
    await rankings.remove_ranking(ctx, ranking_name)


ROUTES = [
    list_rankings,
    create_ranking,
    set_default_ranking,
    preview_ranking,
    get_ranking,
    replace_ranking,
    remove_ranking,
]
