"""The manifest of the shop window."""

from galleria.commerce.listings.jobs import (
    ENQUEUES,
    REBUILD,
    RECOUNT,
    RELABEL,
    SCHEDULES,
    SHOW,
    SUBSCRIPTIONS,
)
from galleria.commerce.listings.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(
    name="commerce.listings",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    enqueues=ENQUEUES,
    jobs=[REBUILD, RELABEL, RECOUNT, SHOW],
    schedules=SCHEDULES,
)
