"""Looking around: search and category pages, with filters and suggestions that need no script."""

from typing import Any

from galleria.faces.storefront.pages.browsing import showing, suggesting

ROUTES: list[Any] = [*showing.ROUTES, *suggesting.ROUTES]
