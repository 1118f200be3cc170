"""What the customers room hands to the roof."""

from galleria.commerce.customers.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(name="commerce.customers", routes=ROUTES)
