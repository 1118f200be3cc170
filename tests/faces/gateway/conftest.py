"""The door, and two shops behind it."""

from collections.abc import AsyncIterator

import pytest

from galleria.engines.context import Engines
from galleria.engines.sql import Database
from tests.conftest import SECRET
from tests.faces.gateway.door import Door, ShopScene, open_door, open_shop_scene


@pytest.fixture(scope="session")
async def door(database: Database, engines: Engines) -> AsyncIterator[Door]:
    """The gateway as `serve` puts it together."""
    async with open_door(database, engines, SECRET) as door:
        yield door


@pytest.fixture(scope="session")
async def shop(door: Door) -> ShopScene:
    """A shop that sells mugs."""
    return await open_shop_scene(door)


@pytest.fixture(scope="session")
async def other_shop(door: Door) -> ShopScene:
    """A shop that sells mugs too, and shall not be mixed up with the first."""
    return await open_shop_scene(door)
