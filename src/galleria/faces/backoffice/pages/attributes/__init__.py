"""The dictionary of the shop: properties with their values, sets, product types and metafields."""

from typing import Any

from galleria.faces.backoffice.pages.attributes import (
    editing,
    listing,
    metafields,
    rules,
    sets,
    types,
    values,
)

ROUTES: list[Any] = [
    *listing.ROUTES,
    *editing.ROUTES,
    *values.ROUTES,
    *sets.ROUTES,
    *types.ROUTES,
    *rules.ROUTES,
    *metafields.ROUTES,
]
