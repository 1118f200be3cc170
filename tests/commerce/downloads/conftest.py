"""Shops that sell without parcels."""

from tests.commerce.orders.conftest import other_shop, shop

__all__ = ["other_shop", "shop"]
