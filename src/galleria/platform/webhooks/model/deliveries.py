"""Deliveries and their tries, as they are kept and shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from galleria.platform.webhooks.model.retrying import Outcome

State = Literal["waiting", "delivered", "failed"]
KEPT_BODY_CHARS = 4_096  # of an answer
KEPT_HEADER_CHARS = 500  # of one header's value
KEPT_HEADERS = 30
# What these say opens something, here or there.
_SECRET_HEADERS = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authenticate",
        "proxy-authorization",
        "set-cookie",
        "www-authenticate",
        "x-api-key",
    }
)


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one endpoint, or at its end. `due_at` is the next try's earliest
    instant, None when there is none, or when an earlier one of the same subject has to be first."""

    delivery_id: UUID
    endpoint_id: UUID
    message_id: UUID
    tag: str
    subject_id: str
    occurred_at: datetime
    is_test: bool
    state: State
    tries: int
    due_at: datetime | None
    created_at: datetime
    done_at: datetime | None
    last_status: int | None
    last_error: str | None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try: what was sent, what was answered, how long it took. No `status` without an answer;
    `error` says why then."""

    attempt_id: UUID
    tried_at: datetime
    latency_ms: int
    status: int | None
    error: str | None
    request_headers: dict[str, str]
    response_headers: dict[str, str]
    response_body: str


class DeliveryDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery with the body that is sent, and its latest tries, the newest first.

    `is_expanded` when things stand beside the event: they are read at each try and not kept.
    """

    delivery: Delivery
    url: str
    body: str
    is_expanded: bool
    attempts: list[Attempt]


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that is this sender's until `due_at`."""

    delivery_id: UUID
    endpoint_id: UUID
    message_id: UUID
    tag: str
    subject_id: str
    body: str
    thing_ids: list[UUID] | None
    tries: int
    due_at: datetime
    created_at: datetime


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed delivery and what came of the try."""

    claimed: Claimed
    is_ordered: bool
    attempt_id: UUID
    outcome: Outcome
    latency_ms: int
    request_headers: dict[str, str]
    response_headers: dict[str, str]
    response_body: str


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """Deliveries made from `since` to before `until` are sent once more: the failed ones, or all.
    `replayed_count` of them are on their way so far."""

    replay_id: UUID
    endpoint_id: UUID
    since: datetime
    until: datetime
    what: Literal["failed", "all"]
    state: Literal["running", "done"]
    replayed_count: int
    created_at: datetime
    done_at: datetime | None


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as they are kept: few, short, and without what opens something."""
    kept = {}
    for name, value in list(headers.items())[:KEPT_HEADERS]:
        is_secret = name.lower() in _SECRET_HEADERS
        kept[name[:100]] = "(not kept)" if is_secret else value[:KEPT_HEADER_CHARS]
    return kept


def kept_request(headers: Mapping[str, str]) -> dict[str, str]:
    """What was sent, without the signatures: with them a message could be sent by others."""
    return {
        name: "(not kept)" if name == "webhook-signature" else value
        for name, value in headers.items()
    }


def kept_body(raw: bytes) -> str:
    """The beginning of an answer as text that a database takes."""
    return (
        raw[: KEPT_BODY_CHARS * 4]
        .decode(errors="replace")
        .replace("\x00", "\ufffd")[:KEPT_BODY_CHARS]
    )


def by_endpoint(tried: Sequence[Tried]) -> dict[UUID, list[Tried]]:
    """The tries of each endpoint, in their order."""
    grouped: dict[UUID, list[Tried]] = {}
    for each in tried:
        grouped.setdefault(each.claimed.endpoint_id, []).append(each)
    return grouped
