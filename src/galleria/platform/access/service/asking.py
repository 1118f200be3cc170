"""Who knows what access must ask of higher rooms, as the roof binds it."""

from uuid import UUID

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform.access.ports import SuccessorLimits, UnknownBindings


async def no_further_limits(tx: Transaction, key_id: UUID, successor_id: UUID) -> None:
    """As in a house where keys are limited by their scopes alone."""


async def all_is_known(ctx: Context, profile: str, location: str) -> list[str]:
    """As in a house where nobody knows profiles or places: a code is taken as it comes."""
    return []


class Asking:
    """What answers each question."""

    def __init__(self) -> None:
        self.limit_successor: SuccessorLimits = no_further_limits
        self.unknown_bindings: UnknownBindings = all_is_known

    def bind(self, *, limit_successor: SuccessorLimits, unknown_bindings: UnknownBindings) -> None:
        """Whoever limits keys further does so for their successors, and whoever knows to what a key
        can be bound says so. Called once, by the roof."""
        self.limit_successor = limit_successor
        self.unknown_bindings = unknown_bindings


asking = Asking()
