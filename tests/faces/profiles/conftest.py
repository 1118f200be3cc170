"""The door of the gateway's tests, for clients of all kinds."""

from tests.faces.gateway.conftest import door, shop

__all__ = ["door", "shop"]
