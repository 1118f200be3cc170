"""The price tags: what each variant costs in each sales channel and currency.

Table `pricing.price`. Event `pricing.prices_changed.v1`.
"""

from galleria.commerce.pricing.errors import InvalidPrice
from galleria.commerce.pricing.events import PricesChanged
from galleria.commerce.pricing.model import Price, PriceRow, PricesMerged, RefusedPrice
from galleria.commerce.pricing.schemas import SetPrice
from galleria.commerce.pricing.service import (
    list_prices,
    merge_prices,
    prices_of,
    refresh_statistics,
    set_prices,
)

__all__ = [
    "InvalidPrice",
    "Price",
    "PriceRow",
    "PricesChanged",
    "PricesMerged",
    "RefusedPrice",
    "SetPrice",
    "list_prices",
    "merge_prices",
    "prices_of",
    "refresh_statistics",
    "set_prices",
]
