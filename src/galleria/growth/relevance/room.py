"""The manifest of judging the search."""

from galleria.engines.room import Room
from galleria.growth.relevance.jobs import ENQUEUES, JOBS
from galleria.growth.relevance.routes import ROUTES
from galleria.growth.relevance.service.leaving import erase_relevance, export_relevance

ROOM = Room(
    name="growth.relevance",
    routes=ROUTES,
    enqueues=ENQUEUES,
    jobs=JOBS,
    export=export_relevance,
    erase=erase_relevance,
)
