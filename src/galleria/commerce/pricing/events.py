"""What the pricing tells the other rooms, and itself."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event

MAX_IDS = 500


class PricesChanged(Event, frozen=True, kw_only=True):
    """These variants have another price than before, in some channel.

    `subject` is the variant when it is one, else "prices".
    """

    TAG: ClassVar[str] = "pricing.prices_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    variant_ids: list[UUID]


class CostsChanged(Event, frozen=True, kw_only=True):
    """These variants cost the merchant something else than before, in some currency.

    `subject` is the variant when it is one, else "costs".
    """

    TAG: ClassVar[str] = "pricing.costs_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    variant_ids: list[UUID]


class PriceListChanged(Event, frozen=True, kw_only=True):
    """A price list was made or edited. Which prices count by it is told by `PricesChanged`."""

    TAG: ClassVar[str] = "pricing.price_list_changed.v1"
    SUBJECT: ClassVar[str] = "price_list_id"

    price_list_id: int


class EditRequested(Event, frozen=True, kw_only=True):
    """A bulk edit of prices, or its undoing, is to be worked at."""

    TAG: ClassVar[str] = "pricing.edit_requested.v1"
    SUBJECT: ClassVar[str] = "edit_id"

    edit_id: UUID


def prices_changed(variant_ids: Sequence[UUID]) -> list[PricesChanged]:
    """One event for each 500 variants, in the order given."""
    return [
        PricesChanged(subject=str(part[0]) if len(part) == 1 else "prices", variant_ids=list(part))
        for start in range(0, len(variant_ids), MAX_IDS)
        for part in [variant_ids[start : start + MAX_IDS]]
    ]


def costs_changed(variant_ids: Sequence[UUID]) -> list[CostsChanged]:
    """One event for each 500 variants, in the order given."""
    return [
        CostsChanged(subject=str(part[0]) if len(part) == 1 else "costs", variant_ids=list(part))
        for start in range(0, len(variant_ids), MAX_IDS)
        for part in [variant_ids[start : start + MAX_IDS]]
    ]
