"""The shop's own affairs: who it is, where it sells, who works in it, and what they did."""

from typing import Any

from galleria.faces.backoffice.pages.settings import (
    channels,
    diary,
    general,
    key,
    keys,
    kiosks,
    locations,
    members,
    profiles,
    requests,
    shipping,
)

ROUTES: list[Any] = [
    *general.ROUTES,
    *channels.ROUTES,
    *profiles.ROUTES,
    *shipping.ROUTES,
    *locations.ROUTES,
    *keys.ROUTES,
    *key.ROUTES,
    *requests.ROUTES,
    *kiosks.ROUTES,
    *members.ROUTES,
    *diary.ROUTES,
]
