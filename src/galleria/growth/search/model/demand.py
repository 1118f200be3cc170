"""How much a product is wanted: what counts how much, and for how long."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

HALF_LIFE = timedelta(days=30)
"""After so long a sale counts half: a season's best-seller makes room within the next season."""
MOST_OF_AN_ORDER = 20  # units: who furnishes a whole office is still one buyer
CLICK_WEIGHTS = {"click": 0.05, "click_through": 0.05, "add_to_cart": 0.2}
"""What shoppers do with an answer, in sold units."""
SALES_KEPT = timedelta(days=180)
"""After six half-lives a sale is forgotten: 1/64 of it is left, and no event comes so late."""
LEAST_TOP = 10.0
"""Units that make a product fully popular at least, so that a shop's first sale is no best-seller,
and what nobody has bought for long sinks."""
STEP = 0.05
"""Popularity is told to the index in such steps."""
LEEWAY = 0.04
"""So far a product's popularity may be from what the index was told. More than half a step, so that
one between two steps does not go to and fro."""
SETTLED_AFTER = timedelta(minutes=1)
"""So long after it came a click may still be on its way into the table, or its question."""
NOTHING_LEFT = 0.01  # units below which a product is as good as never wanted


class Sale(msgspec.Struct, frozen=True):
    """Units of a product that somebody bought in one order."""

    order_id: UUID
    product_id: UUID
    units: int
    placed_at: datetime


class Demand(msgspec.Struct, frozen=True):
    """How much a product is wanted, in units sold as of an instant, and what the index was told."""

    product_id: UUID
    score: float
    as_of: datetime
    shown_popularity: float


def countable(sales: list[Sale], now: datetime) -> list[Sale]:
    """Those that still count, one for each order and product, none beyond what an order counts."""
    units: dict[tuple[UUID, UUID], int] = {}
    placed: dict[tuple[UUID, UUID], datetime] = {}
    for sale in sales:
        if sale.units > 0 and sale.placed_at > now - SALES_KEPT:
            key = (sale.order_id, sale.product_id)
            units[key] = min(units.get(key, 0) + sale.units, MOST_OF_AN_ORDER)
            placed[key] = sale.placed_at
    return [Sale(*key, units[key], placed[key]) for key in units]
