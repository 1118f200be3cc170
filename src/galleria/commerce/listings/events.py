"""What the shop window tells other rooms."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class ListingsChanged(Event, frozen=True, kw_only=True):
    """What shoppers see of these products is different, or they are shown no longer."""

    TAG: ClassVar[str] = "listings.listings_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    product_ids: list[UUID]
