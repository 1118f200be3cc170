"""Shops for the tests of carts."""

import pytest

from galleria.engines.context import Context, Engines
from tests.commerce.carts.shop import open_shop


@pytest.fixture
async def shop(engines: Engines) -> Context:
    """A shop that was opened by the house."""
    return await open_shop(engines)


@pytest.fixture
async def other_shop(engines: Engines) -> Context:
    """A second one, who should see nothing of the first."""
    return await open_shop(engines)
