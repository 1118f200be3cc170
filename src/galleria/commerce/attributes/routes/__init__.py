"""The dictionary over HTTP, for the back office."""

from galleria.commerce.attributes.routes import (
    attributes,
    metafields,
    product_types,
    sets,
    values,
)

ROUTES = [
    *attributes.ROUTES,
    *values.ROUTES,
    *sets.ROUTES,
    *product_types.ROUTES,
    *metafields.ROUTES,
]
