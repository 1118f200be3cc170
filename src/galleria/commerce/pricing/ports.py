"""What the pricing asks of rooms above it; the roof says who answers."""

from typing import Protocol
from uuid import UUID

from galleria.engines.sql import Reader


class MembersOf(Protocol):
    """Knows which products are in a collection."""

    async def __call__(
        self, reader: Reader, collection_id: UUID, after: UUID, limit: int
    ) -> list[UUID]:
        """At most `limit` ids of products in the collection after an id, in order of the ids."""
