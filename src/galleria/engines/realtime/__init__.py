"""Tells those who are watching that something has happened, as it happens.

A hub for server-sent events and sockets: publish to a topic of a tenant, and every subscriber in
every process hears it. A message has an id to resume from: the newest of each topic are kept for a
while. It is a hint, not a record: what must not be lost is an event in the log, and a subscriber
who is told of a gap reads the state anew.

The port is `Realtime`; `hub.Hub` keeps it on top of a journal: `memory` (one process), `postgres`
(embedded default: several processes on one database) or `redis`. This room owns `realtime.message`.
"""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from typing import Protocol

import msgspec

from galleria.foundation.errors import InvalidInput, RateLimited, TooLarge, Unavailable

MAX_PAYLOAD_BYTES = 64 * 1024  # a hint and what to look at; not the thing itself

_NAME = re.compile(r"[a-z0-9][a-z0-9._:/-]{0,149}")
_KIND = re.compile(r"[a-z][a-z0-9._]{0,99}")

__all__ = [
    "DropReason",
    "InvalidTopic",
    "Message",
    "MessageTooLarge",
    "Realtime",
    "RealtimeUnavailable",
    "Subscription",
    "SubscriptionDropped",
    "TooManySubscribers",
    "Topic",
    "check_message",
]


class InvalidTopic(InvalidInput):
    """This can be no topic or kind of message."""

    code = "invalid_topic"
    title = "There can be no such topic"


class MessageTooLarge(TooLarge):
    """A message is a hint of at most 64 KiB."""

    code = "message_too_large"
    title = "The message is too large"


class TooManySubscribers(RateLimited):
    """The tenant has as many connections to this process as it may."""

    code = "too_many_subscribers"
    title = "Too many open connections"


class RealtimeUnavailable(Unavailable):
    """What carries messages between the processes does not answer."""

    code = "realtime_unavailable"
    title = "Live updates are not available"


class DropReason(StrEnum):
    """Why a subscription ended without its subscriber's doing."""

    SLOW = "slow"  # more messages waited than its queue holds
    MISSED = "missed"  # messages were lost to this process; resuming will tell of a gap
    CLOSING = "closing"  # this process stops; another one will take the subscriber


class SubscriptionDropped(Unavailable):
    """The subscription is over; subscribe again with the last id that was seen."""

    code = "subscription_dropped"
    title = "The live connection was ended"

    def __init__(self, reason: DropReason) -> None:
        """Say why."""
        super().__init__(f"the subscription ended: {reason.value}")
        self.reason = reason


class Topic(msgspec.Struct, frozen=True):
    """What can be watched: a name inside a tenant, such as `imports/0198…`.

    Raises:
        InvalidTopic: other characters than `a-z 0-9 . _ : / -`, none, or more than 150.
    """

    tenant_id: int
    name: str

    def __post_init__(self) -> None:
        assert self.tenant_id >= 0, "a tenant's number is not negative"
        if not _NAME.fullmatch(self.name):
            raise InvalidTopic(f"{self.name[:100]!r} is no topic")


class Message(msgspec.Struct, frozen=True):
    """Something that happened. `message_id` is opaque; give it back as `after` to resume."""

    message_id: str
    kind: str
    payload: bytes


class Subscription(Protocol):
    """A place in a topic's audience. Iterate to receive; leave the block to give it up."""

    topic: Topic
    has_gap: bool
    """Messages after the id to resume from may be lost: read the state anew."""

    @property
    def position(self) -> str:
        """The id to resume from at present, also before any message has come."""

    async def next(self, within_s: float) -> Message | None:
        """The next message, or None when none comes within `within_s` seconds.

        Raises:
            SubscriptionDropped: see its reason.
        """

    def __aiter__(self) -> AsyncIterator[Message]:
        """Message after message; raises SubscriptionDropped as `next` does."""


class Realtime(Protocol):
    """Every adapter keeps `tests/contracts/test_realtime.py`."""

    async def publish(self, topic: Topic, payload: bytes, *, kind: str = "message") -> str:
        """Everybody who watches `topic`, in any process, gets the message. Its id.

        All see the messages of a topic in the same order. Nobody waits for a slow subscriber. It
        does not wait for a transaction: call it after the commit it tells about.

        Args:
            topic: where.
            payload: at most 64 KiB, usually JSON.
            kind: lower-case word with dots, the event name of server-sent events.

        Raises:
            MessageTooLarge: more than 64 KiB.
            RealtimeUnavailable: it is not known whether anybody gets it.
        """

    def subscribe(
        self, topic: Topic, *, after: str | None = None
    ) -> AbstractAsyncContextManager[Subscription]:
        """Messages published from now on, or all that followed `after` and are still kept.

        Args:
            topic: what to watch.
            after: a `message_id` or `position` of this topic, from whomever: one that is unknown
                or no id at all counts as a gap.

        Raises:
            TooManySubscribers: the tenant's limit for this process is reached.
            RealtimeUnavailable: the journal does not answer.
        """

    async def start(self) -> None:
        """Messages of other processes arrive from now on."""

    async def close(self) -> None:
        """All subscriptions end with the reason `closing`; connections are given back."""


def check_message(payload: bytes, kind: str) -> None:
    """Pass when this can be published.

    Raises:
        MessageTooLarge: more than 64 KiB.
        InvalidTopic: `kind` is no lower-case word with dots.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise MessageTooLarge(f"a message has at most {MAX_PAYLOAD_BYTES} bytes")
    if not _KIND.fullmatch(kind):
        raise InvalidTopic(f"{kind[:100]!r} is no kind of message")
