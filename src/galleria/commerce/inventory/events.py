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
    `reason` is set, adjusted, counted, transferred, received, reserved, released, restocked,
    policy or location. `subject` is the variant when it is one, else "stock".
    """

    TAG: ClassVar[str] = "inventory.stock_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    variant_ids: list[UUID]
    reason: str


class StockLow(Event, frozen=True, kw_only=True):
    """So few of these variants are left that the merchant wants to hear of it.

    Published once when a variant becomes low, and again only after it was not low in between.
    `subject` is the variant when it is one, else "stock".
    """

    TAG: ClassVar[str] = "inventory.stock_low.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    variant_ids: list[UUID]


def stock_changed(variant_ids: Sequence[UUID], reason: str) -> list[StockChanged]:
    """One event for each 500 variants, in the order given."""
    return [
        StockChanged(subject=_subject(part), variant_ids=part, reason=reason)
        for part in _parts(variant_ids)
    ]


def stock_low(variant_ids: Sequence[UUID]) -> list[StockLow]:
    """One event for each 500 variants, in the order given."""
    return [StockLow(subject=_subject(part), variant_ids=part) for part in _parts(variant_ids)]


def _parts(variant_ids: Sequence[UUID]) -> list[list[UUID]]:
    return [
        list(variant_ids[start : start + MAX_IDS]) for start in range(0, len(variant_ids), MAX_IDS)
    ]


def _subject(variant_ids: Sequence[UUID]) -> str:
    return str(variant_ids[0]) if len(variant_ids) == 1 else "stock"
