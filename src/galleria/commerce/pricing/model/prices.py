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
    if not 0 <= row.amount_minor <= MAX_INT53:
        return FieldError("amount_minor", "out_of_range", "zero or more, within 53 bits")
    if row.compare_at_minor is not None and not 0 <= row.compare_at_minor <= MAX_INT53:
        return FieldError("compare_at_minor", "out_of_range", "zero or more, within 53 bits")
    if not 1 <= row.min_quantity <= MAX_MIN_QUANTITY:
        message = f"from 1 to {MAX_MIN_QUANTITY} pieces on"
        return FieldError("min_quantity", "out_of_range", message)
    if isinstance(row, PriceListRow):
        return None
    currency = row.currency
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        return FieldError("currency", "unknown_currency", "three letters, as in EUR")
    return None if currency.isupper() else FieldError("currency", "unknown_currency", "capitals")


def saving_of(amount_minor: int, compare_at_minor: int | None) -> int | None:
    """The amount to compare with: none when it is not above the price, for that is no saving."""
    if compare_at_minor is None or compare_at_minor <= amount_minor:
        return None
    return compare_at_minor
