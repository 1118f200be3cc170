"""The manifest of the channel profiles."""

from galleria.engines.room import Room
from galleria.faces.profiles.routes import ROUTES
from galleria.faces.profiles.service.keeping import erase_profiles, export_profiles

ROOM = Room(
    name="faces.profiles",
    routes=ROUTES,
    export=export_profiles,
    erase=erase_profiles,
)
