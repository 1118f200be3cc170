"""The way around a shop's back office: what a person with these scopes can open."""

import msgspec

from galleria.engines.context import Actor

# Key, path and scope; the words for the keys stand in `layout/navigation.html`.
_ENTRIES = (
    ("overview", "", ""),
    ("orders", "/orders", "orders:read"),
    ("products", "/products", "products:read"),
    ("categories", "/categories", "products:read"),
    ("collections", "/collections", "products:read"),
    ("attributes", "/attributes", "products:read"),
    ("stock", "/stock", "stock:read"),
    ("prices", "/prices", "prices:read"),
    ("customers", "/customers", "customers:read"),
    ("imports", "/imports", "imports:read"),
    ("pictures", "/pictures", "products:read"),
    ("search", "/search", "products:read"),
    ("redirects", "/redirects", "products:read"),
    ("apps", "/apps", "apps:read"),
    ("webhooks", "/webhooks", "webhooks:read"),
    ("settings", "/settings", "settings:read"),
)


class NavigationEntry(msgspec.Struct, frozen=True):
    """A link of the navigation; `is_current` on its own pages and those below them."""

    key: str
    address: str
    is_current: bool


def entries(actor: Actor, base: str, path: str) -> list[NavigationEntry]:
    """The links for this person in the shop at `base`, seen from `path`."""
    below = path.removeprefix(base)
    return [
        NavigationEntry(
            key,
            base + place,
            below in {"", "/"} if not place else f"{below}/".startswith(f"{place}/"),
        )
        for key, place, scope in _ENTRIES
        if not scope or actor.may(scope)
    ]
