"""The thing itself beside the event: the order that was placed, the products that changed.

Which things those are is settled when the event is told; what they are like is read when the
message is sent, so that a late try shows nothing older than its event. What is read is never kept.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from galleria.platform.webhooks.model.choosing import found_at

MOST_THINGS = 20  # read for one message
MOST_BYTES = 256 * 1024  # of all that stands beside one event

Kind = Literal["order", "product"]
Reason = Literal["gone", "too_large", "too_many", "unavailable"]


class Expansion(msgspec.Struct, frozen=True):
    """What kind of thing an event is about, and the path of its ids in the event."""

    kind: Kind
    path: str


SCOPES: Mapping[Kind, str] = {"order": "orders:read", "product": "products:read"}
"""Kind of thing -> the scope that reads it: the same one that reads the events about it."""

EXPANSIONS: Mapping[str, Expansion] = {
    "catalog.products_changed.v1": Expansion("product", "product_ids"),
    "orders.order_cancelled.v1": Expansion("order", "order_id"),
    "orders.order_fulfilled.v1": Expansion("order", "order_id"),
    "orders.order_placed.v1": Expansion("order", "order_id"),
    "orders.order_refunded.v1": Expansion("order", "order_id"),
}
"""Tag -> what may stand beside the event."""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A thing as its own room tells it: `value` is the JSON that the admin API answers with."""

    version: int
    updated_at: datetime
    value: bytes


class ExpandedThing(msgspec.Struct, frozen=True, kw_only=True):
    """A thing beside an event; `value` is null when `reason` says why it is left out."""

    kind: Kind
    id: UUID
    version: int | None
    updated_at: datetime | None
    value: msgspec.Raw | None
    reason: Reason | None


class Expanded(msgspec.Struct, frozen=True, kw_only=True):
    """All that stands beside an event, not older than `read_at`."""

    read_at: datetime
    things: list[ExpandedThing]


def thing_ids_in(tag: str, payload: Mapping[str, Any]) -> list[UUID]:
    """The ids of the things that the event is about, in its order; none when it is about none."""
    expansion = EXPANSIONS.get(tag)
    if expansion is None:
        return []
    return [UUID(str(each)) for each in found_at(payload, expansion.path.split("."))]


def read_ids(thing_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Those of an event's things that are read for its message."""
    return thing_ids[:MOST_THINGS]


def expanded(
    kind: Kind,
    thing_ids: Sequence[UUID],
    found: Mapping[UUID, Thing] | None,
    read_at: datetime,
) -> Expanded:
    """The event's things, each whole while there is room for it.

    Args:
        kind: of all of them.
        thing_ids: in the event's order.
        found: those that exist, of the first MOST_THINGS; None when they could not be read.
        read_at: an instant before they were read.
    """
    things: list[ExpandedThing] = []
    left = MOST_BYTES
    for place, thing_id in enumerate(thing_ids):
        thing = None if found is None else found.get(thing_id)
        reason: Reason | None = None
        if place >= MOST_THINGS:
            thing, reason = None, "too_many"
        elif found is None:
            reason = "unavailable"
        elif thing is None:
            reason = "gone"
        elif len(thing.value) > left:
            reason = "too_large"
        is_whole = thing is not None and reason is None
        if thing is not None and is_whole:
            left -= len(thing.value)
        things.append(
            ExpandedThing(
                kind=kind,
                id=thing_id,
                version=None if thing is None else thing.version,
                updated_at=None if thing is None else thing.updated_at,
                value=msgspec.Raw(thing.value) if thing is not None and is_whole else None,
                reason=reason,
            )
        )
    return Expanded(read_at=read_at, things=things)


def body_with(body: str, beside: Expanded) -> str:
    """The message's body with the things as its last field."""
    assert body.endswith("}"), "a body is an object that has fields"
    return f'{body[:-1]},"expanded":{msgspec.json.encode(beside).decode()}}}'
