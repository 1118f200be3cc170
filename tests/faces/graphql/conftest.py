"""The door of the gateway's tests, and two shops behind it."""

from tests.faces.gateway.conftest import door, other_shop, shop

__all__ = ["door", "other_shop", "shop"]
