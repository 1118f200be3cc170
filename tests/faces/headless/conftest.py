"""The door of the gateway's tests, for what it says about itself."""

from tests.faces.gateway.conftest import door, shop

__all__ = ["door", "shop"]
