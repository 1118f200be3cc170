"""Search over HTTP: asked by anyone or by keys, tuned by the back office."""

from galleria.growth.search.routes import (
    curations,
    freshness,
    keys,
    questions,
    rankings,
    storefront,
    synonyms,
)

ROUTES = [
    *storefront.ROUTES,
    *synonyms.ROUTES,
    *curations.ROUTES,
    *rankings.ROUTES,
    *questions.ROUTES,
    *keys.ROUTES,
    *freshness.ROUTES,
]
