"""Judging the search over HTTP, for the back office."""

from galleria.growth.relevance.routes import runs, sets

ROUTES = [*sets.ROUTES, *runs.ROUTES]
