"""Collections: their list, what each says of itself, its members, and its rule."""

from typing import Any

from galleria.faces.backoffice.pages.collections import editing, listing, members, rules

ROUTES: list[Any] = [*listing.ROUTES, *editing.ROUTES, *members.ROUTES, *rules.ROUTES]
