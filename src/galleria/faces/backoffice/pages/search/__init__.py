"""How shoppers find things: words that mean the same, curated results, their order, and keys."""

from galleria.faces.backoffice.pages.search import curations, keys, rankings, synonyms

ROUTES = [*synonyms.ROUTES, *curations.ROUTES, *rankings.ROUTES, *keys.ROUTES]
