"""What comes in over the wire."""

from datetime import date
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from galleria.commerce.inventory.model.counting import MAX_COUNTED, Mode
from galleria.commerce.inventory.model.levels import MAX_LINES, MAX_LOCATION, MAX_ON_HAND
from galleria.commerce.inventory.model.selling import Selling
from galleria.foundation.http import CountryCode, Name, ShortText, Sku, WireInput

Count: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_ON_HAND)]
Delta: TypeAlias = Annotated[int, Meta(ge=-MAX_ON_HAND, le=MAX_ON_HAND)]
Pieces: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_ON_HAND)]
LocationId: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_LOCATION)]
LocationCode: TypeAlias = Annotated[
    str, Meta(max_length=40, pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$(?!\n)")
]


class SetStock(WireInput, frozen=True, kw_only=True):
    """How many of a variant there are; without a location, at the shop's first."""

    variant_id: UUID
    on_hand: Count
    location_id: LocationId | None = None
    reason: Name = "counted"


class SetStockLevels(WireInput, frozen=True, kw_only=True):
    """Levels to be set together."""

    levels: Annotated[list[SetStock], Meta(min_length=1, max_length=MAX_LINES)]


class AdjustStock(WireInput, frozen=True, kw_only=True):
    """How many pieces came (or went, below zero), and how many to keep back from sale."""

    delta: Delta = 0
    location_id: LocationId | None = None
    reason: Name = "adjusted"
    reference: ShortText | None = None
    safety: Count | None = None


class StockPolicy(WireInput, frozen=True, kw_only=True):
    """Whether a variant is counted, and whether more may be sold than is there.

    `selling` says the latter more closely and wins over `allows_backorder`. What else is left out
    stays as it is: the day a preorder is to be had, how many may be promised beyond stock, and at
    how many available the variant is low (null is the shop's usual number).
    """

    is_tracked: bool
    allows_backorder: bool = False
    selling: Selling | UnsetType = UNSET
    available_on: date | UnsetType | None = UNSET
    promise_limit: Count | UnsetType | None = UNSET
    low_at: Count | UnsetType | None = UNSET


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


class StockSettings(WireInput, frozen=True, kw_only=True):
    """At how many available a variant is low that does not say so itself; null is never."""

    low_at: Count | None


class CountedQuantity(WireInput, frozen=True, kw_only=True):
    """So many of a variant, named by id or by SKU; without a location, at the shop's first."""

    quantity: Delta
    variant_id: UUID | None = None
    sku: Sku | None = None
    location_id: LocationId | None = None


class CountStock(WireInput, frozen=True, kw_only=True):
    """A count of many shelves: what is there (`set`), or what came and went (`adjust`)."""

    lines: Annotated[list[CountedQuantity], Meta(min_length=1, max_length=MAX_COUNTED)]
    mode: Mode = "set"
    reason: Name = "counted"
    is_preview: bool = False


class TransferLine(WireInput, frozen=True, kw_only=True):
    """So many of a variant."""

    variant_id: UUID
    quantity: Pieces


class TransferStock(WireInput, frozen=True, kw_only=True):
    """Goods that go from one location to another."""

    from_location_id: LocationId
    to_location_id: LocationId
    lines: Annotated[list[TransferLine], Meta(min_length=1, max_length=MAX_LINES)]
    reference: ShortText | None = None


class NewIncoming(WireInput, frozen=True, kw_only=True):
    """A delivery that is expected; without a location, at the shop's first."""

    variant_id: UUID
    quantity: Pieces
    location_id: LocationId | None = None
    expected_on: date | None = None
    reference: ShortText | None = None


class ReceiveIncoming(WireInput, frozen=True, kw_only=True):
    """How many of a delivery have come; null is all that was missing."""

    quantity: Pieces | None = None
