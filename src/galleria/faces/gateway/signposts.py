"""Where requests that look alike were led a moment ago, so that the next one goes there at once.

Which shop, profile, version and language a request means is worked out anew for the first of those
that say the same, twice a second at most; nothing of the caller is kept, and nobody who shows a key
or a cookie is led by it.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from galleria.engines.context import Tenant
from galleria.engines.sql.directory import Directory
from galleria.faces.gateway.request import Request
from galleria.faces.gateway.response_cache import Key

# Added to the seconds for which the directory itself may be late.
STANDS_S = 0.5
MOST_SIGNPOSTS = 20_000
# All of a request's headers that decide what is answered, besides its address.
_DECIDE = (
    b"host",
    b"x-galleria-shop",
    b"galleria-version",
    b"galleria-profile",
    b"accept",
    b"accept-language",
    b"sec-ch-ua-mobile",
)

Look = tuple[Any, ...]


class Signpost(NamedTuple):
    """Under what the answer is kept, and whose it is; true until then, or until the directory has
    been told something.
    """

    key: Key
    tenant: Tenant
    until: float
    told: int


class Signposts:
    """See the module."""

    def __init__(self, directory: Directory, clock: Callable[[], float] = time.monotonic) -> None:
        """None stand yet; all fall when `directory` is told something new. `clock`: seconds."""
        self._directory = directory
        self._clock = clock
        self._all: dict[Look, Signpost] = {}

    @property
    def told(self) -> int:
        """How much the directory has been told; ask before it is asked."""
        return self._directory.told

    def follow(self, request: Request) -> Signpost | None:
        """Where a request leads that anybody may send, None when that is to be found out."""
        look = _look_of(request)
        found = None if look is None else self._all.get(look)
        if found is None or found.until < self._clock() or found.told != self.told:
            return None
        return found

    def put(self, request: Request, told: int, key: Key, tenant: Tenant) -> None:
        """Requests that look like this one lead here."""
        look = _look_of(request)
        if look is None:
            return
        if len(self._all) >= MOST_SIGNPOSTS:
            self._all.clear()
        self._all[look] = Signpost(key, tenant, self._clock() + STANDS_S, told)


def _look_of(request: Request) -> Look | None:
    """All that decides how a GET of anybody is answered; None for what is not answered so."""
    said = request.said_openly(_DECIDE)
    if said is None or request.method != "GET":
        return None
    scope = request.scope
    return (scope["raw_path"], scope["query_string"], said)
