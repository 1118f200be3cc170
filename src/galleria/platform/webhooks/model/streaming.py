"""The event stream on the wire: events, positions in it, and server-sent events.

Source: HTML Living Standard, 9.2, server-sent events.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from galleria.platform.webhooks.errors import InvalidPosition

RETRY_MS = 2_000


class StreamPlace(NamedTuple):
    """A place in a shop's log, and when somebody was there: what lies long back is not kept."""

    log_epoch: int
    xact_id: int
    sequence: int
    seen_at_s: int

    @property
    def text(self) -> str:
        """The place as clients keep it."""
        return ".".join(map(str, self))

    @property
    def seen_at(self) -> datetime:
        """When somebody was there."""
        return datetime.fromtimestamp(self.seen_at_s, UTC)


class StreamedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as clients read it; `position` is where to go on after it."""

    position: str
    id: UUID
    type: str
    timestamp: datetime
    subject_id: str
    data: dict[str, Any]


class EventPage(msgspec.Struct, frozen=True, kw_only=True):
    """The next events in their order. Ask again with `after=next_after`; when `is_last`, there was
    nothing more at present. A page may be empty and not the last."""

    items: list[StreamedEvent]
    next_after: str
    is_last: bool


def read_place(text: str) -> StreamPlace:
    """The place that a client kept.

    Raises:
        InvalidPosition: it is none of ours.
    """
    parts = text.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
        raise InvalidPosition("give back a position as you were given it")
    epoch, xact, sequence, seen = (int(part[:19]) for part in parts)
    if epoch >= 2**31 or max(xact, sequence) >= 2**63 or seen >= 2**35:
        raise InvalidPosition("give back a position as you were given it")
    return StreamPlace(epoch, xact, sequence, seen)


def as_sent(event: StreamedEvent) -> bytes:
    """The event as a server-sent one. JSON holds no line break, so its data is one line."""
    data = msgspec.json.encode(event)
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (
        event.position.encode(),
        event.type.encode(),
        data,
    )


def as_beat(place: str) -> bytes:
    """A sign of life that moves the client's position; it dispatches nothing."""
    return f"id: {place}\n: beat\n\n".encode()
