"""The manifest of the pricing."""

from galleria.commerce.pricing.jobs import ENQUEUES, JOBS, SCHEDULES, SUBSCRIPTIONS
from galleria.commerce.pricing.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(
    name="commerce.pricing",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    enqueues=ENQUEUES,
    jobs=JOBS,
    schedules=SCHEDULES,
)
