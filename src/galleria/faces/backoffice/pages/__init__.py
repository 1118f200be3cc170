"""The pages of the back office, one module for each part of the work."""

from typing import Any

from galleria.faces.backoffice.pages import (
    account,
    apps,
    attributes,
    categories,
    collections,
    customers,
    imports,
    orders,
    overview,
    pictures,
    prices,
    products,
    redirects,
    relevance,
    search,
    settings,
    shops,
    sign_in,
    stock,
    webhooks,
)

ROUTES: list[Any] = [
    *sign_in.ROUTES,
    *account.ROUTES,
    *shops.ROUTES,
    *overview.ROUTES,
    *products.ROUTES,
    *categories.ROUTES,
    *collections.ROUTES,
    *attributes.ROUTES,
    *stock.ROUTES,
    *prices.ROUTES,
    *orders.ROUTES,
    *customers.ROUTES,
    *imports.ROUTES,
    *pictures.ROUTES,
    *redirects.ROUTES,
    *search.ROUTES,
    *relevance.ROUTES,
    *apps.ROUTES,
    *webhooks.ROUTES,
    *settings.ROUTES,
]
