"""How shoppers find things: words that mean the same, results that are curated, their order."""

from galleria.faces.backoffice.pages.search import curations, freshness, rankings, synonyms

ROUTES = [*synonyms.ROUTES, *curations.ROUTES, *rankings.ROUTES, *freshness.ROUTES]
