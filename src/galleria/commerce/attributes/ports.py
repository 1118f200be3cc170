"""What the dictionary asks of rooms above it; the roof says who answers."""

from collections.abc import Sequence
from typing import Protocol

from galleria.engines.sql import Transaction


class IsValueUsed(Protocol):
    """Knows whether a product says or offers a value."""

    async def __call__(
        self, tx: Transaction, attribute_id: int, value_ids: Sequence[int], time_limit_s: float
    ) -> bool | None:
        """Whether one of these values is used, which then stays so until the commit; None when
        time was up before that was known. Called before the names of the dictionary are locked."""
