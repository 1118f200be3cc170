"""The manifest of shops."""

from galleria.engines.room import Room
from galleria.platform.tenants.routes import ROUTES

ROOM = Room(name="platform.tenants", routes=ROUTES)
