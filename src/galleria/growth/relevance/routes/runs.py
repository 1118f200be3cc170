"""Runs of judged queries over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from galleria.engines.context import Context
from galleria.engines.search_index import SearchOverloaded, SearchTimeout, SearchUnavailable
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires
from galleria.growth.relevance.errors import (
    InvalidJudgment,
    JudgmentSetNotFound,
    NothingJudged,
    RelevanceRunNotFound,
    RunNotFinished,
    UnknownProfile,
)
from galleria.growth.relevance.model.judgments import MAX_QUERY
from galleria.growth.relevance.model.runs import QueryScore, Run
from galleria.growth.relevance.routes.sets import SET, TAGS
from galleria.growth.relevance.schemas import StartRun
from galleria.growth.relevance.service import comparing, running
from galleria.growth.relevance.service.comparing import Beside, ComparedRuns
from galleria.platform.tenants import ChannelNotFound

RUN = "/admin/v1/search/relevance-runs/{relevance_run_id:uuid}"
RunId = FromPath[UUID]
# The framework keeps `query` for itself as an argument's name.
QueryQuery = Annotated[str, QueryParameter(name="query", min_length=1, max_length=MAX_QUERY)]
SideQuery = Annotated[str, QueryParameter(max_length=60)]


@post(
    SET + "/runs",
    operation_id="StartRelevanceRun",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidInput, JudgmentSetNotFound, NothingJudged, UnknownProfile),
    status_code=202,
)
async def start_run(
    ctx: NamedDependency[Context], judgment_set_id: FromPath[UUID], data: JSONBody[StartRun]
) -> Run:
    """Ask all queries of a set as shoppers would, and measure the answers; a worker does it."""
    return await running.start_run(ctx, judgment_set_id, data.profile)


@get(
    SET + "/runs",
    operation_id="ListRelevanceRuns",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(JudgmentSetNotFound, InvalidCursor),
)
async def list_runs(
    ctx: NamedDependency[Context],
    judgment_set_id: FromPath[UUID],
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Run]:
    """The runs of a set, newest first; the latest fifty are kept."""
    return await running.list_runs(ctx, judgment_set_id, cursor, limit)


@get(
    SET + "/beside",
    operation_id="LookBeside",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(
        *(InvalidJudgment, JudgmentSetNotFound, RelevanceRunNotFound, UnknownProfile),
        *(SearchOverloaded, SearchTimeout, SearchUnavailable, ChannelNotFound),
    ),
)
async def look_beside(
    ctx: NamedDependency[Context],
    judgment_set_id: FromPath[UUID],
    words: QueryQuery,
    left: SideQuery = "",
    right: SideQuery = "",
) -> Beside:
    """Two answers to a query beside each other, with grades and what moved: `left` and `right` are
    the id of a run, or a profile of the search to ask now, that of shoppers when empty."""
    return await comparing.look_beside(ctx, judgment_set_id, words, left, right)


@get(
    RUN,
    operation_id="GetRelevanceRun",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(RelevanceRunNotFound),
)
async def get_run(ctx: NamedDependency[Context], relevance_run_id: RunId) -> Run:
    """One run: how far it is, and its figures when it is done."""
    return await running.get_run(ctx, relevance_run_id)


@get(
    RUN + "/queries",
    operation_id="ListRelevanceScores",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(RelevanceRunNotFound, InvalidCursor),
)
async def list_scores(
    ctx: NamedDependency[Context],
    relevance_run_id: RunId,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[QueryScore]:
    """The queries of a run with what came of each."""
    return await running.list_scores(ctx, relevance_run_id, cursor, limit)


@get(
    RUN + "/compare",
    operation_id="CompareRelevanceRuns",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(RelevanceRunNotFound, RunNotFinished),
)
async def compare_runs(
    ctx: NamedDependency[Context], relevance_run_id: RunId, before: FromQuery[UUID]
) -> ComparedRuns:
    """What changed from the run `before` to this one: over all, by query, and whether it is more
    than chance."""
    return await comparing.compare_runs(ctx, before, relevance_run_id)


ROUTES = [start_run, list_runs, look_beside, get_run, list_scores, compare_runs]
