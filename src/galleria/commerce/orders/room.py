"""What the orders room hands to the roof."""

from galleria.commerce.orders.jobs import ENQUEUES, SEND_CONFIRMATIONS, SUBSCRIPTIONS
from galleria.commerce.orders.routes import ROUTES
from galleria.commerce.orders.service.shipping import provide_first_method
from galleria.engines.room import Room

ROOM = Room(
    name="commerce.orders",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    enqueues=ENQUEUES,
    jobs=[SEND_CONFIRMATIONS],
    provision=provide_first_method,
)
