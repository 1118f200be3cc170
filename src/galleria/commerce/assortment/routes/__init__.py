"""The HTTP of the assortment."""

from typing import Any

from galleria.commerce.assortment.routes import bundles, relations

ROUTES: list[Any] = [*relations.ROUTES, *bundles.ROUTES]
