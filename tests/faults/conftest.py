"""The door, and two shops with rows in every table."""

from collections.abc import AsyncIterator

import pytest

from galleria.engines.context import Engines
from galleria.engines.sql import Database
from tests.conftest import SECRET
from tests.faces.gateway.door import Door, open_door
from tests.faults.stocked import Stocked, stock


@pytest.fixture(scope="session")
async def door(database: Database, engines: Engines) -> AsyncIterator[Door]:
    """The gateway as `serve` puts it together."""
    async with open_door(database, engines, SECRET) as door:
        yield door


@pytest.fixture(scope="session")
async def ours(door: Door) -> Stocked:
    """The shop that looks around."""
    return await stock(door, "abelmosk")


@pytest.fixture(scope="session")
async def theirs(door: Door) -> Stocked:
    """The shop that nothing may be seen of."""
    return await stock(door, "zweiback")
