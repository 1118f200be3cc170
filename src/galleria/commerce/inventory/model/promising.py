"""Promises about goods: who holds how many, and who of several gets what there is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.inventory.errors import InvalidLevel, OutOfStock
from galleria.commerce.inventory.model.levels import MAX_LINES, MAX_ON_HAND
from galleria.commerce.inventory.model.selling import Selling
from galleria.foundation.errors import FieldError

State: TypeAlias = Literal["held", "committed", "released"]
MAX_OWNER = 200


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
    location_id: int | None
    quantity: int
    committed: int
    returned: int
    state: State
    expires_at: datetime | None


class ReservationRequest(msgspec.Struct, frozen=True):
    """Lines of (variant, quantity) that somebody wants, all of them or none."""

    owner_ref: str
    lines: Sequence[tuple[UUID, int]]
    expires_at: datetime | None = None
    first_at: int | None = None
    """The place where goods are looked for first; None for the shop's own order of places."""


class ShortLine(msgspec.Struct, frozen=True):
    """A line that cannot be reserved."""

    variant_id: UUID
    wanted: int
    available: int


class Part(msgspec.Struct, frozen=True):
    """So many of a variant from one place; None when nobody counts them."""

    variant_id: UUID
    location_id: int | None
    quantity: int


class Shelf(msgspec.Struct):
    """What can be sold from one place: `stock` without what is kept back, `reserved` of it."""

    location_id: int
    stock: int
    reserved: int

    @property
    def free(self) -> int:
        """How many nobody holds."""
        return max(0, self.stock - self.reserved)

    @property
    def ahead(self) -> int:
        """How many are promised beyond what is there."""
        return max(0, self.reserved - self.stock)


class Goods(msgspec.Struct):
    """A variant with its shelves at active places, in the order of the places."""

    is_tracked: bool = True
    selling: Selling = "deny"
    promise_limit: int | None = None
    low_at: int | None = None
    shelves: list[Shelf] = []

    @property
    def free(self) -> int:
        """How many nobody holds, at all places."""
        return sum(shelf.free for shelf in self.shelves)

    @property
    def sellable(self) -> int:
        """How many more can be promised."""
        if not self.is_tracked:
            return MAX_ON_HAND
        if self.selling == "deny" or not self.shelves:
            return self.free
        # What is promised ahead stands on one shelf, which counts no further than an int4.
        room = MAX_ON_HAND - max(shelf.reserved for shelf in self.shelves)
        if self.promise_limit is not None:
            ahead = sum(shelf.ahead for shelf in self.shelves)
            room = min(room, self.free + max(0, self.promise_limit - ahead))
        return room


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


def decide(
    wanted: Mapping[UUID, int], goods: Mapping[UUID, Goods], first_at: int | None = None
) -> tuple[list[Part], list[ShortLine]]:
    """What is taken from where, or the lines that are short; the shelves then say so.

    A line is taken from the first place that has all of it, else from several in their order;
    what is sold ahead of stock is promised at the first. The place `first_at` stands before all
    others. Nothing is taken when a line is short.
    """
    short = [
        ShortLine(variant_id, quantity, goods[variant_id].sellable)
        for variant_id, quantity in wanted.items()
        if goods[variant_id].sellable < quantity
    ]
    if short:
        return [], short
    parts: list[Part] = []
    for variant_id, quantity in wanted.items():
        parts += _take(variant_id, quantity, goods[variant_id], first_at)
    return parts, []


def _take(variant_id: UUID, quantity: int, goods: Goods, first_at: int | None) -> list[Part]:
    if not goods.is_tracked:
        return [Part(variant_id, None, quantity)]
    shelves = sorted(goods.shelves, key=lambda shelf: shelf.location_id != first_at)
    whole = next((shelf for shelf in shelves if shelf.free >= quantity), None)
    if whole is not None:
        whole.reserved += quantity
        return [Part(variant_id, whole.location_id, quantity)]
    shares = [shelf.free for shelf in shelves]
    left = quantity
    for at, free in enumerate(shares):
        shares[at] = min(free, left)
        left -= shares[at]
    shares[0] += left
    for shelf, share in zip(shelves, shares, strict=True):
        shelf.reserved += share
    return [
        Part(variant_id, shelf.location_id, share)
        for shelf, share in zip(shelves, shares, strict=True)
        if share
    ]


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
