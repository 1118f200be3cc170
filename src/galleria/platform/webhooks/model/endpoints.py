"""Endpoints: where events go, which of them, and what is written to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.foundation.errors import FieldError
from galleria.foundation.events import Envelope
from galleria.platform.webhooks.errors import InvalidWebhook
from galleria.platform.webhooks.model.catalogue import LEAVES
from galleria.platform.webhooks.model.choosing import Choice, fulfils, selected
from galleria.platform.webhooks.model.retrying import Health
from galleria.platform.webhooks.model.streaming import StreamedEvent
from galleria.platform.webhooks.model.things import EXPANSIONS, thing_ids_in

MOST_ENDPOINTS = 50  # each multiplies what every event of the shop costs
DEFAULT_TIMEOUT_S = 15

Status = Literal["enabled", "paused", "disabled"]


class WebhooksSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How events are sent to other systems."""

    keep_days: Annotated[int, Meta(ge=1, le=365)] = 30
    """Days for which deliveries and their tries are kept."""
    give_up_hours: Annotated[int, Meta(ge=1, le=720)] = 96
    """Hours after which what could not be delivered has failed, tried or not."""
    disable_hours: Annotated[int, Meta(ge=1, le=720)] = 120
    """Hours of failures and nothing else after which an endpoint is disabled."""
    allow_http: bool = False
    """true lets endpoints be http:// too: for development. Private addresses need to be allowed by
    GALLERIA_OUTBOUND_ALLOW besides."""
    at_once: Annotated[int, Meta(ge=4, le=190)] = 96
    """Messages that one worker has under way at the same time, to endpoints that answer well."""
    at_once_an_endpoint: Annotated[int, Meta(ge=1, le=20)] = 8
    """Of these, to one endpoint."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An address that events go to. `disabled` is one that the house has given up on."""

    endpoint_id: UUID
    name: str
    url: str
    subscriptions: list[Choice]
    is_ordered: bool
    timeout_s: int
    status: Status
    disabled_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class ShownEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint with how it does. `state` is healthy, failing (its last try failed), resting
    (left alone for a while), idle (nothing was sent yet), paused or disabled.
    """

    endpoint: Endpoint
    state: Literal["healthy", "failing", "resting", "idle", "paused", "disabled"]
    health: Health


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be delivered to an endpoint. `message_id` is the event's: receivers may tell by it
    that they have it already."""

    endpoint_id: UUID
    message_id: UUID
    tag: str
    subject_id: str
    occurred_at: datetime
    body: str
    thing_ids: list[UUID] = []
    is_ordered: bool = False
    is_test: bool = False


def shown(endpoint: Endpoint, health: Health, now: datetime) -> ShownEndpoint:
    """The endpoint as pages and programs see it."""
    if endpoint.status != "enabled":
        return ShownEndpoint(endpoint=endpoint, state=endpoint.status, health=health)
    if health.is_open(now):
        state: Literal["healthy", "failing", "resting", "idle"] = "resting"
    elif health.failures_in_row:
        state = "failing"
    else:
        state = "healthy" if health.last_success_at else "idle"
    return ShownEndpoint(endpoint=endpoint, state=state, health=health)


def check_choices(choices: Sequence[Choice], fields_of: Mapping[str, Sequence[str]]) -> None:
    """Pass when each names an event that may leave the house, and fields that it has.

    Raises:
        InvalidWebhook: one does not, or an event is named twice.
    """
    errors: list[FieldError] = []
    seen: set[str] = set()
    for place, choice in enumerate(choices):
        at = f"subscriptions[{place}]"
        if choice.tag not in LEAVES or choice.tag not in fields_of:
            errors.append(FieldError(f"{at}.tag", "unknown_event", f"no event {choice.tag[:80]}"))
            continue
        if choice.is_expanded and choice.tag not in EXPANSIONS:
            said = "no thing is known to stand beside it"
            errors.append(FieldError(f"{at}.is_expanded", "not_expandable", said))
        if choice.tag in seen:
            errors.append(FieldError(f"{at}.tag", "repeated_event", "it is named twice"))
        seen.add(choice.tag)
        known = fields_of[choice.tag]
        errors += [
            FieldError(f"{at}.conditions[{number}].path", "unknown_field", f"no {each.path[:80]}")
            for number, each in enumerate(choice.conditions)
            if each.path not in known
        ]
        errors += [
            FieldError(f"{at}.fields[{number}]", "unknown_field", f"no {each[:80]}")
            for number, each in enumerate(choice.fields)
            if each not in known
        ]
    if errors:
        raise InvalidWebhook("; ".join(each.message for each in errors[:5]), errors=errors[:50])


def messages_for(
    endpoint: Endpoint, slug: str, events: Sequence[Envelope[dict[str, Any]]]
) -> list[Message]:
    """What the endpoint is to be told of these events, in their order."""
    wanted = {choice.tag: choice for choice in endpoint.subscriptions}
    messages = []
    for event in events:
        choice = wanted.get(event.tag)
        if choice is None or not fulfils(event.payload, choice.conditions):
            continue
        messages.append(
            Message(
                endpoint_id=endpoint.endpoint_id,
                message_id=event.event_id,
                tag=event.tag,
                subject_id=event.subject_id,
                occurred_at=event.occurred_at,
                body=body_of(event, slug, selected(event.payload, choice.fields)),
                thing_ids=thing_ids_in(event.tag, event.payload) if choice.is_expanded else [],
                is_ordered=endpoint.is_ordered,
            )
        )
    return messages


def body_of_streamed(event: StreamedEvent, slug: str) -> bytes:
    """The body that a webhook without a choice of fields would have of this event."""
    envelope = Envelope(
        event_id=event.id,
        tag=event.type,
        tenant_id=0,
        subject_id=event.subject_id,
        occurred_at=event.timestamp,
        actor="",
        request_id="",
        payload=event.data,
    )
    return body_of(envelope, slug, event.data).encode()


def body_of(event: Envelope[Any], slug: str, data: Mapping[str, Any]) -> str:
    """The message's body. `type`, `timestamp` and `data` are those of Standard Webhooks."""
    return msgspec.json.encode(
        {
            "type": event.tag,
            "timestamp": event.occurred_at,
            "id": event.event_id,
            "shop": slug,
            "subject_id": event.subject_id,
            "data": data,
        }
    ).decode()
