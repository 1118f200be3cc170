"""The manifest of the kiosks."""

from galleria.engines.room import Room
from galleria.faces.kiosk.jobs import ENQUEUES, MAKE, SCHEDULES, SUBSCRIPTIONS
from galleria.faces.kiosk.model.packs import KioskSettings
from galleria.faces.kiosk.routes import ROUTES
from galleria.faces.kiosk.service.leaving import erase_kiosk, export_kiosk

ROOM = Room(
    name="faces.kiosk",
    routes=ROUTES,
    subscriptions=SUBSCRIPTIONS,
    enqueues=ENQUEUES,
    jobs=[MAKE],
    schedules=SCHEDULES,
    settings=KioskSettings,
    export=export_kiosk,
    erase=erase_kiosk,
)
