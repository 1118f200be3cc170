"""A house of its own for each test that wants one."""

from pathlib import Path

import pytest

from tests.app.houses import Prepared, prepared_house


@pytest.fixture
async def prepared(tmp_path: Path) -> Prepared:
    """A folder with a small shop in it; nothing runs yet."""
    return await prepared_house(tmp_path / "house")
