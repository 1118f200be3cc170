"""What comes in over the wire."""

from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from galleria.commerce.inventory.model import MAX_LINES, MAX_ON_HAND
from galleria.foundation.http import CountryCode, Name, ShortText, WireInput

Count: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_ON_HAND)]
Delta: TypeAlias = Annotated[int, Meta(ge=-MAX_ON_HAND, le=MAX_ON_HAND)]
LocationCode: TypeAlias = Annotated[
    str, Meta(max_length=40, pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$(?!\n)")
]


class SetStock(WireInput, frozen=True, kw_only=True):
    """How many of a variant there are; without a location, at the shop's first."""

    variant_id: UUID
    on_hand: Count
    location_id: UUID | None = None
    reason: Name = "counted"


class SetStockLevels(WireInput, frozen=True, kw_only=True):
    """Levels to be set together."""

    levels: Annotated[list[SetStock], Meta(min_length=1, max_length=MAX_LINES)]


class AdjustStock(WireInput, frozen=True, kw_only=True):
    """How many pieces came (or went, below zero), and how many to keep back from sale."""

    delta: Delta = 0
    location_id: UUID | None = None
    reason: Name = "adjusted"
    reference: ShortText | None = None
    safety: Count | None = None


class StockPolicy(WireInput, frozen=True, kw_only=True):
    """Whether a variant is counted, and whether more may be sold than is there."""

    is_tracked: bool
    allows_backorder: bool = False


class NewLocation(WireInput, frozen=True, kw_only=True):
    """A place where goods lie."""

    code: LocationCode
    name: Name
    country: CountryCode | None = None


class LocationChanges(WireInput, frozen=True, kw_only=True):
    """Fields of a location to be replaced; its code stays."""

    name: Name | UnsetType = UNSET
    country: CountryCode | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET
    position: Annotated[int, Meta(ge=0, le=1_000_000)] | UnsetType = UNSET
