"""What the collections ask of rooms beside them; the roof says who answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from galleria.commerce.inventory import Availability
from galleria.commerce.pricing import ResolvedPrice
from galleria.engines.sql import Reader


class Offers(Protocol):
    """Knows what variants cost and how many there are, those too that consist of others."""

    async def __call__(
        self,
        reader: Reader,
        variant_ids: Sequence[UUID],
        channel_id: UUID,
        currency: str,
        at: datetime,
    ) -> tuple[Mapping[UUID, ResolvedPrice], Mapping[UUID, Availability]]:
        """What one of each costs everybody there and then, and how many can be sold."""
