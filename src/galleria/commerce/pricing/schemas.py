"""What comes in over the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from galleria.commerce.pricing.model.edits import PriceSelection
from galleria.commerce.pricing.model.formulas import PriceFormula
from galleria.commerce.pricing.model.prices import MAX_MIN_QUANTITY
from galleria.foundation.http import AmountMinor, CurrencyCode, Handle, Name, WireInput

MAX_ROWS = 500

Pieces = Annotated[int, Meta(ge=1, le=MAX_MIN_QUANTITY)]
Priority = Annotated[int, Meta(ge=-1_000, le=1_000)]
Instant = Annotated[datetime, Meta(tz=True)]
ListNumber = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class SetPrice(WireInput, frozen=True, kw_only=True):
    """A price; without a list, in the base list of a channel, of the default one when not named.

    The currency is that of the list. A `compare_at_minor` that is not above the amount is left
    out. `min_quantity` makes it a price from so many pieces on.
    """

    variant_id: UUID
    amount_minor: AmountMinor
    compare_at_minor: AmountMinor | None = None
    channel: Name | None = None
    currency: CurrencyCode | None = None
    price_list_id: ListNumber | None = None
    min_quantity: Pieces = 1


class SetPrices(WireInput, frozen=True, kw_only=True):
    """Prices to be set together."""

    prices: Annotated[list[SetPrice], Meta(min_length=1, max_length=MAX_ROWS)]


class SetCost(WireInput, frozen=True, kw_only=True):
    """What a variant costs the merchant in a currency, that of the default channel when not named;
    null: it is not known."""

    variant_id: UUID
    amount_minor: AmountMinor | None
    currency: CurrencyCode | None = None


class SetCosts(WireInput, frozen=True, kw_only=True):
    """Costs to be set together."""

    costs: Annotated[list[SetCost], Meta(min_length=1, max_length=MAX_ROWS)]


class NamedPrice(WireInput, frozen=True, kw_only=True):
    """A price of a list, by what it is for."""

    variant_id: UUID
    price_list_id: ListNumber
    min_quantity: Pieces = 1


class RemovePrices(WireInput, frozen=True, kw_only=True):
    """Prices to be taken out of their lists."""

    prices: Annotated[list[NamedPrice], Meta(min_length=1, max_length=MAX_ROWS)]


class NewPriceList(WireInput):
    """A list for a sale or by contract. What it is for cannot be changed later.

    Without a channel it is for all of them, without a customer group for everybody; then it is in
    the currency named, or that of the default channel.
    """

    code: Handle
    name: Name
    kind: Literal["sale", "contract"]
    channel: Name | None = None
    customer_group_id: UUID | None = None
    currency: CurrencyCode | None = None
    priority: Priority = 0
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    includes_tax: bool | None = None
    is_active: bool = True


class PriceListChanges(WireInput):
    """The fields to change; what is left out stays as it is."""

    code: Handle | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    valid_from: Instant | UnsetType | None = UNSET
    valid_until: Instant | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET

    def apply_to(self, fields: dict[str, object]) -> dict[str, object]:
        """`fields` with each change that was sent."""
        return fields | {
            name: value
            for name, value in msgspec.structs.asdict(self).items()
            if value is not UNSET
        }


class AskedPrice(WireInput, frozen=True, kw_only=True):
    """Who would buy how many, where and when; nobody known, one, in the default channel, now."""

    channel: str | None = None
    currency: str | None = None
    quantity: int = 1
    customer_id: UUID | None = None
    customer_group_id: UUID | None = None
    at: datetime | None = None


class NewPriceEdit(WireInput):
    """Prices of one list to be changed by a formula; without a list, of the default base list."""

    formula: PriceFormula
    selection: PriceSelection = PriceSelection()
    price_list_id: ListNumber | None = None
