"""Shops over HTTP: a shop's own administration, and the house's list of all shops."""

from galleria.platform.tenants.routes import shop, shops

ROUTES = [*shop.ROUTES, *shops.ROUTES]
