"""The manifest of the dictionary."""

from galleria.commerce.attributes.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(name="commerce.attributes", routes=ROUTES)
