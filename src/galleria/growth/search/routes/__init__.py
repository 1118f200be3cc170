"""Search over HTTP: asked by anyone, tuned by the back office."""

from galleria.growth.search.routes import (
    curations,
    freshness,
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
    *freshness.ROUTES,
]
