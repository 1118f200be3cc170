"""The manifest of the shop window."""

from galleria.commerce.listings.jobs import ENQUEUES, REBUILD, SHOW, SUBSCRIPTIONS
from galleria.commerce.listings.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(
    name="commerce.listings",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    enqueues=ENQUEUES,
    jobs=[REBUILD, SHOW],
)
