"""Sets of judgments over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires
from galleria.growth.relevance.errors import (
    InvalidJudgment,
    InvalidJudgmentSet,
    JudgmentSetNotFound,
    TooManyJudgments,
    TooManyJudgmentSets,
    UnreadableJudgments,
)
from galleria.growth.relevance.model.judgments import Imported, JudgedQuery, JudgmentSet
from galleria.growth.relevance.schemas import NewJudgment, NewJudgmentSet
from galleria.growth.relevance.service import importing, sets
from galleria.platform.tenants import ChannelNotFound

TAGS = ["search"]
SETS = "/admin/v1/search/judgment-sets"
SET = SETS + "/{judgment_set_id:uuid}"
SetId = FromPath[UUID]
Begins = Annotated[str, QueryParameter(name="filter[prefix]", max_length=200)]


@get(
    SETS,
    operation_id="ListJudgmentSets",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
)
async def list_sets(
    ctx: NamedDependency[Context], cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[JudgmentSet]:
    """Sets of judgments by name."""
    return await sets.list_sets(ctx, cursor, limit)


@post(
    SETS,
    operation_id="CreateJudgmentSet",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidInput, InvalidJudgmentSet, ChannelNotFound, TooManyJudgmentSets),
)
async def create_set(ctx: NamedDependency[Context], data: JSONBody[NewJudgmentSet]) -> JudgmentSet:
    """Begin a set of judgments."""
    return await sets.create_set(ctx, data.draft())


@get(
    SET,
    operation_id="GetJudgmentSet",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(JudgmentSetNotFound),
)
async def get_set(ctx: NamedDependency[Context], judgment_set_id: SetId) -> JudgmentSet:
    """One set, with how much it holds."""
    return await sets.get_set(ctx, judgment_set_id)


@delete(
    SET,
    operation_id="RemoveJudgmentSet",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(JudgmentSetNotFound),
)
async def remove_set(ctx: NamedDependency[Context], judgment_set_id: SetId) -> None:
    """Remove a set with its judgments and runs."""
    await sets.remove_set(ctx, judgment_set_id)


@get(
    SET + "/queries",
    operation_id="ListJudgedQueries",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(JudgmentSetNotFound, InvalidCursor),
)
async def list_queries(
    ctx: NamedDependency[Context],
    judgment_set_id: SetId,
    prefix: Begins = "",
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[JudgedQuery]:
    """The queries of a set; `filter[prefix]` is how they begin."""
    return await sets.list_queries(ctx, judgment_set_id, cursor, limit, prefix)


@put(
    SET + "/judgments",
    operation_id="Judge",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(InvalidInput, InvalidJudgment, JudgmentSetNotFound, TooManyJudgments),
)
async def judge(
    ctx: NamedDependency[Context], judgment_set_id: SetId, data: JSONBody[NewJudgment]
) -> JudgmentSet:
    """Say how well a product answers a query, or take that back. Safe to repeat."""
    return await sets.judge(ctx, judgment_set_id, data.query, data.product_id, data.grade)


@post(
    "/admin/v1/search/judgment-files",
    operation_id="ImportJudgments",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(JudgmentSetNotFound, UnreadableJudgments, TooManyJudgments),
    # Counted as it is read, like other files.
    request_max_body_size=None,
    raw_body="application/octet-stream",
    status_code=200,
)
async def import_judgments(
    ctx: NamedDependency[Context], request: Request[Any, Any, Any], judgment_set_id: FromQuery[UUID]
) -> Imported:
    """Take in a CSV with the columns `query`, `product_id` and `grade`, whatever its type: the
    product by id, external id, handle or SKU; 200,000 lines and 24 MB at most. Lines that cannot be
    are left out and told."""
    return await importing.import_judgments(ctx, judgment_set_id, request.stream())


@post(
    SET + "/clicks",
    operation_id="JudgeByClicks",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(JudgmentSetNotFound, TooManyJudgments),
    status_code=200,
)
async def judge_by_clicks(ctx: NamedDependency[Context], judgment_set_id: SetId) -> JudgmentSet:
    """Add what shoppers clicked in the last 30 days as grades, beside what people judged."""
    return await importing.judge_by_clicks(ctx, judgment_set_id)


@get(
    SET + "/judgments.csv",
    operation_id="ExportJudgments",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(JudgmentSetNotFound),
    media_type="text/csv",
)
async def export_judgments(ctx: NamedDependency[Context], judgment_set_id: SetId) -> Response[Any]:
    """The judgments of a set as a table, as an import reads it."""
    await sets.get_set(ctx, judgment_set_id)
    rows = sets.export_judgments(ctx, judgment_set_id)
    headers = {"content-disposition": f'attachment; filename="{ctx.tenant.slug}-judgments.csv"'}
    return Stream(rows, media_type="text/csv; charset=utf-8", headers=headers)


ROUTES = [
    list_sets,
    create_set,
    get_set,
    remove_set,
    list_queries,
    judge,
    import_judgments,
    judge_by_clicks,
    export_judgments,
]
