"""Flat shipping rates, the first form: one price for a parcel, whatever is in it."""

from datetime import datetime
from uuid import UUID

import msgspec

from galleria.foundation.money import Money


class ShippingMethod(msgspec.Struct, frozen=True, kw_only=True):
    """A flat rate in one currency. `countries` empty means everywhere."""

    method_id: UUID
    code: str
    name: str
    translations: dict[str, str]
    price: Money
    free_from: Money | None
    countries: list[str]
    is_active: bool
    position: int
    version: int
    created_at: datetime
    updated_at: datetime

    def name_in(self, locale: str) -> str:
        """The name in the language, or the name given first."""
        return self.translations.get(locale) or self.translations.get(
            locale.partition("-")[0], self.name
        )

    def delivers_to(self, country: str) -> bool:
        """True when a parcel may go there."""
        return self.is_active and (not self.countries or country in self.countries)

    def price_for(self, subtotal: Money) -> Money:
        """What the shopper pays for goods worth `subtotal`: nothing from `free_from` on."""
        if self.free_from is not None and subtotal.amount_minor >= self.free_from.amount_minor:
            return Money(0, self.price.currency)
        return self.price
