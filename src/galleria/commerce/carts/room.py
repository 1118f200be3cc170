"""What the carts room hands to the roof."""

from galleria.commerce.carts.jobs import SCHEDULES
from galleria.commerce.carts.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(name="commerce.carts", routes=ROUTES, schedules=SCHEDULES)
