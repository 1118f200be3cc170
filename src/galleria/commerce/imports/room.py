"""The manifest of the imports."""

from galleria.commerce.imports.jobs import ENQUEUES, JOBS, SCHEDULES, SUBSCRIPTIONS
from galleria.commerce.imports.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(
    name="commerce.imports",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    enqueues=ENQUEUES,
    jobs=JOBS,
    schedules=SCHEDULES,
)
