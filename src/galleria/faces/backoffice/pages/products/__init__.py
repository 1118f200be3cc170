"""Products: the list, the editor, their variants, pictures and past."""

from typing import Any

from galleria.faces.backoffice.pages.products import (
    acts,
    bundles,
    cells,
    downloads,
    editing,
    history,
    listing,
    matrix,
    pictures,
    variants,
    views,
)

ROUTES: list[Any] = [
    *listing.ROUTES,
    *acts.ROUTES,
    *views.ROUTES,
    *cells.ROUTES,
    *editing.ROUTES,
    *variants.ROUTES,
    *matrix.ROUTES,
    *bundles.ROUTES,
    *downloads.ROUTES,
    *pictures.ROUTES,
    *history.ROUTES,
]
