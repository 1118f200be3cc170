"""The stockroom: what lies where, what comes, what is counted, carried, low, and on what terms."""

from typing import Any

from galleria.faces.backoffice.pages.stock import (
    counts,
    deliveries,
    low,
    shelves,
    transfers,
    variants,
)

ROUTES: list[Any] = [
    *shelves.ROUTES,
    *deliveries.ROUTES,
    *counts.ROUTES,
    *transfers.ROUTES,
    *low.ROUTES,
    *variants.ROUTES,
]
