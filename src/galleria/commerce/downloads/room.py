"""The manifest of the downloads."""

from galleria.commerce.downloads.jobs import SCHEDULES, SUBSCRIPTIONS
from galleria.commerce.downloads.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(
    name="commerce.downloads",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    schedules=SCHEDULES,
)
