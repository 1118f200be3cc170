"""The shops of the gateway's tests, seen by a shopper."""

from tests.faces.gateway.conftest import door, other_shop, shop

__all__ = ["door", "other_shop", "shop"]
