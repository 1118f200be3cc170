"""The manifest of the wanted pictures."""

from galleria.commerce.pictures.jobs import ENQUEUES, JOBS, SCHEDULES, SUBSCRIPTIONS
from galleria.commerce.pictures.model import PicturesSettings
from galleria.commerce.pictures.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(
    name="commerce.pictures",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    enqueues=ENQUEUES,
    jobs=JOBS,
    schedules=SCHEDULES,
    settings=PicturesSettings,
)
