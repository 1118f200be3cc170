"""Products: the list, the editor, their variants and pictures."""

from typing import Any

from galleria.faces.backoffice.pages.products import editing, listing, pictures, variants

ROUTES: list[Any] = [*listing.ROUTES, *editing.ROUTES, *variants.ROUTES, *pictures.ROUTES]
