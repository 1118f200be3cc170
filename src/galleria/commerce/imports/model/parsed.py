"""A product as it was read from a file, whatever the format, and the way it is read."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol
from uuid import UUID

import msgspec

from galleria.commerce.assortment import BundleTerms
from galleria.commerce.catalog import ProductDraft
from galleria.commerce.downloads import NewDigitalGood
from galleria.commerce.imports.model.runs import Position, Problem


# Structs of plain values, at which the garbage collector need not look as it must at named tuples:
# a file brings four of these for each variant.
class PriceWish(msgspec.Struct, frozen=True):
    """What a variant should cost, in minor units; without currency or channel, the shop's own."""

    variant: int
    amount_minor: int
    compare_at_minor: int | None = None
    currency: str | None = None
    channel: str | None = None


class CostWish(msgspec.Struct, frozen=True):
    """What a variant costs the merchant, in minor units; without a currency, of the shop's own."""

    variant: int
    amount_minor: int
    currency: str | None = None


class LevelWish(msgspec.Struct, frozen=True):
    """How many of a variant there should be; without a location, at the shop's first."""

    variant: int
    on_hand: int
    location: str | None = None


class PolicyWish(msgspec.Struct, frozen=True):
    """Whether a variant is counted, and sold beyond what is there."""

    variant: int
    is_tracked: bool
    allows_backorder: bool


class BundleWish(NamedTuple):
    """What a variant should consist of, by the SKUs of its components."""

    variant: int
    terms: BundleTerms


class DigitalWish(NamedTuple):
    """On which terms a variant should be had without a parcel; None: it is sent."""

    variant: int
    terms: NewDigitalGood | None


class Places:
    """Where in the file the fields of a product stand: in a JSON line, all on that line."""

    __slots__ = ("line",)

    def __init__(self, line: int) -> None:
        self.line = line

    def place_of(self, path: str) -> tuple[int, str]:
        """Line and column of the field that the catalog calls `path`."""
        return self.line, path


class ParsedProduct(msgspec.Struct, kw_only=True):
    """A product read; `variant` of a wish is a place among the draft's variants.

    A variant without a policy is one the file says nothing about: sold without being counted
    when it is new, left alone when it is not. `product_id` is what an export of ours names.
    """

    draft: ProductDraft
    places: Places
    excerpt: bytes
    prices: list[PriceWish] = msgspec.field(default_factory=list)
    costs: list[CostWish] = msgspec.field(default_factory=list)
    levels: list[LevelWish] = msgspec.field(default_factory=list)
    policies: list[PolicyWish] = msgspec.field(default_factory=list)
    bundles: list[BundleWish] = msgspec.field(default_factory=list)
    digitals: list[DigitalWish] = msgspec.field(default_factory=list)
    product_id: UUID | None = None

    @property
    def key(self) -> str:
        """What tells it from the other products of the file."""
        return self.draft.external_ref or self.draft.handle


class Item(NamedTuple):
    """What came out of one line, or of the rows of one product.

    `refused` is 1 when there should have been a product and `problems` say why there is none.
    `end` is where to read on behind it.
    """

    product: ParsedProduct | None
    problems: list[Problem]
    refused: int
    end: Position


class Parser(Protocol):
    """Reads one format. Feed it the blocks of the unpacked file, then `finish`."""

    def feed(self, block: bytes) -> Iterator[Item]:
        """What is complete by now."""

    def finish(self) -> Iterator[Item]:
        """What is left when nothing more comes."""
