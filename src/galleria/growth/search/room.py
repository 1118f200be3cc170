"""The manifest of search."""

from galleria.engines.room import Room
from galleria.growth.search.jobs import SUBSCRIPTIONS
from galleria.growth.search.routes import ROUTES
from galleria.growth.search.service.synonyms import erase_synonyms, export_synonyms

ROOM = Room(
    name="growth.search",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    export=export_synonyms,
    erase=erase_synonyms,
)
