"""The event stream over HTTP: pages, or server-sent events for who asks for those."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from galleria.engines.context import Context
from galleria.engines.realtime import TooManySubscribers
from galleria.foundation.routing import LimitQuery, problems, requires
from galleria.platform.webhooks.errors import (
    EventScopeNotHeld,
    EventsNotKept,
    InvalidPosition,
    InvalidWebhook,
)
from galleria.platform.webhooks.model.streaming import EventPage
from galleria.platform.webhooks.routes.endpoints import READ, TAGS
from galleria.platform.webhooks.service import streaming

EVENT_STREAM = "text/event-stream"
AfterQuery = Annotated[str | None, QueryParameter(max_length=100)]
TagsQuery = Annotated[str, QueryParameter(name="filter[tag]", max_length=4_000)]
Accept = Annotated[str, HeaderParameter(name="Accept", max_length=1_000)]
LastEventId = Annotated[str | None, HeaderParameter(name="Last-Event-ID", max_length=100)]


@get(
    "/admin/v1/events",
    operation_id="ReadEvents",
    tags=TAGS,
    guards=[requires(READ)],
    responses={
        **problems(
            *(InvalidWebhook, InvalidPosition, EventScopeNotHeld, EventsNotKept),
            *(TooManySubscribers,),
        ),
        200: ResponseSpec(
            data_container=EventPage,
            generate_examples=False,
            description="The next events; as server-sent events with `Accept: text/event-stream`.",
        ),
    },
)
async def read_events(
    ctx: NamedDependency[Context],
    after: AfterQuery = None,
    tags: TagsQuery = "",
    limit: LimitQuery = 100,
    accept: Accept = "",
    last_event_id: LastEventId = None,
) -> Response[Any]:
    """What happened in the shop, in order: `filter[tag]` names events by commas, all that the key
    may read without it. `after` is a position, or `now`.

    With `Accept: text/event-stream` the answer stays open and tells of each event as it happens,
    from now on or after `Last-Event-ID`.
    """
    wanted = streaming.tags_for(ctx, [each for each in tags.split(",") if each])
    if EVENT_STREAM not in accept:
        return Response(await streaming.read_events(ctx, wanted, after, limit))
    told = await streaming.open_stream(ctx, wanted, last_event_id or after)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return Stream(told, media_type=EVENT_STREAM, headers=headers)


ROUTES = [read_events]
