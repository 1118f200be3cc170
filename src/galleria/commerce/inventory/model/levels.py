"""Goods on shelves: how many lie where, how they came there, what a shelf may say."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce.inventory.errors import StockTooLow
from galleria.commerce.inventory.model.selling import Policy

MAX_ON_HAND = 2**31 - 1  # an int4
MAX_LOCATION = 2**31 - 1  # an int4
MAX_LINES = 500
NEVER_OPENED = 0


class StockLocation(msgspec.Struct, frozen=True, kw_only=True):
    """A place where goods lie, numbered in its shop. Stock of an inactive one is not sold."""

    location_id: int
    code: str
    name: str
    country: str | None
    is_active: bool
    position: int


class StockLevel(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a variant lie at a location; `safety` are kept back from sale."""

    variant_id: UUID
    location_id: int
    on_hand: int
    reserved: int
    safety: int
    updated_at: datetime

    @property
    def available(self) -> int:
        """How many can be sold, never below zero."""
        return max(0, self.on_hand - self.safety - self.reserved)


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that came or went; all of a variant's at a location add up to what is on hand.

    The oldest is the first count, number 0, when many were counted together.
    """

    movement_id: int
    variant_id: UUID
    location_id: int
    delta: int
    reason: str
    reference: str | None
    at: datetime
    actor: str


class LedgerFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which movements of a variant are wanted; None is any. `until` is not among them."""

    location_id: int | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def lets_in(self, movement: Movement) -> bool:
        """The movement is wanted."""
        return (
            self.location_id in (None, movement.location_id)
            and self.reason in (None, movement.reason)
            and (self.since is None or movement.at >= self.since)
            and (self.until is None or movement.at < self.until)
        )


class Level(msgspec.Struct, frozen=True):
    """How many of a variant there should be at a location, and why."""

    variant_id: UUID
    location_id: int
    on_hand: int
    reason: str = "counted"


class RefusedLevel(msgspec.Struct, frozen=True, kw_only=True):
    """A level that was not set, and why: below_reserved, location_not_found or out_of_range."""

    variant_id: UUID
    location_id: int
    code: str


class LevelsSet(msgspec.Struct, frozen=True, kw_only=True):
    """What became of many levels: the variants whose stock changed, and what was refused."""

    changed: list[UUID]
    unchanged_count: int
    refused: list[RefusedLevel]


class Why(msgspec.Struct, frozen=True):
    """What an act on many shelves is remembered by."""

    reason: str
    reference: str | None
    actor: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A shelf that holds `delta` more than before; `is_first`: it was never counted before."""

    level: StockLevel
    delta: int
    is_first: bool = False


class LedgerFault(msgspec.Struct, frozen=True, kw_only=True):
    """A shelf whose books disagree: on hand and what moved, or reserved and what is held."""

    variant_id: UUID
    location_id: int
    on_hand: int
    moved: int
    reserved: int
    held: int


class LedgerCheck(msgspec.Struct, frozen=True, kw_only=True):
    """How many shelves were looked at, those whose books disagree, and where to go on."""

    checked_count: int
    faults: list[LedgerFault]
    next_cursor: str | None = None


def holds_back(policy: Policy) -> bool:
    """What is promised of such a variant has to be there."""
    return policy.is_tracked and not policy.allows_backorder


def adjusted(level: StockLevel, delta: int, policy: Policy, now: datetime) -> StockLevel:
    """The level after `delta` pieces came (or went, below zero).

    Raises:
        StockTooLow: fewer than none would be there, or fewer than are reserved.
    """
    on_hand = level.on_hand + delta
    if not 0 <= on_hand <= MAX_ON_HAND:
        raise StockTooLow(f"{level.on_hand} are on hand")
    if delta < 0 and holds_back(policy) and on_hand < level.reserved:
        raise StockTooLow(f"{level.on_hand} are on hand, {level.reserved} of them reserved")
    return msgspec.structs.replace(level, on_hand=on_hand, updated_at=now)


def check_level(level: Level, locations: Collection[int]) -> RefusedLevel | None:
    """Why a level cannot be set whatever the shelf holds, or None."""
    code = None
    if level.location_id not in locations:
        code = "location_not_found"
    elif not 0 <= level.on_hand <= MAX_ON_HAND:
        code = "out_of_range"
    if code is None:
        return None
    return RefusedLevel(variant_id=level.variant_id, location_id=level.location_id, code=code)
