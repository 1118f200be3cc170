"""The catalog over HTTP, for the back office."""

from galleria.commerce.catalog.routes import history, products, structure, variants

ROUTES = [*products.ROUTES, *history.ROUTES, *variants.ROUTES, *structure.ROUTES]
