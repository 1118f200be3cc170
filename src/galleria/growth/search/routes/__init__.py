"""Search over HTTP: asked by anyone, tuned by the back office."""

from galleria.growth.search.routes import curations, questions, storefront, synonyms

ROUTES = [*storefront.ROUTES, *synonyms.ROUTES, *curations.ROUTES, *questions.ROUTES]
