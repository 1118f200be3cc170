"""How shoppers find things: words that mean the same, curated results, their order, and keys."""

from galleria.faces.backoffice.pages.search import curations, freshness, keys, rankings, synonyms

ROUTES = [
    *synonyms.ROUTES,
    *curations.ROUTES,
    *rankings.ROUTES,
    *freshness.ROUTES,
    *keys.ROUTES,
]
