"""The manifest of the front door."""

from galleria.engines.room import Room
from galleria.faces.gateway.model import GatewaySettings

# Its subscriptions are the worker's alone: see `news`.
ROOM = Room(name="faces.gateway", settings=GatewaySettings)
