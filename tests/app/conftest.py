"""A house of its own for each test that wants one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.app.houses import Prepared, Processes, prepared_house, running
from tests.app.typing_commands import House


@pytest.fixture
async def prepared(tmp_path: Path) -> Prepared:
    """A folder with a small shop in it; nothing runs yet."""
    return await prepared_house(tmp_path / "house")


@pytest.fixture
async def processes(prepared: Prepared) -> AsyncIterator[Processes]:
    """The database alone runs."""
    async with running(prepared, "database") as processes:
        yield processes


@pytest.fixture
def house(processes: Processes) -> House:
    """The house to type commands for."""
    return House(processes.folder)
