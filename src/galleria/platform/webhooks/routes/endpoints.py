"""Endpoints over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from galleria.engines.context import Context
from galleria.engines.sql import IdempotencyConflict, IdempotencyInProgress
from galleria.foundation.errors import InvalidInput, PreconditionFailed
from galleria.foundation.pagination import Page
from galleria.foundation.routing import etag_of, expect_version, problems, requires
from galleria.platform.webhooks.errors import (
    EventScopeNotHeld,
    InvalidWebhook,
    TooManySecrets,
    TooManyWebhooks,
    WebhookNotFound,
)
from galleria.platform.webhooks.model.catalogue import EventType, event_types
from galleria.platform.webhooks.model.endpoints import ShownEndpoint
from galleria.platform.webhooks.schemas import (
    CreatedWebhook,
    NewWebhook,
    RotateSecret,
    Secrets,
    WebhookChanges,
)
from galleria.platform.webhooks.service import endpoints as service
from galleria.platform.webhooks.service import secrets

TAGS = ["webhooks"]
PLACE = "/admin/v1/webhooks"
ONE = PLACE + "/{endpoint_id:uuid}"
READ, WRITE = "webhooks:read", "webhooks:write"
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]
IdempotencyKey = Annotated[
    str | None, HeaderParameter(name="Idempotency-Key", max_length=255, pattern=r"^[!-~]+$(?!\n)")
]


def tagged(shown: ShownEndpoint) -> Response[ShownEndpoint]:
    """The endpoint with its version as an `ETag`."""
    return Response(shown, headers={"etag": etag_of(shown.endpoint.version)})


@get("/admin/v1/event-types", operation_id="ListEventTypes", tags=TAGS, guards=[requires(READ)])
async def list_event_types() -> Page[EventType]:
    """All events that can be subscribed to, each with its fields and a sample."""
    return Page(event_types())


@get(PLACE, operation_id="ListWebhooks", tags=TAGS, guards=[requires(READ)])
async def list_webhooks(ctx: NamedDependency[Context]) -> Page[ShownEndpoint]:
    """All webhooks of the shop with how they do; a shop has 50 at most."""
    return Page(await service.list_webhooks(ctx))


@post(
    PLACE,
    operation_id="CreateWebhook",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(
        *(InvalidInput, InvalidWebhook, EventScopeNotHeld, TooManyWebhooks),
        *(IdempotencyConflict, IdempotencyInProgress),
    ),
)
async def create_webhook(
    ctx: NamedDependency[Context],
    data: JSONBody[NewWebhook],
    idempotency_key: IdempotencyKey = None,
) -> CreatedWebhook:
    """Send events to an address from now on. The secret that comes back signs each message, by
    Standard Webhooks. With an `Idempotency-Key`, safe to repeat for a day."""
    return await service.create_webhook(ctx, data, idempotency_key)


@get(
    ONE,
    operation_id="GetWebhook",
    tags=TAGS,
    guards=[requires(READ)],
    responses=problems(WebhookNotFound),
)
async def get_webhook(
    ctx: NamedDependency[Context], endpoint_id: FromPath[UUID]
) -> Response[ShownEndpoint]:
    """One webhook with how it does, and its version as `ETag`."""
    return tagged(await service.get_webhook(ctx, endpoint_id))


@patch(
    ONE,
    operation_id="ChangeWebhook",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(
        InvalidInput, InvalidWebhook, EventScopeNotHeld, WebhookNotFound, PreconditionFailed
    ),
)
async def change_webhook(
    ctx: NamedDependency[Context],
    endpoint_id: FromPath[UUID],
    data: JSONBody[WebhookChanges],
    if_match: IfMatch = None,
) -> Response[ShownEndpoint]:
    """Change what is named of the webhook. Messages that wait already stay as they were made."""
    version = expect_version(if_match)
    return tagged(await service.change_webhook(ctx, endpoint_id, data, version))


@delete(
    ONE,
    operation_id="RemoveWebhook",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(WebhookNotFound),
)
async def remove_webhook(ctx: NamedDependency[Context], endpoint_id: FromPath[UUID]) -> None:
    """Send nothing there any more, and forget what was sent."""
    await service.remove_webhook(ctx, endpoint_id)


@post(
    ONE + "/pause",
    operation_id="PauseWebhook",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(WebhookNotFound),
    status_code=200,
)
async def pause_webhook(
    ctx: NamedDependency[Context], endpoint_id: FromPath[UUID]
) -> Response[ShownEndpoint]:
    """Send nothing for the time being; what happens meanwhile waits. Safe to repeat."""
    return tagged(await service.pause_webhook(ctx, endpoint_id))


@post(
    ONE + "/enable",
    operation_id="EnableWebhook",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(WebhookNotFound, EventScopeNotHeld),
    status_code=200,
)
async def enable_webhook(
    ctx: NamedDependency[Context], endpoint_id: FromPath[UUID]
) -> Response[ShownEndpoint]:
    """Send again, what waits at once; also to one that rests after failures. Safe to repeat."""
    return tagged(await service.enable_webhook(ctx, endpoint_id))


@get(
    ONE + "/secrets",
    operation_id="ShowWebhookSecrets",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(WebhookNotFound),
)
async def show_secrets(ctx: NamedDependency[Context], endpoint_id: FromPath[UUID]) -> Secrets:
    """The secrets that sign at present, the newest first: each message has a signature by each."""
    return Secrets(items=await secrets.show_secrets(ctx, endpoint_id))


@post(
    ONE + "/secrets/rotate",
    operation_id="RotateWebhookSecret",
    tags=TAGS,
    guards=[requires(WRITE)],
    responses=problems(InvalidInput, InvalidWebhook, WebhookNotFound, TooManySecrets),
    status_code=200,
)
async def rotate_secret(
    ctx: NamedDependency[Context], endpoint_id: FromPath[UUID], data: JSONBody[RotateSecret]
) -> Secrets:
    """Sign with a new secret, and with the old ones for `grace_hours` more."""
    return Secrets(items=await secrets.rotate_secret(ctx, endpoint_id, data))


ROUTES = [
    list_event_types,
    list_webhooks,
    create_webhook,
    get_webhook,
    change_webhook,
    remove_webhook,
    pause_webhook,
    enable_webhook,
    show_secrets,
    rotate_secret,
]
