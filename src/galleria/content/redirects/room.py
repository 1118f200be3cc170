"""The manifest of the redirects."""

from galleria.content.redirects.routes import ROUTES
from galleria.content.redirects.service.leaving import erase_redirects
from galleria.content.redirects.service.reading import export_redirects
from galleria.engines.room import Room

ROOM = Room(
    name="content.redirects",
    routes=ROUTES,
    export=export_redirects,
    erase=erase_redirects,
)
