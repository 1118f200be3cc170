"""Goods on shelves: how many are there, how many are promised, and who holds them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.inventory.errors import InvalidLevel, OutOfStock, StockTooLow
from galleria.foundation.errors import FieldError

MAX_ON_HAND = 2**31 - 1  # an int4
SCARCE = 5  # up to so many a shopper is told how few are left
MAX_LINES = 500

State: TypeAlias = Literal["held", "committed", "released"]


class StockLocation(msgspec.Struct, frozen=True, kw_only=True):
    """A place where goods lie. Stock of an inactive one is not sold."""

    location_id: UUID
    code: str
    name: str
    country: str | None
    is_active: bool
    position: int


class StockLevel(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a variant lie at a location; `safety` are kept back from sale."""

    variant_id: UUID
    location_id: UUID
    on_hand: int
    reserved: int
    safety: int
    updated_at: datetime

    @property
    def available(self) -> int:
        """How many can be sold, never below zero."""
        return max(0, self.on_hand - self.safety - self.reserved)


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a variant can be sold over all active locations."""

    available: int
    is_tracked: bool
    allows_backorder: bool

    def covers(self, quantity: int) -> bool:
        """So many can be sold now."""
        return not self.is_tracked or self.allows_backorder or self.available >= quantity


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a variant's stock is counted, and whether more may be sold than is there."""

    variant_id: UUID
    is_tracked: bool = True
    allows_backorder: bool = False


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """Goods promised to somebody, `owner_ref` ("order:<id>").

    Its place is None when the variant's stock is not counted. `committed` of the `quantity` have
    left the shelf; the rest is held until `expires_at`, or for good when that is None. Of those
    committed `returned` came back.
    """

    reservation_id: UUID
    part: int
    owner_ref: str
    variant_id: UUID
    location_id: UUID | None
    quantity: int
    committed: int
    returned: int
    state: State
    expires_at: datetime | None


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that came or went; all of a variant's at a location add up to what is on hand."""

    movement_id: int
    variant_id: UUID
    location_id: UUID
    delta: int
    reason: str
    reference: str | None
    at: datetime
    actor: str


class Level(msgspec.Struct, frozen=True):
    """How many of a variant there should be at a location, and why."""

    variant_id: UUID
    location_id: UUID
    on_hand: int
    reason: str = "counted"


class RefusedLevel(msgspec.Struct, frozen=True, kw_only=True):
    """A level that was not set, and why: below_reserved, location_not_found or out_of_range."""

    variant_id: UUID
    location_id: UUID
    code: str


class LevelsSet(msgspec.Struct, frozen=True, kw_only=True):
    """What became of many levels: the variants whose stock changed, and what was refused."""

    changed: list[UUID]
    unchanged_count: int
    refused: list[RefusedLevel]


class ShortLine(msgspec.Struct, frozen=True):
    """A line that cannot be reserved."""

    variant_id: UUID
    wanted: int
    available: int


def together(lines: Sequence[tuple[UUID, int]]) -> dict[UUID, int]:
    """The quantity wanted of each variant, lines of the same variant added up, by id.

    Raises:
        InvalidLevel: a quantity below one or far too large, or more than 500 variants.
    """
    wanted: dict[UUID, int] = {}
    for variant_id, quantity in lines:
        wanted[variant_id] = wanted.get(variant_id, 0) + quantity
        if quantity < 1 or wanted[variant_id] > MAX_ON_HAND:
            raise InvalidLevel(f"{quantity} pieces of {variant_id} cannot be had")
    if len(wanted) > MAX_LINES:
        raise InvalidLevel(f"at most {MAX_LINES} variants at once")
    return dict(sorted(wanted.items()))


def out_of_stock(lines: Sequence[tuple[UUID, int]], short: Sequence[ShortLine]) -> OutOfStock:
    """The error that names each line that cannot be had, by its place among the lines."""
    at = {variant_id: place for place, (variant_id, _) in reversed(list(enumerate(lines)))}
    errors = [
        FieldError(
            f"lines[{at[line.variant_id]}].quantity",
            OutOfStock.code,
            f"{line.wanted} of {line.variant_id} wanted, {line.available} available",
        )
        for line in sorted(short, key=lambda line: at[line.variant_id])
    ]
    return OutOfStock(f"{len(errors)} of the lines cannot be had", errors=errors)


def band(available: int) -> int:
    """0 sold out, 1 scarce, 2 plentiful: what shoppers are shown."""
    return 0 if available <= 0 else 1 if available <= SCARCE else 2


def crossed(after: Mapping[UUID, int], changes: Mapping[UUID, int]) -> list[UUID]:
    """The variants that look different to shoppers, by id.

    Args:
        after: how many are available now.
        changes: by how many that differs from before; below zero when some were taken.
    """
    return sorted(
        variant_id
        for variant_id, change in changes.items()
        if band(after[variant_id]) != band(after[variant_id] - change)
    )


def adjusted(level: StockLevel, delta: int, policy: Policy, now: datetime) -> StockLevel:
    """The level after `delta` pieces came (or went, below zero).

    Raises:
        StockTooLow: fewer than none would be there, or fewer than are reserved.
    """
    on_hand = level.on_hand + delta
    if not 0 <= on_hand <= MAX_ON_HAND:
        raise StockTooLow(f"{level.on_hand} are on hand")
    holds_back = policy.is_tracked and not policy.allows_backorder
    if delta < 0 and holds_back and on_hand < level.reserved:
        raise StockTooLow(f"{level.on_hand} are on hand, {level.reserved} of them reserved")
    return msgspec.structs.replace(level, on_hand=on_hand, updated_at=now)


def check_level(level: Level, locations: set[UUID]) -> RefusedLevel | None:
    """Why a level cannot be set whatever the shelf holds, or None."""
    code = None
    if level.location_id not in locations:
        code = "location_not_found"
    elif not 0 <= level.on_hand <= MAX_ON_HAND:
        code = "out_of_range"
    if code is None:
        return None
    return RefusedLevel(variant_id=level.variant_id, location_id=level.location_id, code=code)
