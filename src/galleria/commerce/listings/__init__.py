"""The shop window: what shoppers read, made ready when something changes and not when they ask.

A window is a channel in one of its languages. Tables `listings.window`, `listing` (a packed
document for each product and window), `variant_chunk` (the variants past the hundredth), `place`
(categories and collections by number), `placement` (which products have a further place),
`place_count` (how many products each place shows) and `stale` (shops whose listings are being made
anew). Event `listings.listings_changed.v1`. All of it can be rebuilt from the other rooms.
"""

from galleria.commerce.listings.errors import (
    CategoryNotShown,
    ListingNotFound,
    UnknownChoice,
    UnknownSort,
)
from galleria.commerce.listings.events import ListingsChanged
from galleria.commerce.listings.model.making import (
    Card,
    Detail,
    PriceRange,
    ShownVariant,
    media_url,
)
from galleria.commerce.listings.model.picking import Picker, PickerAxis, PickerValue, chosen_in
from galleria.commerce.listings.service import (
    CategoryNode,
    Window,
    cards_of,
    categories_of,
    count_places_anew,
    described_cards_of,
    detail_of,
    details_for_search,
    details_of,
    differing_counts,
    lacking_listings,
    listed_ids,
    make_listings_anew,
    page_of_cards,
    page_of_variants,
    picker_of,
    surplus_listings,
    window_of,
)

__all__ = [
    "Card",
    "CategoryNode",
    "CategoryNotShown",
    "Detail",
    "ListingNotFound",
    "ListingsChanged",
    "Picker",
    "PickerAxis",
    "PickerValue",
    "PriceRange",
    "ShownVariant",
    "UnknownChoice",
    "UnknownSort",
    "Window",
    "cards_of",
    "categories_of",
    "chosen_in",
    "count_places_anew",
    "described_cards_of",
    "detail_of",
    "details_for_search",
    "details_of",
    "differing_counts",
    "lacking_listings",
    "listed_ids",
    "make_listings_anew",
    "media_url",
    "page_of_cards",
    "page_of_variants",
    "picker_of",
    "surplus_listings",
    "window_of",
]
