"""Shops whose shoppers can have accounts."""

from tests.commerce.orders.conftest import other_shop, shop

__all__ = ["other_shop", "shop"]
