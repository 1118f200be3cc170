"""What the shop window does: it is filled when something changes, and read by shoppers."""

from galleria.commerce.listings.service.checking import (
    count_places_anew,
    differing_counts,
    lacking_listings,
    make_listings_anew,
    surplus_listings,
)
from galleria.commerce.listings.service.filling import (
    announce,
    products_of,
    recount_shared,
    refresh,
    remove,
)
from galleria.commerce.listings.service.picking import (
    page_of_its_variants,
    page_of_variants,
    picker_of,
)
from galleria.commerce.listings.service.reading import (
    CategoryNode,
    cards_of,
    categories_of,
    count_listed,
    described_cards_of,
    detail_of,
    details_for_search,
    details_of,
    listed_ids,
    page_of_cards,
)
from galleria.commerce.listings.service.renewing import renew_step
from galleria.commerce.listings.service.selecting import PlaceKind, detail_at, details_among
from galleria.commerce.listings.service.windows import Window, window_of

__all__ = [
    "CategoryNode",
    "PlaceKind",
    "Window",
    "announce",
    "cards_of",
    "categories_of",
    "count_listed",
    "count_places_anew",
    "described_cards_of",
    "detail_at",
    "detail_of",
    "details_among",
    "details_for_search",
    "details_of",
    "differing_counts",
    "lacking_listings",
    "listed_ids",
    "make_listings_anew",
    "page_of_cards",
    "page_of_its_variants",
    "page_of_variants",
    "picker_of",
    "products_of",
    "recount_shared",
    "refresh",
    "remove",
    "renew_step",
    "surplus_listings",
    "window_of",
]
