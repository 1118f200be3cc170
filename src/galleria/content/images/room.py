"""The manifest of the pictures."""

from galleria.content.images.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(name="content.images", routes=ROUTES)
