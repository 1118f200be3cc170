"""What the payments room hands to the roof."""

from galleria.commerce.payments.jobs import SCHEDULES
from galleria.commerce.payments.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(name="commerce.payments", routes=ROUTES, schedules=SCHEDULES)
