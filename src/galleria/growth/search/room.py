"""The manifest of search."""

from galleria.engines.room import Room
from galleria.growth.search.jobs import SUBSCRIPTIONS
from galleria.growth.search.routes import ROUTES

ROOM = Room(name="growth.search", routes=ROUTES, subscriptions=SUBSCRIPTIONS)
