"""Doors of houses whose operators have set different things, and shops behind them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest

from galleria.engines.context import Engines
from galleria.engines.outbound import Allowance, Outbound
from galleria.engines.sql import Database
from galleria.faces.agents.model.settings import AgentSettings
from tests.conftest import SECRET
from tests.faces.agents.buying import Agent
from tests.faces.gateway.door import Door, ShopScene, open_door, open_shop_scene


@pytest.fixture(scope="session")
async def doors(database: Database, engines: Engines) -> AsyncIterator[dict[str, Door]]:
    """A sandbox, one that takes signed requests only, and the gateway as `serve` opens it."""
    lenient = Outbound((Allowance(ip_network("127.0.0.1/32")),))
    settings = {
        "sandbox": AgentSettings(sandbox=True),
        "signed": AgentSettings(sandbox=True, require_signatures=True),
    }
    async with AsyncExitStack() as stack:
        found = {"strict": await stack.enter_async_context(open_door(database, engines, SECRET))}
        for name, said in settings.items():
            rooms: dict[type[Any], Any] = {**engines.room_settings, AgentSettings: said}
            whole = replace(engines, outbound=lenient, room_settings=rooms)
            found[name] = await stack.enter_async_context(open_door(database, whole, SECRET))
        yield found
    await lenient.close()


@pytest.fixture(scope="session")
async def shop(doors: dict[str, Door]) -> ShopScene:
    """A shop in a sandbox that sells mugs."""
    return await open_shop_scene(doors["sandbox"])


@pytest.fixture(scope="session")
async def other_shop(doors: dict[str, Door]) -> ShopScene:
    """A shop that sells mugs too, and shall not be mixed up with the first."""
    return await open_shop_scene(doors["sandbox"])


@pytest.fixture(scope="session")
async def strict_shop(doors: dict[str, Door]) -> ShopScene:
    """A shop as it is when nobody sets anything."""
    return await open_shop_scene(doors["strict"])


@pytest.fixture(scope="session")
async def signed_shop(doors: dict[str, Door]) -> ShopScene:
    """A shop that sells to agents that sign."""
    return await open_shop_scene(doors["signed"])


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
