"""Shops that can take orders."""

import pytest

from galleria.commerce.orders.room import ROOM
from galleria.engines.context import Context, Engines
from tests.commerce.carts.shop import open_shop


async def _ready(engines: Engines) -> Context:
    ctx = await open_shop(engines)
    assert ROOM.provision is not None
    await ROOM.provision(ctx)
    return ctx


@pytest.fixture
async def shop(engines: Engines) -> Context:
    """A shop that was opened by the house, with its first shipping method (5.00 EUR)."""
    return await _ready(engines)


@pytest.fixture
async def other_shop(engines: Engines) -> Context:
    """A second one, who should see nothing of the first."""
    return await _ready(engines)
