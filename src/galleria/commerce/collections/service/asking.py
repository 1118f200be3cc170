"""Who knows what goods are offered at, as the roof binds it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce import inventory, pricing
from galleria.commerce.collections.ports import Offers
from galleria.commerce.inventory import Availability
from galleria.commerce.pricing import ResolvedPrice
from galleria.engines.sql import Reader


async def plain_offers(
    reader: Reader, variant_ids: Sequence[UUID], channel_id: UUID, currency: str, at: datetime
) -> tuple[Mapping[UUID, ResolvedPrice], Mapping[UUID, Availability]]:
    """Price and stock of each variant by itself, as in a house without bundles."""
    quantities = dict.fromkeys(variant_ids, 1)
    prices = await pricing.prices_for(reader, quantities, channel_id, currency, at=at)
    return prices, await inventory.availability(reader, variant_ids)


class OfferAnswers:
    """What answers the question."""

    def __init__(self) -> None:
        self.offers: Offers = plain_offers

    def bind(self, *, offers: Offers) -> None:
        """Prices and stock are asked of this from here on. Called once, by the roof."""
        self.offers = offers


answers = OfferAnswers()
