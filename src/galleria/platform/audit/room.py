"""The manifest of the diary."""

from galleria.engines.room import Room
from galleria.platform.audit.routes import ROUTES

ROOM = Room(name="platform.audit", routes=ROUTES)
