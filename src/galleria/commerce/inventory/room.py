"""The manifest of the inventory."""

from galleria.commerce.inventory.jobs import SCHEDULES, SUBSCRIPTIONS
from galleria.commerce.inventory.routes import ROUTES
from galleria.commerce.inventory.service.locations import provision
from galleria.engines.room import Room

ROOM = Room(
    name="commerce.inventory",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    schedules=SCHEDULES,
    provision=provision,
)
