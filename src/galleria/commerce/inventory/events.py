"""What the inventory tells the other rooms."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event

MAX_IDS = 500


class StockChanged(Event, frozen=True, kw_only=True):
    """These variants have another availability than before.

    Published whenever people or files set or adjust levels. Reservations come too often for
    that: they tell only when a variant becomes sold out, scarce (1 to 5), or plentiful.
    `reason` is set, adjusted, reserved, released, restocked, policy or location. `subject` is
    the variant when it is one, else "stock".
    """

    TAG: ClassVar[str] = "inventory.stock_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    variant_ids: list[UUID]
    reason: str


def stock_changed(variant_ids: Sequence[UUID], reason: str) -> list[StockChanged]:
    """One event for each 500 variants, in the order given."""
    return [
        StockChanged(
            subject=str(part[0]) if len(part) == 1 else "stock",
            variant_ids=list(part),
            reason=reason,
        )
        for start in range(0, len(variant_ids), MAX_IDS)
        for part in [variant_ids[start : start + MAX_IDS]]
    ]
