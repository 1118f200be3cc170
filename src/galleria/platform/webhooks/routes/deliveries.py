"""The log of deliveries over HTTP: read, sent again, tried."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires
from galleria.platform.webhooks.errors import (
    InvalidWebhook,
    WebhookDeliveryNotFound,
    WebhookNotEnabled,
    WebhookNotFound,
    WebhookReplayNotFound,
)
from galleria.platform.webhooks.model.deliveries import Delivery, DeliveryDetail, Replay
from galleria.platform.webhooks.model.figures import EndpointStats
from galleria.platform.webhooks.routes.endpoints import ONE, READ, TAGS, WRITE
from galleria.platform.webhooks.schemas import NewReplay, TestEvent, TestSent
from galleria.platform.webhooks.service import reading, replaying

StateQuery = Annotated[
    Literal["waiting", "delivered", "failed"] | None, QueryParameter(name="filter[state]")
]
TagQuery = Annotated[
    str, QueryParameter(name="filter[tag]", max_length=100, pattern=r"^[a-z0-9_.]*$(?!\n)")
]
HoursQuery = Annotated[int, QueryParameter(ge=1, le=720)]


@get(
    ONE + "/deliveries",
    operation_id="ListWebhookDeliveries",
    tags=TAGS,
    guards=[requires(READ)],
    responses=problems(WebhookNotFound, InvalidCursor),
)
async def list_deliveries(
    ctx: NamedDependency[Context],
    endpoint_id: FromPath[UUID],
    delivery_state: StateQuery = None,
    tag: TagQuery = "",
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Delivery]:
    """What was sent there and what waits to be, the newest first; kept for 30 days as a rule."""
    kinds = (delivery_state or "", tag)
    return await reading.list_deliveries(ctx, endpoint_id, kinds, cursor, limit)


@get(
    ONE + "/deliveries/{delivery_id:uuid}",
    operation_id="GetWebhookDelivery",
    tags=TAGS,
    guards=[requires(READ)],
    responses=problems(WebhookNotFound, WebhookDeliveryNotFound),
)
async def get_delivery(
    ctx: NamedDependency[Context], endpoint_id: FromPath[UUID], delivery_id: FromPath[UUID]
) -> DeliveryDetail:
    """A delivery with its body, and each try with what was answered."""
    return await reading.get_delivery(ctx, endpoint_id, delivery_id)


@post(
    ONE + "/deliveries/{delivery_id:uuid}/replay",
    operation_id="ReplayWebhookDelivery",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(WebhookNotFound, WebhookDeliveryNotFound),
    status_code=202,
)
async def replay_delivery(
    ctx: NamedDependency[Context], endpoint_id: FromPath[UUID], delivery_id: FromPath[UUID]
) -> DeliveryDetail:
    """Send a delivery once more, with the id it had. One that waits is not sent twice."""
    return await replaying.replay_delivery(ctx, endpoint_id, delivery_id)


@post(
    ONE + "/replays",
    operation_id="StartWebhookReplay",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(InvalidInput, InvalidWebhook, WebhookNotFound),
    status_code=202,
)
async def start_replay(
    ctx: NamedDependency[Context], endpoint_id: FromPath[UUID], data: JSONBody[NewReplay]
) -> Replay:
    """Send all that failed, or simply all, of a stretch of time once more; a worker does it."""
    return await replaying.start_replay(ctx, endpoint_id, data)


@get(
    ONE + "/replays/{replay_id:uuid}",
    operation_id="GetWebhookReplay",
    tags=TAGS,
    guards=[requires(READ)],
    responses=problems(WebhookReplayNotFound),
)
async def get_replay(
    ctx: NamedDependency[Context], endpoint_id: FromPath[UUID], replay_id: FromPath[UUID]
) -> Replay:
    """How far a replay has come."""
    return await replaying.get_replay(ctx, endpoint_id, replay_id)


@post(
    ONE + "/test",
    operation_id="TestWebhook",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(InvalidInput, InvalidWebhook, WebhookNotFound, WebhookNotEnabled),
    status_code=202,
)
async def send_test(
    ctx: NamedDependency[Context], endpoint_id: FromPath[UUID], data: JSONBody[TestEvent]
) -> TestSent:
    """Send a sample of an event, to try a receiver with."""
    return TestSent(delivery_id=await replaying.send_test(ctx, endpoint_id, data.tag))


@get(
    ONE + "/stats",
    operation_id="GetWebhookStats",
    tags=TAGS,
    guards=[requires(READ)],
    responses=problems(WebhookNotFound),
)
async def get_stats(
    ctx: NamedDependency[Context], endpoint_id: FromPath[UUID], hours: HoursQuery = 24
) -> EndpointStats:
    """How much arrived in the last hours, how long it took, and how old what waits is."""
    return await reading.stats(ctx, endpoint_id, hours)


ROUTES = [
    list_deliveries,
    get_delivery,
    replay_delivery,
    start_replay,
    get_replay,
    send_test,
    get_stats,
]
