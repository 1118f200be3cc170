"""How shoppers find things: words that mean the same, and results that are curated."""

from galleria.faces.backoffice.pages.search import curations, synonyms

ROUTES = [*synonyms.ROUTES, *curations.ROUTES]
