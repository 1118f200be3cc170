"""The manifest of access."""

from galleria.engines.room import Room
from galleria.platform.access.jobs import ENQUEUES, SCHEDULES, WRITE_TO_OWNERS
from galleria.platform.access.routes import ROUTES
from galleria.platform.access.service.leaving import erase_keys, export_keys

ROOM = Room(
    name="platform.access",
    routes=ROUTES,
    enqueues=ENQUEUES,
    jobs=[WRITE_TO_OWNERS],
    schedules=SCHEDULES,
    export=export_keys,
    erase=erase_keys,
)
