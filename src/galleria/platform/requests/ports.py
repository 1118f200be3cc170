"""What the log asks of the front door: to let a request in once more."""

from typing import Protocol
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.platform.requests.model.heard import HeardRequest


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request to be sent again: an address as it was sent, and what belongs to it."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes
    replay_of: str


class AskAgain(Protocol):
    """Sends a request as a key, through the door, inside this process."""

    async def __call__(self, ctx: Context, key_id: UUID, asked: Asked) -> HeardRequest:
        """The request and its answer, as the door has heard them. `ctx` is who wants to know.

        Raises:
            KeyRefused: the key opens nothing any more.
        """
