"""Products: the list, the editor, their variants, pictures and past."""

from typing import Any

from galleria.faces.backoffice.pages.products import (
    bundles,
    downloads,
    editing,
    history,
    listing,
    pictures,
    variants,
)

ROUTES: list[Any] = [
    *listing.ROUTES,
    *editing.ROUTES,
    *variants.ROUTES,
    *bundles.ROUTES,
    *downloads.ROUTES,
    *pictures.ROUTES,
    *history.ROUTES,
]
