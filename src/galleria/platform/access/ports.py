"""What access asks of rooms above it; the roof says who answers."""

from typing import Protocol
from uuid import UUID

from galleria.engines.context import Context
from galleria.engines.sql import Transaction


class SuccessorLimits(Protocol):
    """Knows what else a key is limited to."""

    async def __call__(self, tx: Transaction, key_id: UUID, successor_id: UUID) -> None:
        """The successor of a key is limited as the key is, from the commit that makes it on."""


class UnknownBindings(Protocol):
    """Knows the channel profiles and stock locations of a shop."""

    async def __call__(self, ctx: Context, profile: str, location: str) -> list[str]:
        """Which of `profile` and `location` names what the shop does not have, by these words; an
        empty text names nothing, which is there."""
