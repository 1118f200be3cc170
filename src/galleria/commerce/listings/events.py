"""What the shop window tells other rooms."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event


class ListingsChanged(Event, frozen=True, kw_only=True):
    """What shoppers see of these products is different, or they are shown no longer.

    `changed_at` is when the earliest of the changes that led to it was committed, where they came
    as events; without it the window was made anew of itself.
    """

    TAG: ClassVar[str] = "listings.listings_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    product_ids: list[UUID]
    changed_at: datetime | None = None
