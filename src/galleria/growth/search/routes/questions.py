"""What is asked and what came of it over HTTP: told by anyone, looked at by the back office."""

from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.routing import LimitQuery, problems, requires
from galleria.growth.search.model.noting import KEPT_DAYS, AskedKind, AskedSort, AskedWords
from galleria.growth.search.schemas import SearchEvents
from galleria.growth.search.service import noting, reporting

MOST_EVENT_BYTES = 200_000
Days = Annotated[int, QueryParameter(ge=1, le=KEPT_DAYS)]
Part = Annotated[str, QueryParameter(name="filter[words]", max_length=200)]
Locale = Annotated[str, QueryParameter(name="filter[locale]", max_length=35)]


class Taken(msgspec.Struct, frozen=True):
    """How many of the events there was room for."""

    taken: int


class AskedList(msgspec.Struct, frozen=True):
    """Words that were asked, with how they fared."""

    items: list[AskedWords]


@post(
    "/store/v1/search/events",
    operation_id="SendSearchEvents",
    tags=["storefront"],
    responses=problems(InvalidInput),
    request_max_body_size=MOST_EVENT_BYTES,
    status_code=202,
)
async def send_events(ctx: NamedDependency[Context], data: JSONBody[SearchEvents]) -> Taken:
    """Tell what a shopper did with an answer: events of User Behavior Insights, 100 at most.

    Every answer of the search has a `query_id`. An event with an `event_id` may be sent again. They
    are written down a moment later; in a rush some may be left out.
    """
    return Taken(noting.take_events(ctx, data.noted(ctx.now)))


@get(
    "/admin/v1/search/questions",
    operation_id="ListSearchQuestions",
    tags=["search"],
    guards=[requires("products:read")],
)
async def list_questions(
    ctx: NamedDependency[Context],
    which: FromQuery[AskedKind] = "top",
    days: Days = 7,
    part: Part = "",
    locale: Locale = "",
    sort: FromQuery[AskedSort | None] = None,
    limit: LimitQuery = 50,
) -> AskedList:
    """What shoppers asked most (`top`), what took longest (`slow`) and what found nothing
    (`empty`) in the last days, among the 500 of each day that come first."""
    found = await reporting.asked_words(
        ctx, which, days=days, part=part, locale=locale, sort=sort, most=limit
    )
    return AskedList(found)


@get(
    "/admin/v1/search/questions.csv",
    operation_id="ExportSearchQuestions",
    tags=["search"],
    guards=[requires("products:read")],
    media_type="text/csv",
)
async def export_questions(
    ctx: NamedDependency[Context], which: FromQuery[AskedKind] = "top", days: Days = 7
) -> Response[bytes]:
    """The same as a table, of 1,000 at most."""
    found = await reporting.asked_words(ctx, which, days=days, most=reporting.MOST_LISTED)
    name = f"{ctx.tenant.slug}-questions.csv"
    return Response(
        reporting.asked_as_csv(found),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


ROUTES = [send_events, list_questions, export_questions]
