"""The HTTP of the downloads."""

from typing import Any

from galleria.commerce.downloads.routes import admin, store

ROUTES: list[Any] = [*admin.ROUTES, *store.ROUTES]
