"""The manifest of the requests of keys."""

from galleria.engines.room import Room
from galleria.platform.requests.jobs import SCHEDULES
from galleria.platform.requests.routes import ROUTES
from galleria.platform.requests.service.leaving import erase_requests, export_requests

ROOM = Room(
    name="platform.requests",
    routes=ROUTES,
    schedules=SCHEDULES,
    export=export_requests,
    erase=erase_requests,
)
