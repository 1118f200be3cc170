"""The front door: finds out which shop is meant and who asks, checks what comes in, lets it pass.

Every request goes through here before any room sees it. Owns no table and publishes nothing.
"""

from galleria.faces.gateway.changes import VERSIONS
from galleria.faces.gateway.errors import OF_ANY_REQUEST, OF_BODIES, OF_JSON
from galleria.faces.gateway.front import WRITE_KEY, Apps, Gateway
from galleria.faces.gateway.news import SUBSCRIPTIONS
from galleria.faces.gateway.problems import EXCEPTION_HANDLERS
from galleria.faces.gateway.repeating import OF_REPEATED, Repeating
from galleria.faces.gateway.resolution import Hosts
from galleria.faces.gateway.shortcut import Shortcut

__all__ = [
    "EXCEPTION_HANDLERS",
    "OF_ANY_REQUEST",
    "OF_BODIES",
    "OF_JSON",
    "OF_REPEATED",
    "SUBSCRIPTIONS",
    "VERSIONS",
    "WRITE_KEY",
    "Apps",
    "Gateway",
    "Hosts",
    "Repeating",
    "Shortcut",
]
