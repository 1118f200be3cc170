"""The manifest of the catalog."""

from galleria.commerce.catalog.jobs import SCHEDULES
from galleria.commerce.catalog.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(name="commerce.catalog", routes=ROUTES, schedules=SCHEDULES)
