"""What a variant costs: an amount in a price list, from so many pieces on."""

from datetime import datetime
from uuid import UUID

import msgspec

from galleria.foundation.errors import FieldError
from galleria.foundation.http import MAX_INT53

# As many pieces as a cart's line holds at most, and room for what is sold by the pallet.
MAX_MIN_QUANTITY = 10_000
MAX_TIERS = 20  # of a variant in a list; a transaction of a bulk edit holds 250 such variants


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What a variant costs in a price list from `min_quantity` pieces on, in minor units.

    `compare_at_minor` is what it is said to have cost before: above the amount, or None. `since`
    is when the amount became this. A `channel_id` of None is every channel.
    """

    variant_id: UUID
    price_list_id: int
    min_quantity: int
    channel_id: UUID | None
    currency: str
    amount_minor: int
    compare_at_minor: int | None
    since: datetime


class PriceRow(msgspec.Struct, frozen=True):
    """A price somebody wants in a channel's base list."""

    variant_id: UUID
    channel_id: UUID
    currency: str
    amount_minor: int
    compare_at_minor: int | None = None
    min_quantity: int = 1


class PriceListRow(msgspec.Struct, frozen=True):
    """A price somebody wants in the list of this number."""

    variant_id: UUID
    price_list_id: int
    amount_minor: int
    compare_at_minor: int | None = None
    min_quantity: int = 1


class PriceKey(msgspec.Struct, frozen=True, order=True):
    """Which price."""

    variant_id: UUID
    price_list_id: int
    min_quantity: int = 1


class RefusedPrice(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is no price: its place among the rows, and why."""

    index: int
    error: FieldError


class PricesMerged(msgspec.Struct, frozen=True, kw_only=True):
    """What became of many prices: the variants whose price changed, and what was refused."""

    changed: list[UUID]
    unchanged_count: int
    refused: list[RefusedPrice]


class PriceChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a variant cost before, from `since` until `until`, and who ended it.

    `edit_id` is the bulk edit or the import that did, if one did.
    """

    variant_id: UUID
    price_list_id: int
    min_quantity: int
    amount_minor: int
    since: datetime
    until: datetime
    edit_id: UUID | None
    actor: str


def check_price(row: PriceRow | PriceListRow) -> FieldError | None:
    """Why this is no price, or None."""
    refused = check_amount("amount_minor", row.amount_minor)
    if refused is None and row.compare_at_minor is not None:
        refused = check_amount("compare_at_minor", row.compare_at_minor)
    if refused is not None:
        return refused
    if not 1 <= row.min_quantity <= MAX_MIN_QUANTITY:
        message = f"from 1 to {MAX_MIN_QUANTITY} pieces on"
        return FieldError("min_quantity", "out_of_range", message)
    return None if isinstance(row, PriceListRow) else check_currency(row.currency)


def check_amount(path: str, amount_minor: int) -> FieldError | None:
    """Why this is no amount, or None."""
    if 0 <= amount_minor <= MAX_INT53:
        return None
    return FieldError(path, "out_of_range", "zero or more, within 53 bits")


def check_currency(currency: str) -> FieldError | None:
    """Why this names no currency, or None."""
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        return FieldError("currency", "unknown_currency", "three letters, as in EUR")
    return None if currency.isupper() else FieldError("currency", "unknown_currency", "capitals")


def saving_of(amount_minor: int, compare_at_minor: int | None) -> int | None:
    """The amount to compare with: none when it is not above the price, for that is no saving."""
    if compare_at_minor is None or compare_at_minor <= amount_minor:
        return None
    return compare_at_minor
