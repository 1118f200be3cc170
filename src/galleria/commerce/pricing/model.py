"""What a variant costs in a channel."""

from datetime import datetime
from uuid import UUID

import msgspec

from galleria.foundation.errors import FieldError
from galleria.foundation.http import MAX_INT53


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What a variant costs in a channel and a currency, in minor units, since when.

    `compare_at_minor` is what it is said to have cost before: above the amount, or None.
    """

    variant_id: UUID
    channel_id: UUID
    currency: str
    amount_minor: int
    compare_at_minor: int | None
    valid_from: datetime
    updated_at: datetime


class PriceRow(msgspec.Struct, frozen=True):
    """A price somebody wants."""

    variant_id: UUID
    channel_id: UUID
    currency: str
    amount_minor: int
    compare_at_minor: int | None = None


class RefusedPrice(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is no price: its place among the rows, and why."""

    index: int
    error: FieldError


class PricesMerged(msgspec.Struct, frozen=True, kw_only=True):
    """What became of many prices: the variants whose price changed, and what was refused."""

    changed: list[UUID]
    unchanged_count: int
    refused: list[RefusedPrice]


def check_price(row: PriceRow) -> FieldError | None:
    """Why this is no price, or None."""
    if not 0 <= row.amount_minor <= MAX_INT53:
        return FieldError("amount_minor", "out_of_range", "zero or more, within 53 bits")
    if row.compare_at_minor is not None and not 0 <= row.compare_at_minor <= MAX_INT53:
        return FieldError("compare_at_minor", "out_of_range", "zero or more, within 53 bits")
    currency = row.currency
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        return FieldError("currency", "unknown_currency", "three letters, as in EUR")
    return None if currency.isupper() else FieldError("currency", "unknown_currency", "capitals")


def saving_of(row: PriceRow) -> int | None:
    """The amount to compare with: none when it is not above the price, for that is no saving."""
    compare_at = row.compare_at_minor
    return compare_at if compare_at is not None and compare_at > row.amount_minor else None
