"""The manifest of search."""

from galleria.engines.room import Room
from galleria.growth.search.jobs import SCHEDULES, SUBSCRIPTIONS
from galleria.growth.search.model.operating import OperatorSettings
from galleria.growth.search.routes import ROUTES
from galleria.growth.search.service.leaving import erase_search, export_search

ROOM = Room(
    name="growth.search",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    schedules=SCHEDULES,
    settings=OperatorSettings,
    export=export_search,
    erase=erase_search,
)
