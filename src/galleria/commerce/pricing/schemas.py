"""What comes in over the wire."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from galleria.foundation.http import AmountMinor, CurrencyCode, Name, WireInput

MAX_ROWS = 500


class SetPrice(WireInput, frozen=True, kw_only=True):
    """A price; without a channel, in the shop's default one, and in that channel's currency.

    A `compare_at_minor` that is not above the amount is left out.
    """

    variant_id: UUID
    amount_minor: AmountMinor
    compare_at_minor: AmountMinor | None = None
    channel: Name | None = None
    currency: CurrencyCode | None = None


class SetPrices(WireInput, frozen=True, kw_only=True):
    """Prices to be set together."""

    prices: Annotated[list[SetPrice], Meta(min_length=1, max_length=MAX_ROWS)]
