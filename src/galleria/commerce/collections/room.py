"""The manifest of the collections."""

from galleria.commerce.collections.jobs import ENQUEUES, JOBS, SCHEDULES, SUBSCRIPTIONS
from galleria.commerce.collections.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(
    name="commerce.collections",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    enqueues=ENQUEUES,
    jobs=JOBS,
    schedules=SCHEDULES,
)
