"""The manifest of the room of apps."""

from galleria.engines.jobs import Schedule
from galleria.engines.room import Room
from galleria.platform.apps.model.apps import AppsSettings
from galleria.platform.apps.routes import ROUTES
from galleria.platform.apps.service.removing import erase_apps, export_apps, tidy

ROOM = Room(
    name="platform.apps",
    routes=ROUTES,
    schedules=[Schedule("apps.tidy", "53 * * * *", tidy)],
    settings=AppsSettings,
    export=export_apps,
    erase=erase_apps,
)
