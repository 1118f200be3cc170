"""What the webhooks ask of rooms above them; the roof says who answers."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from galleria.engines.sql import Reader
from galleria.platform.webhooks.model.things import Thing


class ReadThings(Protocol):
    """Keeps things of one kind."""

    async def __call__(self, reader: Reader, thing_ids: Sequence[UUID], /) -> Mapping[UUID, Thing]:
        """Those of the things that exist, as they are now, by id; a few statements for all."""
