"""The shop of the gateway's tests, seen by a shopper."""

from tests.faces.gateway.conftest import door, shop

__all__ = ["door", "shop"]
