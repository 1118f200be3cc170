"""Prices: a sheet of many, the lists they stand in, formulas that change them, and why each is."""

from typing import Any

from galleria.faces.backoffice.pages.prices import (
    edits,
    explaining,
    formulas,
    lists,
    sheet,
)

ROUTES: list[Any] = [
    *sheet.ROUTES,
    *lists.ROUTES,
    *formulas.ROUTES,
    *edits.ROUTES,
    *explaining.ROUTES,
]
