"""The door, two shops that sell to agents, and a shop that is a sandbox."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from galleria.engines.context import Engines
from galleria.engines.sql import Database
from galleria.faces.agents.model.settings import AgentSettings
from tests.conftest import SECRET
from tests.faces.agents.buying import Agent
from tests.faces.gateway.door import Door, ShopScene, open_door, open_shop_scene


@pytest.fixture(scope="session")
async def sandbox_door(database: Database, engines: Engines) -> AsyncIterator[Door]:
    """The gateway of a house whose operator tries agents out."""
    settings: dict[type[Any], Any] = dict(engines.room_settings)
    settings[AgentSettings] = AgentSettings(sandbox=True)
    async with open_door(database, replace(engines, room_settings=settings), SECRET) as door:
        yield door


@pytest.fixture(scope="session")
async def door(database: Database, engines: Engines) -> AsyncIterator[Door]:
    """The gateway as `serve` puts it together."""
    async with open_door(database, engines, SECRET) as door:
        yield door


@pytest.fixture(scope="session")
async def shop(sandbox_door: Door) -> ShopScene:
    """A shop that sells mugs."""
    return await open_shop_scene(sandbox_door)


@pytest.fixture(scope="session")
async def other_shop(sandbox_door: Door) -> ShopScene:
    """A shop that sells mugs too, and shall not be mixed up with the first."""
    return await open_shop_scene(sandbox_door)


@pytest.fixture
async def agent(shop: ShopScene) -> AsyncIterator[Agent]:
    """An agent that speaks the newest version."""
    async with Agent(shop) as agent:
        yield agent


@pytest.fixture
async def first_agent(shop: ShopScene) -> AsyncIterator[Agent]:
    """An agent that speaks the first version."""
    async with Agent(shop, "2026-01-11") as agent:
        yield agent
