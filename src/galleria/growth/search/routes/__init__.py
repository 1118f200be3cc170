"""Search over HTTP: asked by anyone, tuned by the back office."""

from galleria.growth.search.routes import admin, storefront

ROUTES = [*storefront.ROUTES, *admin.ROUTES]
