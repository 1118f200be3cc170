"""What the assortment tells other rooms."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event

MAX_IDS = 500  # an event stays small enough to be handled in one go


class RelationsChanged(Event, frozen=True, kw_only=True):
    """These products name other products than before, or by other handles."""

    TAG: ClassVar[str] = "assortment.relations_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    product_ids: list[UUID]


def relations_changed(product_ids: Sequence[UUID]) -> list[RelationsChanged]:
    """One event for each 500 products, in the order given."""
    return [
        RelationsChanged(
            subject=str(part[0]) if len(part) == 1 else "assortment", product_ids=list(part)
        )
        for start in range(0, len(product_ids), MAX_IDS)
        if (part := product_ids[start : start + MAX_IDS])
    ]


class BundlesChanged(Event, frozen=True, kw_only=True):
    """Bundles among the variants of these products consist of something else than before, or one
    of their components changed: its name, its price, or how many there are."""

    TAG: ClassVar[str] = "assortment.bundles_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    product_ids: list[UUID]


def bundles_changed(product_ids: Sequence[UUID]) -> list[BundlesChanged]:
    """One event for each 500 products, in the order given."""
    return [
        BundlesChanged(
            subject=str(part[0]) if len(part) == 1 else "assortment", product_ids=list(part)
        )
        for start in range(0, len(product_ids), MAX_IDS)
        if (part := product_ids[start : start + MAX_IDS])
    ]
