"""What access asks of rooms above it; the roof says who answers."""

from typing import Protocol
from uuid import UUID

from galleria.engines.sql import Transaction


class SuccessorLimits(Protocol):
    """Knows what else a key is limited to."""

    async def __call__(self, tx: Transaction, key_id: UUID, successor_id: UUID) -> None:
        """The successor of a key is limited as the key is, from the commit that makes it on."""
