"""Orders over HTTP: for shoppers, and for the merchant's people."""

from galleria.commerce.orders.routes import admin, past, shipping, store

ROUTES = [*store.ROUTES, *admin.ROUTES, *shipping.ROUTES, *past.ROUTES]
