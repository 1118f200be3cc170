"""The dictionary over HTTP, for the back office."""

from galleria.commerce.attributes.routes import (
    attributes,
    metafields,
    product_types,
    sets,
    values,
)

# The catalog still serves these addresses; the one who moves its dictionary here mounts them.
ATTRIBUTE_ROUTES = attributes.ROUTES
ROUTES = [*values.ROUTES, *sets.ROUTES, *product_types.ROUTES, *metafields.ROUTES]
