"""Who knows what the imports must ask of higher rooms, as the roof binds it."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.imports.ports import OrderedVariants
from galleria.engines.sql import Reader


async def nothing_ordered(reader: Reader, variant_ids: Sequence[UUID]) -> set[UUID]:
    """None, as in a house where nothing is sold."""
    return set()


class Asking:
    """What answers each question."""

    def __init__(self) -> None:
        self.ordered: OrderedVariants = nothing_ordered

    def bind(self, *, ordered: OrderedVariants) -> None:
        """Whoever keeps orders says from here on what was bought. Called once, by the roof."""
        self.ordered = ordered


asking = Asking()
