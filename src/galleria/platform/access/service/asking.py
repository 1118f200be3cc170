"""Who knows what access must ask of higher rooms, as the roof binds it."""

from uuid import UUID

from galleria.engines.sql import Transaction
from galleria.platform.access.ports import SuccessorLimits


async def no_further_limits(tx: Transaction, key_id: UUID, successor_id: UUID) -> None:
    """As in a house where keys are limited by their scopes alone."""


class Asking:
    """What answers each question."""

    def __init__(self) -> None:
        self.limit_successor: SuccessorLimits = no_further_limits

    def bind(self, *, limit_successor: SuccessorLimits) -> None:
        """Whoever limits keys further does so for their successors. Called once, by the roof."""
        self.limit_successor = limit_successor


asking = Asking()
