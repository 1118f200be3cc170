"""What the hub needs from the engine that carries messages: a short memory and a wake-up call."""

import re
from collections.abc import AsyncIterator
from typing import NamedTuple, Protocol

import msgspec

from galleria.engines.realtime import Topic

KEPT_MESSAGES = 200  # a topic, at least; up to twice as many until the next clearing
KEPT_FOR_S = 3600.0

_POSITION = re.compile(r"(\d{1,19})-(\d{1,19})")


class Position(NamedTuple):
    """A place in a topic. Positions of one journal are ordered; what the parts are is its affair.

    `str()` of it is what the outside sees as an id.
    """

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}-{self.minor}"


class Entry(NamedTuple):
    """A kept message."""

    position: Position
    kind: str
    payload: bytes


class Extent(msgspec.Struct, frozen=True):
    """What is kept of a topic at present.

    `start` is where somebody who joins now begins: the newest message, or, when none is kept, a
    place below all that can follow. Since `complete_since_ms` (milliseconds since 1970) nothing
    was forgotten for its age.
    """

    start: Position
    oldest: Position | None
    newest: Position | None
    count: int
    complete_since_ms: int


class Journal(Protocol):
    """Keeps the newest messages of each topic, in one order for all processes."""

    kept_messages: int

    def at_ms(self, position: Position) -> int:
        """When the position was made, in milliseconds since 1970."""

    async def append(self, topic: Topic, kind: str, payload: bytes) -> Position:
        """The message is kept behind all others of its topic, and every process is woken."""

    async def read(self, topic: Topic, start: Position, limit: int) -> list[Entry]:
        """The first `limit` messages from `start` on, itself included, oldest first.

        Whoever has read up to a position never finds a new message below it later.
        """

    async def extent(self, topic: Topic) -> Extent:
        """What is kept of the topic."""

    def wakes(self) -> AsyncIterator[Topic | None]:
        """Topics with news, for as long as the connection lasts; None means look at all.

        The first one is always None: there may have been news while nobody listened.
        """

    async def watch(self, topic: Topic) -> None:
        """Wake-ups for this topic are wanted, once more. It is in force on return."""

    async def unwatch(self, topic: Topic) -> None:
        """Wake-ups for this topic are wanted once less."""

    async def close(self) -> None:
        """Connections are given back."""


def read_position(text: str) -> Position | None:
    """The position in `text`, which comes from outside; None when it is none."""
    match = _POSITION.fullmatch(text)
    if match is None or max(int(match[1]), int(match[2])) >= 2**63:
        return None
    return Position(int(match[1]), int(match[2]))


def is_complete(journal: Journal, extent: Extent, position: Position) -> bool:
    """True when no message after `position` is known, or possible, to be forgotten."""
    if extent.newest is not None and position > extent.newest:
        return False  # of another journal, or of this one before a restore
    if extent.oldest is not None and position >= extent.oldest:
        return True
    is_young = journal.at_ms(position) >= extent.complete_since_ms
    return is_young and extent.count < journal.kept_messages
