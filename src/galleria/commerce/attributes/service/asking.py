"""Whom the dictionary asks for what it does not know itself."""

from collections.abc import Sequence

from galleria.commerce.attributes.ports import IsValueUsed
from galleria.engines.sql import Transaction


class Answers:
    """What other rooms answer, as the roof binds it."""

    def __init__(self) -> None:
        self._is_value_used: IsValueUsed | None = None

    def bind(self, *, is_value_used: IsValueUsed) -> None:
        """The use of values is asked of this from here on. Called once, by the roof."""
        self._is_value_used = is_value_used

    async def is_value_used(
        self, tx: Transaction, attribute_id: int, value_ids: Sequence[int], time_limit_s: float
    ) -> bool | None:
        """See `IsValueUsed`."""
        assert self._is_value_used is not None, "the roof has bound it"
        return await self._is_value_used(tx, attribute_id, value_ids, time_limit_s)


answers = Answers()
