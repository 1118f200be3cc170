"""The manifest of the pictures."""

from galleria.content.images.jobs import ENQUEUES, JOBS
from galleria.content.images.model import ImagesSettings
from galleria.content.images.routes import ROUTES
from galleria.engines.room import Room

ROOM = Room(
    name="content.images",
    routes=ROUTES,
    jobs=JOBS,
    enqueues=ENQUEUES,
    settings=ImagesSettings,
)
