"""The catalog over HTTP, for the back office."""

from galleria.commerce.catalog.routes import products, structure, variants

ROUTES = [*products.ROUTES, *variants.ROUTES, *structure.ROUTES]
