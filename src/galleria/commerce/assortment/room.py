"""The manifest of the assortment."""

from galleria.commerce.assortment.jobs import SUBSCRIPTIONS
from galleria.commerce.assortment.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(name="commerce.assortment", routes=ROUTES, subscriptions=SUBSCRIPTIONS)
