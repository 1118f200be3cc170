"""What has changed in the API since its first version, and how the former shape is made.

A new entry: the day it is published, what it touches and how to get back. Record a request of the
version before it in `tests/journeys/api/recorded`, so that it is answered as before for ever.
"""

from datetime import date
from typing import Any

from galleria.faces.gateway.versions import Change, Versions

FIRST = date(2026, 11, 1)


def _bounds_as_pair(page: dict[str, Any]) -> dict[str, Any]:
    bounds = page["price_range"]
    return {**page, "price_range": bounds and [bounds["min"], bounds["max"]]}


CHANGES = [
    Change(
        since=date(2026, 11, 22),
        method="GET",
        path="/store/v1/search",
        what=(
            "`price_range` is an object with `min` and `max`, as it is on every product. It was a "
            "pair of two prices."
        ),
        former_answer=_bounds_as_pair,
    ),
]
VERSIONS = Versions(FIRST, CHANGES)
