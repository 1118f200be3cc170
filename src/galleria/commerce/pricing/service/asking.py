"""Whom the pricing asks for what it does not know itself."""

from uuid import UUID

from galleria.commerce.pricing.ports import MembersOf
from galleria.engines.sql import Reader


class Answers:
    """What other rooms answer, as the roof binds it."""

    def __init__(self) -> None:
        self._members_of: MembersOf | None = None

    def bind(self, *, members_of: MembersOf) -> None:
        """Members of collections are asked of this from here on. Called once, by the roof."""
        self._members_of = members_of

    async def members_of(
        self, reader: Reader, collection_id: UUID, after: UUID, limit: int
    ) -> list[UUID]:
        """See `MembersOf`."""
        assert self._members_of is not None, "the roof has bound it"
        return await self._members_of(reader, collection_id, after, limit)


answers = Answers()
