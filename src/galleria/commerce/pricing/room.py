"""The manifest of the pricing."""

from galleria.commerce.pricing.jobs import SUBSCRIPTIONS
from galleria.commerce.pricing.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(name="commerce.pricing", routes=ROUTES, subscriptions=SUBSCRIPTIONS)
