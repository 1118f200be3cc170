"""Stock over HTTP, for the back office."""

from galleria.commerce.inventory.routes import levels, locations, moving

ROUTES = [*levels.ROUTES, *moving.ROUTES, *locations.ROUTES]
