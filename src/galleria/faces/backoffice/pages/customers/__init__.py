"""The people who buy, and the groups that they are treated alike by."""

from typing import Any

from galleria.faces.backoffice.pages.customers import groups, people

ROUTES: list[Any] = [*people.ROUTES, *groups.ROUTES]
