"""The shop window: what shoppers read, made ready when something changes and not when they ask.

Tables `listings.listing` (a document for each product, channel and language) and
`listings.placement` (under which categories and collections). Event
`listings.listings_changed.v1`. All of it can be rebuilt from the other rooms.
"""

from galleria.commerce.listings.errors import CategoryNotShown, ListingNotFound, UnknownSort
from galleria.commerce.listings.events import ListingsChanged
from galleria.commerce.listings.model import Card, Detail, ShownVariant, media_url
from galleria.commerce.listings.service import (
    CategoryNode,
    Window,
    cards_of,
    categories_of,
    detail_of,
    details_for_search,
    listed_ids,
    page_of_cards,
    window_of,
)

__all__ = [
    "Card",
    "CategoryNode",
    "CategoryNotShown",
    "Detail",
    "ListingNotFound",
    "ListingsChanged",
    "ShownVariant",
    "UnknownSort",
    "Window",
    "cards_of",
    "categories_of",
    "detail_of",
    "details_for_search",
    "listed_ids",
    "media_url",
    "page_of_cards",
    "window_of",
]
