"""The manifest of access."""

from galleria.engines.room import Room
from galleria.platform.access.jobs import SCHEDULES
from galleria.platform.access.routes import ROUTES

ROOM = Room(name="platform.access", routes=ROUTES, schedules=SCHEDULES)
