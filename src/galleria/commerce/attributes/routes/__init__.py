"""The dictionary over HTTP, for the back office."""

from galleria.commerce.attributes.routes import (
    attributes,
    metafields,
    product_types,
    sets,
    values,
)

# The catalog still serves `/admin/v1/attributes`; whoever moves its dictionary here mounts these.
ATTRIBUTE_ROUTES = [*attributes.ROUTES, *values.ROUTES]
ROUTES = [*sets.ROUTES, *product_types.ROUTES, *metafields.ROUTES]
