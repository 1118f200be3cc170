"""What search tells itself and the other rooms."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event

MAX_IDS = 500


class StandingChanged(Event, frozen=True, kw_only=True):
    """These products are noticeably more or less popular than the index was told, 500 at most.

    `subject` is the product when it is one, else "products".
    """

    TAG: ClassVar[str] = "search.standing_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    product_ids: list[UUID]


def standing_changed(product_ids: Sequence[UUID]) -> StandingChanged:
    """The event for at most 500 products."""
    assert 0 < len(product_ids) <= MAX_IDS, "one event is one step of the index"
    subject = str(product_ids[0]) if len(product_ids) == 1 else "products"
    return StandingChanged(subject=subject, product_ids=list(product_ids))
