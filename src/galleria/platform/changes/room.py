"""The manifest of the history."""

from galleria.engines.room import Room
from galleria.platform.changes.jobs import SCHEDULES
from galleria.platform.changes.model.changes import ChangesSettings
from galleria.platform.changes.routes import ROUTES
from galleria.platform.changes.service.forgetting import erase_history, export_history

ROOM = Room(
    name="platform.changes",
    routes=ROUTES,
    schedules=SCHEDULES,
    settings=ChangesSettings,
    export=export_history,
    erase=erase_history,
)
